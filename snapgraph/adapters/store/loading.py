"""Manifests and chunks of snapshots, loaded whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from snapgraph.adapters.store import chunks, manifests, tables
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.cutting import ID, property_name
from snapgraph.adapters.store.joining import join_column
from snapgraph.adapters.store.manifests import Manifest, ManifestColumn, PayloadAddress
from snapgraph.errors import GoneError
from snapgraph.model.columns import Column
from snapgraph.model.snapshots import Snapshot

__all__ = ["fetch_chunks", "gone", "joined", "read_manifests"]


def read_manifests(tx: Transaction, snapshots: Sequence[Snapshot]) -> list[Manifest]:
    """Read the manifests of some snapshots, from where their payloads were put, whatever their classes are by now.

    Raises:
        GoneError: A payload is not there any more.
    """
    column = tables.snapshot.c.payload_class_no
    ids = [each.id for each in snapshots]
    rows = tx.execute(sa.select(tables.snapshot.c.id, column).where(tables.snapshot.c.id.in_(ids)))
    classes: dict[str, int] = {row.id: row.payload_class_no for row in rows}
    if missing := [each for each in ids if each not in classes]:
        raise gone(missing[0])
    addresses = [
        PayloadAddress(snapshot_id=each.id, class_no=classes[each.id], captured_at=each.captured_at)
        for each in snapshots
    ]
    found = manifests.read(tx, addresses)
    for snapshot, manifest in zip(snapshots, found, strict=True):
        counts = snapshot.counts
        if (counts.nodes and not manifest.nodes) or (counts.edges and not manifest.edges):
            raise gone(snapshot.id)
    return found


def fetch_chunks(tx: Transaction, manifest: Manifest, hashes: Iterable[bytes]) -> dict[bytes, Column]:
    """Fetch chunks of one snapshot, all of them or none.

    Raises:
        GoneError: One is missing.
    """
    wanted = set(hashes)
    structure = {
        each
        for columns in (manifest.nodes, manifest.edges)
        for name, column in columns.items()
        if property_name(name) is None
        for each in column.hashes.values()
    }
    place = chunks.place_of(manifest.address.class_no, manifest.address.captured_at)
    pieces = chunks.fetch(tx, place, wanted, remembered=structure)
    if len(pieces) != len(wanted):
        raise gone(manifest.address.snapshot_id)
    return pieces


def joined(
    columns: Mapping[str, ManifestColumn], pieces: Mapping[bytes, Column], numbers: Sequence[int] | None = None
) -> dict[str, Column]:
    """Join the columns of one kind of elements, in the order of their ids.

    Args:
        columns: What to join; ``@id`` among them unless there are no elements.
        pieces: Hash -> content; what is not there counts as absent, but for ``@id``.
        numbers: Of these chunks only.
    """
    if not columns:
        return {}
    chosen = [each for each in columns[ID].hashes if numbers is None or each in numbers]
    lengths = [len(pieces[columns[ID].hashes[each]]) for each in chosen]
    if not chosen:
        return {}
    return {
        name: join_column(column.kind, [pieces.get(column.hashes.get(each, b"")) for each in chosen], lengths)
        for name, column in columns.items()
    }


def gone(snapshot_id: str) -> GoneError:
    """Say that a payload is not there any more."""
    return GoneError(f"The graph of {snapshot_id} has been removed by retention; its header and summary are kept.")
