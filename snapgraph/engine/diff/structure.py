"""What changed in the shape of a graph: components that split or joined, new cycles.

All edges count, stale ones too: an idle edge is still a part of the schema. networkx does the graph algorithms, on
what is left after numpy has contracted what both sides share; a graph of 10,000 nodes and 30,000 edges takes networkx
150 ms a side to build alone, while the contracted one has as many edges as were added and removed.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.aligning import align_nodes
from snapgraph.engine.diff.differences import NOTHING, Rows
from snapgraph.model.changes import ComponentChange, NodeGroup, StructureChange
from snapgraph.model.columns import GraphColumns

__all__ = ["structure_change"]

_SHOWN = 20
"""How many groups of a list, pieces of a component and keys of a group are given."""

_CORE_ROUNDS = 64
"""Steps from the busiest node in which the core is looked for; a smaller core only leaves networkx more to do."""

_TRIM_ROUNDS = 32
"""How often nodes that are on no cycle are peeled off before networkx looks."""

Arcs = NDArray[np.int64]
"""Ends of edges, folded into one number each, distinct, sorted: source x count + target."""


def structure_change(before: GraphColumns, after: GraphColumns, *, shared_ids: bool = False) -> StructureChange:
    """Compare the shapes of two whole graphs.

    Args:
        before: With all its nodes and edges; properties are not looked at.
        after: With all its nodes and edges.
        shared_ids: As :func:`~snapgraph.engine.diff.aligning.align` takes it.
    """
    _, before_ranks, after_ranks = align_nodes(before, after, shared_ids=shared_ids)
    keys = _union(before, after, before_ranks, after_ranks)
    arcs = [_arcs(before, before_ranks, len(keys))]
    arcs.append(arcs[0] if after is before else _arcs(after, after_ranks, len(keys)))
    inside = [_members(ranks, len(keys)) for ranks in (before_ranks, after_ranks)]
    components = _components(arcs, len(keys))
    if np.array_equal(arcs[0], arcs[1]) and np.array_equal(inside[0], inside[1]):
        count = len(_distinct(components[0][inside[0]]))
        return StructureChange(components_before=count, components_after=count)
    both = np.flatnonzero(inside[0] & inside[1])
    split = _scattered(components[0], components[1], both)
    joined = _scattered(components[1], components[0], both)
    cycles, cycle_labels = _new_cycles(arcs[0], arcs[1], len(keys))
    return StructureChange(
        components_before=len(_distinct(components[0][inside[0]])),
        components_after=len(_distinct(components[1][inside[1]])),
        split=tuple(_component_change(label, components, both, keys) for label in split[:_SHOWN].tolist()),
        split_count=len(split),
        joined=tuple(_component_change(label, components[::-1], both, keys) for label in joined[:_SHOWN].tolist()),
        joined_count=len(joined),
        new_cycles=tuple(_group(np.flatnonzero(cycle_labels == label), keys) for label in cycles[:_SHOWN].tolist()),
        new_cycles_count=len(cycles),
    )


def _union(before: GraphColumns, after: GraphColumns, before_ranks: Rows, after_ranks: Rows) -> NDArray[np.object_]:
    """List the keys of both graphs, sorted."""
    count = 1 + max(int(before_ranks.max(initial=NOTHING)), int(after_ranks.max(initial=NOTHING)))
    keys = np.empty(count, dtype=np.object_)
    keys[before_ranks], keys[after_ranks] = before.nodes.keys, after.nodes.keys
    return keys


def _members(ranks: Rows, count: int) -> NDArray[np.bool_]:
    members = np.zeros(count, dtype=np.bool_)
    members[ranks] = True
    return members


def _arcs(graph: GraphColumns, ranks: Rows, count: int) -> Arcs:
    """Fold the ends of all edges that are no loops."""
    sources, targets = ranks[graph.edges.sources], ranks[graph.edges.targets]
    return _distinct((sources * count + targets)[sources != targets])


def _distinct(numbers: Rows) -> Rows:
    """Sort, and keep each number once; nearly sorted ones are fast here (np.unique hashes: 10 x slower on these)."""
    ordered = np.sort(numbers, kind="stable")
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _ends(arcs: Arcs, count: int) -> tuple[Rows, Rows]:
    return arcs // max(count, 1), arcs % max(count, 1)


# components


def _components(arcs: list[Arcs], count: int) -> list[Rows]:
    """Label the weakly connected components of both sides; one shared by both is found once."""
    if np.array_equal(arcs[0], arcs[1]):
        return [_spread_labels(*_ends(arcs[0], count), count)] * 2
    shared = np.intersect1d(arcs[0], arcs[1], assume_unique=True)
    labels = _spread_labels(*_ends(shared, count), count)
    return [_merged(labels, *_ends(np.setdiff1d(side, shared, assume_unique=True), count)) for side in arcs]


def _spread_labels(left: Rows, right: Rows, count: int) -> Rows:
    """Label connected nodes with their lowest number, by hooking and pointer jumping (log2(count) rounds)."""
    labels = np.arange(count)
    while len(left):
        labels[np.maximum(left, right)] = np.minimum(left, right)  # of several hooks of one root any will do
        while not np.array_equal(labels, nearer := labels[labels]):
            labels = nearer
        left, right = labels[left], labels[right]
        apart = left != right
        left, right = left[apart], right[apart]
    return labels


def _merged(labels: Rows, sources: Rows, targets: Rows) -> Rows:
    """Merge labelled sets along more edges."""
    contracted: nx.Graph[int] = nx.Graph()
    contracted.add_edges_from(zip(labels[sources].tolist(), labels[targets].tolist(), strict=True))
    return _relabelled(labels, nx.connected_components(contracted))


def _relabelled(labels: Rows, groups: Iterable[set[int]]) -> Rows:
    """Give all labels of a group the lowest of them."""
    table = np.arange(len(labels))
    for group in groups:
        table[list(group)] = min(group)
    return table[labels]


def _scattered(whole: Rows, parts: Rows, nodes: Rows) -> Rows:
    """Find the labels of ``whole`` whose nodes stand under several labels of ``parts``."""
    count = len(whole) + 1
    pairs = _distinct(whole[nodes] * count + parts[nodes]) // count
    return _distinct(pairs[1:][pairs[1:] == pairs[:-1]])


def _component_change(label: int, sides: list[Rows], nodes: Rows, keys: NDArray[np.object_]) -> ComponentChange:
    """Describe what a component of the first side is on the second, the largest piece first."""
    whole, parts = sides
    members = nodes[whole[nodes] == label]
    members = members[np.argsort(parts[members], kind="stable")]
    pieces = np.split(members, np.flatnonzero(np.diff(parts[members])) + 1)
    largest = sorted(pieces, key=lambda piece: (-len(piece), piece[0]))[:_SHOWN]
    return ComponentChange(pieces=tuple(_group(piece, keys) for piece in largest), pieces_count=len(pieces))


def _group(nodes: Rows, keys: NDArray[np.object_]) -> NodeGroup:
    return NodeGroup(size=len(nodes), keys=tuple(keys[nodes[:_SHOWN]].tolist()))


# cycles


def _new_cycles(before: Arcs, after: Arcs, count: int) -> tuple[Rows, Rows]:
    """Find the strongly connected sets of after whose nodes were not all in one of before.

    Returns:
        Their labels, and the label of every node.
    """
    nodes = np.arange(count)
    if not len(np.setdiff1d(after, before, assume_unique=True)):
        return nodes[:0], nodes  # what is on a cycle now was on it before
    core = _core(*_ends(np.intersect1d(before, after, assume_unique=True), count), count)
    was, is_ = (_strongly_connected(core, *_ends(arcs, count)) for arcs in (before, after))
    return _scattered(is_, was, nodes), is_


def _core(sources: Rows, targets: Rows, count: int) -> Rows:
    """Label every node with itself, but those that the busiest node reaches and is reached from all with one label."""
    labels = np.arange(count)
    if not len(sources):
        return labels
    busiest = np.argmax(np.bincount(sources, minlength=count) * np.bincount(targets, minlength=count))
    core = np.flatnonzero(_reached(sources, targets, busiest, count) & _reached(targets, sources, busiest, count))
    labels[core] = core[0]
    return labels


def _reached(sources: Rows, targets: Rows, start: np.intp, count: int) -> NDArray[np.bool_]:
    """Mark what can be reached in a bounded number of steps."""
    reached = np.zeros(count, dtype=np.bool_)
    reached[start] = True
    marked = 1
    for _ in range(_CORE_ROUNDS):
        reached[targets[reached[sources]]] = True
        if (now := int(reached.sum())) == marked:
            break
        marked = now
    return reached


def _strongly_connected(core: Rows, sources: Rows, targets: Rows) -> Rows:
    """Label the strongly connected sets; ``core`` are labels of sets that are known to be."""
    left, right = core[sources], core[targets]
    for _ in range(_TRIM_ROUNDS):
        enters, leaves = np.bincount(right, minlength=len(core)), np.bincount(left, minlength=len(core))
        kept = (left != right) & (enters[left] > 0) & (leaves[right] > 0)
        if kept.all():
            break
        left, right = left[kept], right[kept]
    contracted: nx.DiGraph[int] = nx.DiGraph()
    contracted.add_edges_from(zip(left.tolist(), right.tolist(), strict=True))
    return _relabelled(core, nx.strongly_connected_components(contracted))
