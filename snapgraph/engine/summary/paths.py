"""Critical paths: the heaviest ways through the latency graph."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np

from snapgraph.engine.summary.acyclic import acyclic_order
from snapgraph.engine.summary.reading import edge_rows, numbers, shown_name
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS

__all__ = ["critical_paths", "heaviest_paths", "kept_edges", "latency_edges"]

_UNIT = 1e6
"""Latencies are summed as whole millionths of a millisecond, so that equal sums are equal in any order."""
_MOST = 1e18

Weighted = list[list[tuple[int, int]]]


def critical_paths(graph: GraphColumns, *, most: int = 5) -> tuple[str, ...]:
    """Find the paths with the largest summed AVG_LATENCY_MS, as ``a->b->c``, heaviest first.

    Loops and stale edges are left out, cycles opened by :func:`snapgraph.engine.summary.acyclic.acyclic_order`. A path
    leads from a node that no kept edge enters to one that none leaves. Ties stand in canonical order of the nodes.
    """
    vertices, edges = latency_edges(graph)
    kept = kept_edges(edges)
    names = [shown_name(str(graph.nodes.keys[row])) for row in vertices]
    return tuple("->".join(names[vertex] for vertex in path) for path, _ in heaviest_paths(kept, most=most))


def latency_edges(graph: GraphColumns) -> tuple[list[int], Weighted]:
    """Take the latency graph out of a graph.

    Returns:
        The rows of its nodes, in canonical order; per vertex (a position in these) its edges as (target, weight),
        parallel ones as the heaviest of them.
    """
    edges = graph.edges
    rows = edge_rows(graph, AVG_LATENCY_MS)
    rows = rows[edges.sources[rows] != edges.targets[rows]]
    ends = np.stack([edges.sources[rows], edges.targets[rows]])
    vertices, places = np.unique(ends, return_inverse=True)
    places = places.reshape(ends.shape)
    values = np.clip(np.rint(numbers(edges.columns, "value", len(edges))[rows] * _UNIT), 0.0, _MOST).astype(np.int64)
    found: list[dict[int, int]] = [{} for _ in vertices]
    for source, target, weight in zip(places[0].tolist(), places[1].tolist(), values.tolist(), strict=True):
        if weight > found[source].get(target, -1):
            found[source][target] = weight
    return vertices.tolist(), [sorted(targets.items()) for targets in found]


def kept_edges(edges: Weighted) -> Weighted:
    """Leave out the edges that close cycles."""
    order = acyclic_order(edges)
    place = [0] * len(order)
    for position, vertex in enumerate(order):
        place[vertex] = position
    return [
        [(target, weight) for target, weight in targets if place[source] < place[target]]
        for source, targets in enumerate(edges)
    ]


def heaviest_paths(edges: Weighted, *, most: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Walk the heaviest maximal paths of an acyclic graph, heaviest first, ties in order of their vertices.

    The heaviest way on from each vertex is known beforehand, so the search opens nothing but prefixes of the paths that
    it gives: at most ``most`` times their length, however many paths there are.
    """
    onward = _heaviest_onward(edges)
    entered = {target for targets in edges for target, _ in targets}
    heap: list[tuple[int, tuple[int, ...], int]] = [
        (-onward[vertex], (vertex,), 0) for vertex, targets in enumerate(edges) if targets and vertex not in entered
    ]
    heapq.heapify(heap)
    given = 0
    while heap and given < most:
        _, path, behind = heapq.heappop(heap)
        targets = edges[path[-1]]
        if not targets:
            given += 1
            yield path, behind
        for target, weight in targets:
            passed = behind + weight
            heapq.heappush(heap, (-(passed + onward[target]), (*path, target), passed))


def _heaviest_onward(edges: Weighted) -> list[int]:
    """Give for each vertex the weight of the heaviest path that begins there."""
    onward = [0] * len(edges)
    for vertex in _sinks_first(edges):
        onward[vertex] = max((weight + onward[target] for target, weight in edges[vertex]), default=0)
    return onward


def _sinks_first(edges: Weighted) -> Sequence[int]:
    """Order the vertices of an acyclic graph so that every edge points backwards."""
    waiting = [len(targets) for targets in edges]
    sources: list[list[int]] = [[] for _ in edges]
    for source, targets in enumerate(edges):
        for target, _ in targets:
            sources[target].append(source)
    ready = [vertex for vertex, count in enumerate(waiting) if not count]
    for vertex in ready:  # grows while it is walked
        for source in sources[vertex]:
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    return ready
