"""Totals of a graph, and the whole summary."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.summary.bottlenecks import worst_bottlenecks
from snapgraph.engine.summary.paths import critical_paths
from snapgraph.engine.summary.reading import edge_rows, fresh, node_rows, numbers
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, QUERIES_PER_SEC, MetricDefinition, Thresholds
from snapgraph.model.snapshots import PerformanceSummary
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["MOST_BOTTLENECKS", "average_latency", "complexity", "database_node", "summarise", "total_qps"]

MOST_BOTTLENECKS = 100
"""Kept in the header; the count is of all."""

_MEDIUM_FROM = 100
_HIGH_FROM = 1_000


def summarise(
    graph: GraphColumns, *, metrics: Mapping[str, MetricDefinition], thresholds: Thresholds
) -> PerformanceSummary:
    """Summarise a graph without its stale elements.

    Args:
        graph: Marked by :func:`snapgraph.engine.summary.mark_stale`.
        metrics: What the relationship types mean.
        thresholds: From which values on it is a problem.
    """
    count, worst = worst_bottlenecks(graph, metrics=metrics, thresholds=thresholds, most=MOST_BOTTLENECKS)
    qps, basis = total_qps(graph)
    return PerformanceSummary(
        total_qps=qps,
        total_qps_basis=basis,
        avg_latency=average_latency(graph),
        bottlenecks_count=count,
        bottlenecks=tuple(worst),
        critical_paths=critical_paths(graph),
        graph_complexity=complexity(len(graph.nodes) + len(graph.edges)),
    )


def complexity(elements: int) -> str:
    """Grade a graph by its number of nodes and edges.

    >>> [complexity(count) for count in (99, 100, 1_000)]
    ['low', 'medium', 'high']
    """
    if elements < _MEDIUM_FROM:
        return "low"
    return "medium" if elements < _HIGH_FROM else "high"


def total_qps(graph: GraphColumns) -> tuple[float | None, str | None]:
    """Give the queries per second and what they are based on.

    A Database node knows best: a statement that joins three tables is one query, and three edges.
    """
    nodes = graph.nodes
    rows = node_rows(graph, "Database")
    told = numbers(nodes.columns, "queries_per_sec", len(nodes))[rows]
    told = told[np.isfinite(told) & fresh(nodes.columns, len(nodes))[rows]]
    if len(told):
        return _finite_sum(told), "database"
    rows = edge_rows(graph, QUERIES_PER_SEC)
    if not len(rows):
        return None, None
    return _finite_sum(numbers(graph.edges.columns, "value", len(graph.edges))[rows]), "edges"


def _finite_sum(values: NDArray[np.float64]) -> float | None:
    """Sum up; ``None`` when the sum is beyond a float."""
    with np.errstate(over="ignore"):
        total = float(values.sum())
    return total if np.isfinite(total) else None


def average_latency(graph: GraphColumns) -> float | None:
    """Average AVG_LATENCY_MS, each pair weighted by its queries per second, in ms.

    Without any queries per second every pair weighs the same; beside weighted ones, a pair without weighs nothing.
    """
    edges = graph.edges
    rows = edge_rows(graph, AVG_LATENCY_MS)
    if not len(rows):
        return None
    values = numbers(edges.columns, "value", len(edges))
    pairs = edges.sources.astype(np.int64) * max(1, len(graph.nodes)) + edges.targets
    weighing = edge_rows(graph, QUERIES_PER_SEC)
    known, which = np.unique(pairs[weighing], return_inverse=True)
    sums = np.bincount(which, weights=values[weighing], minlength=len(known))
    weights = np.zeros(len(rows))
    if len(known):
        places = np.minimum(np.searchsorted(known, pairs[rows]), len(known) - 1)
        weights = np.where(known[places] == pairs[rows], np.maximum(sums[places], 0.0), 0.0)
    if not (weights > 0).any():
        weights = np.ones(len(rows))
    with np.errstate(over="ignore", invalid="ignore"):
        average = float((values[rows] * weights).sum() / weights.sum())
    return average if np.isfinite(average) else None


def database_node(graph: GraphColumns) -> tuple[str | None, str | None]:
    """Give type and name of the observed database, as its node says them; ``None`` where it does not."""
    rows = node_rows(graph, "Database")
    if not len(rows):
        return None, None
    return _text(graph, "database_type", int(rows[0])), _text(graph, "name", int(rows[0]))


def _text(graph: GraphColumns, name: str, row: int) -> str | None:
    column = graph.nodes.columns.get(name)
    if column is None or column.kind is not ColumnKind.TEXT or column.values[row] < 0:
        return None
    return column.categories[int(column.values[row])]
