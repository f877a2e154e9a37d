"""Payloads: a graph as manifest rows and shared chunks, written and read."""

from __future__ import annotations

from snapgraph.adapters.store import chunks, manifests
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import PayloadAddress, PayloadOwner
from snapgraph.adapters.store.cutting import ID, CutGraph, property_name
from snapgraph.adapters.store.differing import Differing, read_differing
from snapgraph.adapters.store.joining import fill, join_pieces
from snapgraph.adapters.store.loading import fetch_chunks, gone, load_topology, read_manifests
from snapgraph.adapters.store.topologies import Topology, pieces_of
from snapgraph.adapters.store.values import edge_values, node_values
from snapgraph.model.columns import GraphColumns
from snapgraph.model.events import CrashPoint, no_crash
from snapgraph.model.snapshots import Snapshot

__all__ = [
    "Differing",
    "PayloadOwner",
    "edge_values",
    "node_values",
    "read_differing",
    "read_graph",
    "read_topology",
    "write_graph",
]


def write_graph(tx: Transaction, address: PayloadAddress, made: CutGraph, *, at: CrashPoint = no_crash) -> None:
    """Write the payload of a snapshot.

    Args:
        tx: Writes; the partition must be there.
        address: Of the new snapshot.
        made: Its graph, cut.
        at: Crash point ``mid_copy``, between chunks and manifest.
    """
    pieces = {column.hashes[number]: piece for column in made.columns for number, piece in column.pieces.items()}
    if pieces:
        chunks.write(tx, chunks.place_of(address.class_no, address.captured_at), pieces)
    at("mid_copy")
    manifests.write(tx, address, made.columns)


def read_graph(tx: Transaction, snapshot: Snapshot) -> GraphColumns:
    """Read the whole graph of a snapshot, in canonical order, with ids.

    Raises:
        GoneError: Its payload is not there any more, or not all of it: never a short answer.
    """
    (manifest,) = read_manifests(tx, [snapshot])
    topology = _whole(load_topology(tx, manifest), snapshot)
    stored = [
        {name: column for name, column in columns.items() if name == ID or property_name(name) is not None}
        for columns in (manifest.nodes, manifest.edges)
    ]  # with the ids, which say how many values a chunk has
    hashes = {
        each: name == ID for columns in stored for name, column in columns.items() for each in column.hashes.values()
    }
    pieces = fetch_chunks(tx, [(manifest, hashes)])
    nodes, edges = (join_pieces(pieces_of(columns, pieces)) for columns in stored)
    return fill(topology.bones, nodes, edges)


def read_topology(tx: Transaction, snapshot: Snapshot) -> GraphColumns:
    """Read all nodes and edges of a snapshot without their properties.

    Raises:
        GoneError: As :func:`read_graph`.
    """
    (manifest,) = read_manifests(tx, [snapshot])
    return _whole(load_topology(tx, manifest), snapshot).graph


def _whole(topology: Topology, snapshot: Snapshot) -> Topology:
    if (len(topology.bones.nodes), len(topology.bones.edges)) != (snapshot.counts.nodes, snapshot.counts.edges):
        raise gone(snapshot.id)
    return topology
