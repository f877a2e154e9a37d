"""What ``include_historical`` stores with a snapshot: summaries and edge values of the snapshots before it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import orjson
import sqlalchemy as sa
import zstandard

from snapgraph.adapters.store import headers
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.tables import history as table
from snapgraph.errors import IntegrityError
from snapgraph.model.codecs import ColumnCodec
from snapgraph.model.columns import Column
from snapgraph.model.snapshots import HistoryEntry, Snapshot
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["read", "write"]

_VERSION = 1
_LENGTH = struct.Struct("<I")


def write(tx: Transaction, snapshot_id: str, entries: Sequence[HistoryEntry]) -> None:
    """Store the history of a snapshot."""
    tx.execute(table.insert().values(snapshot_id=snapshot_id, body=_encode(entries, tx.codec)))


def read(tx: Transaction, snapshot: Snapshot) -> list[HistoryEntry]:
    """Read the history of a snapshot, in the order in which it was stored; empty when it has none."""
    body = tx.execute(sa.select(table.c.body).where(table.c.snapshot_id == snapshot.id)).scalar_one_or_none()
    return [] if body is None else _decode(body, tx.codec)


def _encode(entries: Sequence[HistoryEntry], codec: ColumnCodec) -> bytes:
    """Write ``version u8``, the headers and all edge keys as compressed JSON, then one chunk of values per entry."""
    keys = sorted({key for entry in entries for key in entry.edge_values})
    head = {
        "keys": keys,
        "entries": [
            {"snapshot_id": each.snapshot_id, "captured_at": each.captured_at, "summary": each.summary}
            for each in entries
        ],
    }
    parts = [zstandard.ZstdCompressor().compress(orjson.dumps(head))]
    parts += [codec.encode_chunk(_values(keys, each)) for each in entries]
    return bytes((_VERSION,)) + b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def _values(keys: list[str], entry: HistoryEntry) -> Column:
    values = np.array([entry.edge_values.get(key, np.nan) for key in keys], dtype=np.float64)
    present = ~np.isnan(values)
    return Column(kind=ColumnKind.FLOAT, values=np.where(present, values, 0.0), present=present)


def _decode(body: bytes, codec: ColumnCodec) -> list[HistoryEntry]:
    if body[:1] != bytes((_VERSION,)):
        raise IntegrityError("The history of this snapshot was written by a newer snapgraph, or is damaged.")
    parts: list[bytes] = []
    position = 1
    while position < len(body):
        (length,) = _LENGTH.unpack_from(body, position)
        position += _LENGTH.size + length
        parts.append(body[position - length : position])
    head = orjson.loads(zstandard.ZstdDecompressor().decompress(parts[0]))
    return [
        HistoryEntry(
            snapshot_id=each["snapshot_id"],
            captured_at=datetime.fromisoformat(each["captured_at"]),
            summary=headers.summary_from(each["summary"]),
            edge_values=_mapping(head["keys"], codec.decode_chunk(part)),
        )
        for each, part in zip(head["entries"], parts[1:], strict=True)
    ]


def _mapping(keys: list[str], column: Column) -> dict[str, float]:
    present = np.ones(len(column), dtype=np.bool_) if column.present is None else column.present
    rows = np.flatnonzero(present).tolist()
    return dict(zip((keys[row] for row in rows), column.values[rows].tolist(), strict=True))
