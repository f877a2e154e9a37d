"""Manifests and chunks of snapshots, loaded whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from snapgraph.adapters.store import chunks, manifests, tables
from snapgraph.adapters.store.chunks import Place
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import Manifest, ManifestColumn, PayloadAddress, PayloadOwner
from snapgraph.adapters.store.cutting import ID
from snapgraph.errors import GoneError
from snapgraph.model.columns import Column
from snapgraph.model.partitions import class_number

__all__ = ["fetch_chunks", "gone", "pieces_of", "read_manifests"]


def read_manifests(tx: Transaction, snapshots: Sequence[PayloadOwner]) -> list[Manifest]:
    """Read the manifests of some snapshots, from where their payloads were put.

    That is the partition of their class, unless they were pinned or unpinned since.

    Raises:
        GoneError: A payload is not there any more.
    """
    found = {each.id: manifest for each in snapshots if (manifest := tx.caches.manifest(each)) is not None}
    missing = [each for each in snapshots if each.id not in found]
    if missing:
        read = _read_manifests(tx, missing)
        for snapshot, manifest in zip(missing, read, strict=True):
            if _is_short(snapshot, manifest):
                raise gone(snapshot.id)
            if tx.is_reading:  # what a writing transaction sees may be rolled back, and its id given to another
                tx.caches.keep_manifest(snapshot, manifest)
            found[snapshot.id] = manifest
    return [found[each.id] for each in snapshots]


def _read_manifests(tx: Transaction, snapshots: Sequence[PayloadOwner]) -> list[Manifest]:
    guessed = {each.id: class_number(each.retention_class) for each in snapshots}
    found = manifests.read(tx, _addresses(snapshots, guessed))
    if any(_is_short(*each) for each in zip(snapshots, found, strict=True)):  # pinned or unpinned since
        rows = tx.execute(
            sa.select(tables.snapshot.c.id, tables.snapshot.c.payload_class_no).where(tables.snapshot.c.id.in_(guessed))
        )
        found = manifests.read(tx, _addresses(snapshots, guessed | {row.id: row.payload_class_no for row in rows}))
    return found


def _addresses(snapshots: Sequence[PayloadOwner], classes: Mapping[str, int]) -> list[PayloadAddress]:
    return [
        PayloadAddress(snapshot_id=each.id, class_no=classes[each.id], captured_at=each.captured_at)
        for each in snapshots
    ]


def _is_short(snapshot: PayloadOwner, manifest: Manifest) -> bool:
    counts = snapshot.counts
    return bool((counts.nodes and not manifest.nodes) or (counts.edges and not manifest.edges))


def fetch_chunks(tx: Transaction, wanted: Iterable[tuple[Manifest, Mapping[bytes, bool]]]) -> dict[bytes, Column]:
    """Fetch chunks of some snapshots, all of them or none; one statement for each partition.

    Args:
        tx: Reads.
        wanted: For each snapshot hash -> whether the chunk is worth remembering (keys, ids and types are).

    Raises:
        GoneError: One is missing.
    """
    listed = list(wanted)
    by_place: dict[Place, dict[bytes, bool]] = {}
    for manifest, hashes in listed:
        by_place.setdefault(_place(manifest), {}).update(hashes)
    found: dict[bytes, Column] = {}
    for place, hashes in by_place.items():
        pieces = chunks.fetch(tx, place, hashes)
        if len(pieces) != len(hashes):
            raise gone(_owner(listed, place, hashes.keys() - pieces.keys()))
        found |= pieces
    return found


def _place(manifest: Manifest) -> Place:
    return chunks.place_of(manifest.address.class_no, manifest.address.captured_at)


def _owner(wanted: Iterable[tuple[Manifest, Collection[bytes]]], place: Place, missing: set[bytes]) -> str:
    return next(
        manifest.address.snapshot_id
        for manifest, hashes in wanted
        if _place(manifest) == place and not missing.isdisjoint(hashes)
    )


def pieces_of(columns: Mapping[str, ManifestColumn], pieces: Mapping[bytes, Column]) -> Iterator[dict[str, Column]]:
    """Give the pieces of one kind of elements chunk by chunk, in the order of their ids."""
    for number in columns[ID].hashes if columns else ():
        yield {name: pieces[each.hashes[number]] for name, each in columns.items() if number in each.hashes}


def gone(snapshot_id: str) -> GoneError:
    """Say that a payload is not there any more."""
    return GoneError(f"The graph of {snapshot_id} has been removed by retention; its header and summary are kept.")
