"""Critical paths: the heaviest ways through the latency graph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.summary.acyclic import WeightedEdges, kept_edges
from snapgraph.engine.summary.heaviest import heaviest_paths
from snapgraph.engine.summary.reading import edge_rows, numbers, shown_name
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS

__all__ = ["critical_paths", "latency_edges"]

_UNIT = 1e6
"""Latencies are summed as whole millionths of a millisecond, so that equal sums are equal in any order."""
_MOST_MS = 1e12
"""Thirty years; a value beyond is only heavy."""


def critical_paths(graph: GraphColumns, *, most: int = 5) -> tuple[str, ...]:
    """Find the paths with the largest summed AVG_LATENCY_MS, as ``a->b->c``, heaviest first.

    Loops and stale edges are left out, cycles opened by :func:`snapgraph.engine.summary.acyclic.kept_edges`. A path
    leads from a node that no kept edge enters to one that none leaves. Ties stand in canonical order of the nodes.
    """
    rows, edges = latency_edges(graph)
    return tuple(_shown(graph, rows, heaviest_paths(kept_edges(edges), most=most)))


def _shown(graph: GraphColumns, rows: NDArray[np.intp], paths: Iterator[tuple[tuple[int, ...], int]]) -> Iterator[str]:
    for path, _ in paths:
        yield "->".join(shown_name(str(graph.nodes.keys[rows[vertex]])) for vertex in path)


def latency_edges(graph: GraphColumns) -> tuple[NDArray[np.intp], WeightedEdges]:
    """Take the latency graph out of a graph.

    Returns:
        The rows of its nodes, in canonical order; the edges between positions in these, of parallel ones the heaviest.
    """
    edges = graph.edges
    rows = edge_rows(graph, AVG_LATENCY_MS)
    rows = rows[edges.sources[rows] != edges.targets[rows]]
    values = np.clip(numbers(edges.columns, "value", len(edges))[rows], 0.0, _MOST_MS)
    weights = np.rint(values * _UNIT).astype(np.int64)
    sources, targets = edges.sources[rows], edges.targets[rows]
    in_use = np.zeros(len(graph.nodes), np.bool_)
    in_use[sources] = in_use[targets] = True
    places = np.cumsum(in_use) - 1
    sources, targets = places[sources], places[targets]
    pairs = sources * np.int64(len(places)) + targets
    if not bool((np.diff(pairs) > 0).all()):  # parallel edges, or a graph that is not in canonical order
        order = np.lexsort((-weights, pairs))
        order = order[np.diff(pairs[order], prepend=-1) > 0]
        sources, targets, weights = sources[order], targets[order], weights[order]
    vertices = np.flatnonzero(in_use)
    return vertices, WeightedEdges(count=len(vertices), sources=sources, targets=targets, weights=weights)
