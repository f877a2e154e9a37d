"""Critical paths: the heaviest ways through the latency graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from snapgraph.engine.summary.acyclic import acyclic_order
from snapgraph.engine.summary.reading import edge_rows, numbers, shown_name
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS

__all__ = ["critical_paths", "heaviest_paths", "kept_edges", "latency_edges"]

_UNIT = 1e6
"""Latencies are summed as whole millionths of a millisecond, so that equal sums are equal in any order."""
_MOST_MS = 1e12
"""Thirty years; a value beyond is only heavy."""

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
    values = np.clip(numbers(edges.columns, "value", len(edges))[rows], 0.0, _MOST_MS)
    weights = np.rint(values * _UNIT).astype(np.int64)
    found: list[dict[int, int]] = [{} for _ in vertices]
    for source, target, weight in zip(places[0].tolist(), places[1].tolist(), weights.tolist(), strict=True):
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

    Each vertex keeps the few best ways on from it, found from the ends backwards, so that the time grows with the edges
    and ``most`` however many paths there are.

    Args:
        edges: Without cycles.
        most: How many paths to give.

    Yields:
        The vertices of a path, and its weight.
    """
    onward = _best_onward(edges, most)
    entered = {target for targets in edges for target, _ in targets}
    begins = [vertex for vertex, targets in enumerate(edges) if targets and vertex not in entered]
    found = [(way[0], vertex, rank) for vertex in begins for rank, way in enumerate(onward[vertex])]
    for negative, begin, place in sorted(found)[:most]:
        path, vertex, rank = [begin], begin, place
        while edges[vertex]:
            _, vertex, rank = onward[vertex][rank]
            path.append(vertex)
        yield tuple(path), -negative


Way = tuple[int, int, int]
"""A way on from a vertex: its weight, negative; the next vertex; the place of the way that goes on among that one's."""


def _best_onward(edges: Weighted, most: int) -> list[list[Way]]:
    """Find for each vertex the heaviest ways on, ties in order of their vertices.

    Among ways of one weight, those to a smaller vertex come first, and those through one vertex stand in its own order.
    """
    onward: list[list[Way]] = [[] for _ in edges]
    for vertex in _sinks_first(edges):
        ways = [
            (way[0] - weight, target, rank)
            for target, weight in edges[vertex]
            for rank, way in enumerate(onward[target])
        ]
        ways.sort()
        onward[vertex] = ways[:most] if edges[vertex] else [(0, vertex, 0)]
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
