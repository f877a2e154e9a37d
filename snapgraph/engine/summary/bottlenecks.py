"""Bottlenecks: elements over the levels of their metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.summary.reading import edge_rows, fresh, numbers, shown_name
from snapgraph.model.columns import GraphColumns, Mask
from snapgraph.model.keys import edge_key
from snapgraph.model.metrics import Levels, MetricDefinition, Thresholds
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.vocabulary import Desirable, ElementKind

__all__ = ["bottleneck_masks", "bottlenecks", "worst_bottlenecks"]


def bottlenecks(
    graph: GraphColumns, *, metrics: Mapping[str, MetricDefinition], thresholds: Thresholds
) -> list[Bottleneck]:
    """Find every fresh edge and node that is high or critical, the worst first.

    An edge is graded by its value, a node by the properties that are named like a metric in lower case
    (``hotspot_score``, ``error_rate``).

    Args:
        graph: Marked or not.
        metrics: What the types mean: one that should be high is not graded, since levels grade from below.
        thresholds: Levels by relationship type.

    Returns:
        Critical before high, then by how far the lowest level is exceeded, then nodes before edges, then in canonical
        order.
    """
    return worst_bottlenecks(graph, metrics=metrics, thresholds=thresholds)[1]


def worst_bottlenecks(
    graph: GraphColumns,
    *,
    metrics: Mapping[str, MetricDefinition],
    thresholds: Thresholds,
    most: int | None = None,
) -> tuple[int, list[Bottleneck]]:
    """Count all bottlenecks and describe the worst of them; see :func:`bottlenecks`.

    Args:
        graph: Marked or not.
        metrics: What the types mean.
        thresholds: Levels by relationship type.
        most: How many to describe; ``None``: all. Describing takes 6 us each, grading 20 ns.
    """
    found = list(_found(graph, metrics, thresholds))
    if not found:
        return 0, []
    which = np.concatenate([np.full(len(part.rows), place) for place, part in enumerate(found)])
    rows = np.concatenate([part.rows for part in found])
    is_edge = np.array([part.kind is ElementKind.EDGE for part in found])[which]
    is_high = ~np.concatenate([part.critical for part in found])
    excess = np.concatenate([part.excess for part in found])
    order = np.lexsort((which, rows, is_edge, -excess, is_high))[:most]
    return len(rows), [_described(graph, found[which[place]], int(rows[place])) for place in order.tolist()]


def bottleneck_masks(
    graph: GraphColumns, *, metrics: Mapping[str, MetricDefinition], thresholds: Thresholds
) -> tuple[Mask, Mask]:
    """Say which nodes and which edges are bottlenecks; see :func:`bottlenecks`."""
    nodes, edges = np.zeros(len(graph.nodes), np.bool_), np.zeros(len(graph.edges), np.bool_)
    for part in _found(graph, metrics, thresholds):
        (nodes if part.kind is ElementKind.NODE else edges)[part.rows] = True
    return nodes, edges


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """The bottlenecks of one metric among nodes or edges."""

    kind: ElementKind
    metric: str
    levels: Levels
    values: NDArray[np.float64]
    rows: NDArray[np.intp]

    @property
    def critical(self) -> NDArray[np.bool_]:
        level = self.levels.critical
        values = self.values[self.rows]
        return np.zeros(len(values), np.bool_) if level is None else values > level

    @property
    def excess(self) -> NDArray[np.float64]:
        """How far the lowest level is exceeded, as a factor where that makes sense."""
        lowest = _lowest(self.levels)
        return self.values[self.rows] / (lowest if lowest > 0 else 1.0)


def _found(graph: GraphColumns, metrics: Mapping[str, MetricDefinition], thresholds: Thresholds) -> Iterator[_Found]:
    edges, nodes = graph.edges, graph.nodes
    edge_values = numbers(edges.columns, "value", len(edges))
    fresh_nodes = fresh(nodes.columns, len(nodes))
    for type_, levels in sorted(thresholds.levels.items()):
        metric = metrics.get(type_)
        if metric is not None and metric.desirable is Desirable.HIGHER:
            continue
        lowest = _lowest(levels)
        rows = edge_rows(graph, type_)
        rows = rows[edge_values[rows] > lowest]
        yield _Found(kind=ElementKind.EDGE, metric=type_, levels=levels, values=edge_values, rows=rows)
        values = numbers(nodes.columns, type_.lower(), len(nodes))
        rows = np.flatnonzero(fresh_nodes & (values > lowest))
        yield _Found(kind=ElementKind.NODE, metric=type_, levels=levels, values=values, rows=rows)


def _lowest(levels: Levels) -> float:
    """Give the level above which an element is a bottleneck; infinity when there is none."""
    return min((level for level in (levels.high, levels.critical) if level is not None), default=float("inf"))


def _described(graph: GraphColumns, found: _Found, row: int) -> Bottleneck:
    key, label = _node(graph, row) if found.kind is ElementKind.NODE else _edge(graph, found.metric, row)
    value = float(found.values[row])
    return Bottleneck(
        kind=found.kind,
        key=key,
        label=label,
        metric=found.metric,
        value=value,
        severity=found.levels.severity_of(value),
    )


def _node(graph: GraphColumns, row: int) -> tuple[str, str]:
    key = str(graph.nodes.keys[row])
    return key, shown_name(key)


def _edge(graph: GraphColumns, type_: str, row: int) -> tuple[str, str]:
    edges, keys = graph.edges, graph.nodes.keys
    source, target = str(keys[edges.sources[row]]), str(keys[edges.targets[row]])
    texts = edges.discriminators
    discriminator = "" if texts is None or texts.values[row] < 0 else texts.categories[int(texts.values[row])]
    label = shown_name(source) if source == target else f"{shown_name(source)}->{shown_name(target)}"
    return edge_key(source, type_, target, discriminator), label
