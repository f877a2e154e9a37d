"""Chunks in Postgres: stored once per partition, by hash."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.errors import IntegrityError
from snapgraph.model.codecs import PackedColumn
from snapgraph.model.columns import Column
from snapgraph.model.partitions import class_number, partition_range
from snapgraph.model.vocabulary import RetentionClass

__all__ = ["DamagedChunkError", "Place", "fetch", "fetch_packed", "place_of", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The partition in which chunks lie; every statement on them carries both, or all partitions are locked.

    Attributes:
        class_no: Number of the retention class.
        since: Lower bound of the partition, the ``captured_at`` of its chunks.
    """

    class_no: int
    since: datetime


class DamagedChunkError(IntegrityError):
    """A chunk is not what was stored; it leaves the store as the ``GoneError`` of the snapshot whose it is."""

    def __init__(self, message: str, chunk_hash: bytes) -> None:
        super().__init__(message)
        self.chunk_hash = chunk_hash


def place_of(class_no: int, captured_at: datetime) -> Place:
    """Give the partition of a payload.

    >>> from datetime import UTC
    >>> place_of(1, datetime(2025, 1, 9, tzinfo=UTC)).since.day
    6
    """
    retention_class = list(RetentionClass)[class_no]
    return Place(class_no=class_number(retention_class), since=partition_range(retention_class, captured_at).since)


def write(tx: Transaction, place: Place, pieces: Mapping[bytes, Column]) -> int:
    """Store the pieces that are not there yet, and encode only those.

    They are written in the order of their hashes, so that two captures that share chunks wait for each other and never
    in a circle.

    Args:
        tx: Writes.
        place: Where.
        pieces: Hash -> content.

    Returns:
        How many were new.
    """
    known = tx.fetch(
        QUERIES["known_chunks"],
        (place.class_no, place.since, list(pieces)),
    )
    new = sorted(pieces.keys() - {row[0] for row in known})
    if new:
        tx.fetch(
            QUERIES["add_chunks"],
            (place.class_no, place.since, new, [tx.codec.seal_chunk(pieces[each], each) for each in new]),
        )
    return len(new)


def fetch(tx: Transaction, place: Place, hashes: Mapping[bytes, bool]) -> dict[bytes, Column]:
    """Fetch and decode chunks; those that are missing are missing in the answer too.

    Args:
        tx: Reads.
        place: Where they lie.
        hashes: Hash -> whether the decoded chunk is worth remembering.

    Raises:
        DamagedChunkError: One is not what was stored.
    """
    found = tx.caches.decoded([each for each, remembered in hashes.items() if remembered])
    for chunk_hash, chunk in fetch_packed(tx, place, [each for each in hashes if each not in found]).items():
        column = found[chunk_hash] = chunk.column
        if hashes[chunk_hash]:
            tx.caches.keep(chunk_hash, column)
    return found


def fetch_packed(tx: Transaction, place: Place, hashes: Collection[bytes]) -> dict[bytes, PackedColumn]:
    """Fetch chunks and open them; see :func:`fetch`."""
    if not hashes:
        return {}
    rows = tx.fetch(QUERIES["read_chunks"], (place.class_no, place.since, list(hashes)))
    return {chunk_hash: _opened(tx, chunk_hash, body) for chunk_hash, body in rows}


def _opened(tx: Transaction, chunk_hash: bytes, body: bytes) -> PackedColumn:
    try:
        return tx.codec.open_chunk(body, chunk_hash)
    except IntegrityError as error:
        raise DamagedChunkError(str(error), chunk_hash) from error
