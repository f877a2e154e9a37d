"""Where two stored graphs differ: chunks with equal hashes are skipped unread, and equal rows are never decoded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import Manifest
from snapgraph.adapters.store.cutting import property_name, stored_name
from snapgraph.adapters.store.loading import fetch_packed, load_topology, read_manifests
from snapgraph.adapters.store.picking import Gather, Picked, put_together, rows_that_differ
from snapgraph.adapters.store.topologies import Elements, Topology, part_of
from snapgraph.model.codecs import PackedColumn
from snapgraph.model.columns import STALE, Column, GraphColumns
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import ElementKind

__all__ = ["Differing", "read_differing"]

_STALE = stored_name(STALE)
_Rows = NDArray[np.intp]
_Mask = NDArray[np.bool_]
_Plan = dict[int, set[str]]
"""Chunk number -> the stored names of the properties to read there."""
_Plans = Mapping[ElementKind, _Plan]
_Pieces = Mapping[bytes, PackedColumn]
_Found = Mapping[int, _Rows]
"""Chunk number -> the rows of it that differ."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Differing:
    """The parts of two graphs in which they differ.

    Whatever element or column is left out is equal on both sides, volatile columns apart. A column may be absent on
    both sides where its chunks are equal. The ends of every edge are among the nodes of its side.

    Attributes:
        before: Canonical order, ids set.
        after: The same of the later side.
        same_topology: Both have the same nodes and the same edges.
    """

    before: GraphColumns
    after: GraphColumns
    same_topology: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """One of the two graphs."""

    manifest: Manifest
    topology: Topology


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """What is taken of a topology.

    Attributes:
        graph: Without properties.
        wanted_nodes: A mark for each node of the topology.
        node_rows: The nodes, by their rows in the topology.
        edge_rows: The same of the edges.
    """

    graph: GraphColumns
    wanted_nodes: _Mask
    node_rows: _Rows
    edge_rows: _Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read:
    """What was read of both sides, and how rows are taken from it."""

    plans: _Plans
    pieces: _Pieces
    gather: Gather


def read_differing(tx: Transaction, before: Snapshot, after: Snapshot, *, volatile: Collection[str] = ()) -> Differing:
    """Read where two snapshots of one live graph differ.

    Args:
        tx: A read transaction: both are read as of one moment.
        before: Header of the earlier side.
        after: Header of the later side.
        volatile: Properties that are not compared.

    Raises:
        GoneError: A payload is not there any more, or damaged.
    """
    sides = _sides(tx, *read_manifests(tx, [before, after]))
    skipped = frozenset(map(stored_name, volatile))
    plans = {kind: _plan(sides, kind, skipped) for kind in ElementKind}
    pieces = fetch_packed(tx, [(side.manifest, dict.fromkeys(_hashes(side, plans), False)) for side in sides])
    nodes, edges = (_found(sides, kind, plans[kind], pieces) for kind in (ElementKind.NODE, ElementKind.EDGE))
    read = _Read(plans=plans, pieces=pieces, gather=tx.codec.gather)
    parts = _parts(sides, nodes, edges)
    left, right = (_filled(part, side, read, found) for part, side, found in zip(parts, sides, edges, strict=True))
    return Differing(before=left, after=right, same_topology=_are_alike(sides))


def _sides(tx: Transaction, before: Manifest, after: Manifest) -> tuple[_Side, _Side]:
    left = _Side(manifest=before, topology=load_topology(tx, before))
    is_same = before.structure == after.structure
    return left, _Side(manifest=after, topology=left.topology if is_same else load_topology(tx, after))


def _are_alike(sides: Sequence[_Side]) -> bool:
    return sides[0].topology is sides[1].topology


def _plan(sides: Sequence[_Side], kind: ElementKind, skipped: frozenset[str]) -> _Plan:
    """Say which chunks of which properties differ; a chunk of changed structure is planned without a name."""
    before, after = (side.manifest.of(kind) for side in sides)
    compared = (before.keys() | after.keys()) - skipped
    plan: _Plan = {}
    for name in compared:
        if name in before and name in after and before[name] == after[name]:
            continue
        left, right = (side[name].hashes if name in side else {} for side in (before, after))
        for number in {number for number, _ in left.items() ^ right.items()}:
            # what went idle is shown with the values that it had, so its chunk is read whole
            plan.setdefault(number, {_STALE}).update(compared if name == _STALE else {name})
    return {number: {each for each in plan[number] if property_name(each) is not None} for number in sorted(plan)}


def _hashes(side: _Side, plans: _Plans) -> Iterator[bytes]:
    for kind, plan in plans.items():
        columns = side.manifest.of(kind)
        for number, names in plan.items():
            for name in names:
                if name in columns and number in columns[name].hashes:
                    yield columns[name].hashes[number]


def _chunk(
    side: _Side, kind: ElementKind, number: int, names: Iterable[str], pieces: _Pieces
) -> dict[str, PackedColumn]:
    columns = side.manifest.of(kind)
    return {
        name: pieces[columns[name].hashes[number]]
        for name in names
        if name in columns and number in columns[name].hashes
    }


def _found(sides: Sequence[_Side], kind: ElementKind, plan: _Plan, pieces: _Pieces) -> tuple[_Found, _Found]:
    """Give, on each side, the rows of what is only there or differs in one of the properties."""
    left: dict[int, _Rows] = {}
    right: dict[int, _Rows] = {}
    before, after = (side.topology.of(kind) for side in sides)
    for number, names in plan.items():
        chunks = [_chunk(side, kind, number, names, pieces) for side in sides]
        ids = before.ids_of(number)
        other_ids = ids if before is after else after.ids_of(number)
        left[number], right[number] = rows_that_differ(ids, other_ids, *chunks)
    return left, right


def _parts(sides: Sequence[_Side], nodes: Sequence[_Found], edges: Sequence[_Found]) -> list[_Part]:
    """Take, on each side, what differs, and the nodes in which an edge of either side ends."""
    if _are_alike(sides):  # the same elements differ on both sides
        topology = sides[0].topology
        edge_rows = _rows(topology.edges, edges[0])
        return [_part(topology, _with_ends(topology, _rows(topology.nodes, nodes[0]), edge_rows), edge_rows)] * 2
    edge_rows_of = [_rows(side.topology.edges, found) for side, found in zip(sides, edges, strict=True)]
    wanted = [
        _with_ends(side.topology, _rows(side.topology.nodes, found), rows)
        for side, found, rows in zip(sides, nodes, edge_rows_of, strict=True)
    ]
    ids = [side.topology.node_ids for side in sides]
    ends = [each[mask] for each, mask in zip(ids, wanted, strict=True)]
    both = [mask | np.isin(each, other) for mask, each, other in zip(wanted, ids, ends[::-1], strict=True)]
    return [_part(side.topology, mask, rows) for side, mask, rows in zip(sides, both, edge_rows_of, strict=True)]


def _rows(elements: Elements, found: _Found) -> _Rows:
    """Give the rows of what was found chunk by chunk, in canonical order."""
    parts = [elements.rows_of(number, local) for number, local in found.items()]
    rows = np.concatenate(parts) if parts else np.empty(0, dtype=np.intp)
    return rows if elements.places is None else np.sort(rows)


def _with_ends(topology: Topology, node_rows: _Rows, edge_rows: _Rows) -> _Mask:
    """Mark nodes, and those in which edges end."""
    edges = topology.bones.edges
    mask = np.zeros(len(topology.bones.nodes), dtype=np.bool_)
    for rows in (node_rows, edges.sources[edge_rows], edges.targets[edge_rows]):
        mask[rows] = True
    return mask


def _part(topology: Topology, wanted: _Mask, edge_rows: _Rows) -> _Part:
    node_rows = wanted.nonzero()[0]
    return _Part(
        graph=part_of(topology, node_rows, edge_rows), wanted_nodes=wanted, node_rows=node_rows, edge_rows=edge_rows
    )


def _filled(part: _Part, side: _Side, read: _Read, edges: _Found) -> GraphColumns:
    """Put to the part of one side the properties that were read of it."""
    nodes = {
        number: side.topology.nodes.local_rows(number, part.wanted_nodes) for number in read.plans[ElementKind.NODE]
    }
    return GraphColumns(
        nodes=replace(part.graph.nodes, columns=_columns(side, ElementKind.NODE, read, nodes, part.node_rows)),
        edges=replace(part.graph.edges, columns=_columns(side, ElementKind.EDGE, read, edges, part.edge_rows)),
    )


def _columns(side: _Side, kind: ElementKind, read: _Read, found: _Found, rows: _Rows) -> dict[str, Column]:
    """Put together, for rows in canonical order, what was read of the properties."""
    elements = side.topology.of(kind)
    picked: dict[str, list[Picked]] = {}
    for number, names in read.plans[kind].items():
        local = found[number]
        if len(local) == 0:
            continue
        places = elements.places_among(rows, number, local)
        for name, chunk in _chunk(side, kind, number, names, read.pieces).items():
            picked.setdefault(name, []).append(Picked(chunk=chunk, rows=local, places=places))
    return {name.removeprefix("."): put_together(each, len(rows), read.gather) for name, each in picked.items()}
