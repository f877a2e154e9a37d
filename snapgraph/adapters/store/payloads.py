"""Payloads: a graph as manifest rows and shared chunks, written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from snapgraph.adapters.store import chunks, manifests, tables
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.cutting import cut
from snapgraph.adapters.store.joining import build_graph, join_column
from snapgraph.adapters.store.manifests import Manifest, ManifestColumn, PayloadAddress
from snapgraph.errors import GoneError
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.snapshots import Snapshot

__all__ = ["address_of", "read_graph", "write_graph"]


def write_graph(tx: Transaction, address: PayloadAddress, graph: GraphColumns) -> None:
    """Write the payload of a snapshot.

    Args:
        tx: Writes; the partition must be there.
        address: Of the new snapshot.
        graph: With ids.
    """
    columns = cut(graph, tx.codec.chunk_hash)
    pieces = {
        chunk_hash: piece for column in columns for chunk_hash, piece in zip(column.hashes, column.pieces, strict=True)
    }
    if pieces:
        chunks.write(tx, chunks.place_of(address.class_no, address.captured_at), pieces)
    manifests.write(tx, address, columns)


def read_graph(tx: Transaction, snapshot: Snapshot) -> GraphColumns:
    """Read the whole graph of a snapshot, in canonical order, with ids.

    Raises:
        GoneError: Its payload is not there any more, or not all of it: never a short answer.
    """
    manifest = manifests.read(tx, address_of(tx, snapshot))
    _expect_all(snapshot, manifest)
    hashes = {each for column in _columns_of(manifest) for each in column.hashes.values()}
    pieces = fetch_all(tx, manifest, hashes)
    graph = build_graph(joined(manifest.nodes, pieces), joined(manifest.edges, pieces))
    if (len(graph.nodes), len(graph.edges)) != (snapshot.counts.nodes, snapshot.counts.edges):
        raise gone(snapshot.id)
    return graph


def address_of(tx: Transaction, snapshot: Snapshot) -> PayloadAddress:
    """Say where the payload of a snapshot lies: where it was put, whatever its class is by now."""
    class_no = tx.execute(
        sa.select(tables.snapshot.c.payload_class_no).where(tables.snapshot.c.id == snapshot.id)
    ).scalar_one_or_none()
    if class_no is None:
        raise gone(snapshot.id)
    return PayloadAddress(snapshot_id=snapshot.id, class_no=class_no, captured_at=snapshot.captured_at)


def fetch_all(tx: Transaction, manifest: Manifest, hashes: Iterable[bytes]) -> dict[bytes, Column]:
    """Fetch chunks of one snapshot, all of them or none.

    Raises:
        GoneError: One is missing.
    """
    wanted = set(hashes)
    structure = {
        each
        for columns in (manifest.nodes, manifest.edges)
        for name, column in columns.items()
        if name.startswith("@")
        for each in column.hashes.values()
    }
    place = chunks.place_of(manifest.address.class_no, manifest.address.captured_at)
    pieces = chunks.fetch(tx, place, wanted, remembered=structure)
    if len(pieces) != len(wanted):
        raise gone(manifest.address.snapshot_id)
    return pieces


def joined(columns: Mapping[str, ManifestColumn], pieces: Mapping[bytes, Column]) -> dict[str, Column]:
    """Join all columns of one kind of elements, in the order of their ids."""
    if not columns:
        return {}
    numbers = list(columns["@id"].hashes)
    lengths = [len(pieces[each]) for each in columns["@id"].hashes.values()]
    return {
        name: join_column(
            column.kind,
            [pieces[column.hashes[number]] if number in column.hashes else None for number in numbers],
            lengths,
        )
        for name, column in columns.items()
    }


def gone(snapshot_id: str) -> GoneError:
    """Say that a payload is not there any more."""
    return GoneError(f"The graph of {snapshot_id} has been removed by retention; its header and summary are kept.")


def _columns_of(manifest: Manifest) -> list[ManifestColumn]:
    return [*manifest.nodes.values(), *manifest.edges.values()]


def _expect_all(snapshot: Snapshot, manifest: Manifest) -> None:
    if (snapshot.counts.nodes and not manifest.nodes) or (snapshot.counts.edges and not manifest.edges):
        raise gone(snapshot.id)
