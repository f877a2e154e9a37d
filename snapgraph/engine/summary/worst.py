"""The worst part of a graph: its N worst nodes by a bottleneck score, with the edges among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.summary.reading import edge_rows, fresh, numbers
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.metrics import Levels, MetricDefinition, Thresholds
from snapgraph.model.vocabulary import Desirable

__all__ = ["Part", "bottleneck_scores", "metric_scores", "part_of_nodes", "worst_nodes"]

FLOW = "QUERIES_PER_SEC"
"""What decides between nodes of the same score: the busier one."""

RATE = "1/s"

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some nodes of a graph with the edges among them.

    Attributes:
        graph: In the order of the whole.
        edge_rows: Where its edges stand in the whole.
        whole_nodes: How many nodes the whole has.
        whole_edges: How many edges the whole has.
    """

    graph: GraphColumns
    edge_rows: NDArray[np.intp]
    whole_nodes: int
    whole_edges: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left out."""
        return len(self.graph.nodes) == self.whole_nodes and len(self.graph.edges) == self.whole_edges


def bottleneck_scores(
    graph: GraphColumns, *, metrics: Mapping[str, MetricDefinition], thresholds: Thresholds
) -> Scores:
    """Score every node: how far the worst of its values is over (or below) the level at which a bottleneck begins.

    The values of a node are those of its fresh edges, coming or going, and its own properties that are named like a
    metric in lower case. Each is divided by the lowest level of its metric: 1 is where a bottleneck begins, 0 is a node
    that nothing is graded at. A metric that should be high is not graded, as in the summary.
    """
    scores = np.zeros(len(graph.nodes))
    for type_, levels in thresholds.levels.items():
        metric, lowest = metrics.get(type_), _lowest(levels)
        if lowest is None or metric is None or metric.desirable is Desirable.HIGHER:
            continue
        np.fmax(scores, _at_nodes(graph, type_) / lowest, out=scores)
    return scores


def metric_scores(graph: GraphColumns, metric: MetricDefinition) -> Scores:
    """Score every node by the worst value of one metric, its own or that of its fresh edges; -inf without one.

    Of a share that should be high (``INDEX_EFFICIENCY``) the worst is the lowest; of a rate, the busiest.
    """
    sign = -1.0 if metric.desirable is Desirable.HIGHER and metric.unit != RATE else 1.0
    return np.nan_to_num(_at_nodes(graph, metric.type, sign), nan=-np.inf, posinf=np.inf, neginf=-np.inf)


def worst_nodes(graph: GraphColumns, scores: Scores, most: int) -> NDArray[np.intp]:
    """Pick the nodes with the highest scores; among equals the busier, then in canonical order.

    Returns:
        Their rows, rising.
    """
    flow = np.zeros(len(graph.nodes))
    rows = edge_rows(graph, FLOW)
    values = numbers(graph.edges.columns, "value", len(graph.edges))[rows]
    for ends in (graph.edges.sources, graph.edges.targets):
        np.add.at(flow, ends[rows], values)
    return np.sort(np.lexsort((-flow, -scores))[:most])


def part_of_nodes(graph: GraphColumns, rows: NDArray[np.intp]) -> Part:
    """Cut out some nodes, with the edges among them."""
    nodes, edges = graph.nodes, graph.edges
    place = np.full(len(nodes), -1, dtype=np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    kept = np.flatnonzero((place[edges.sources] >= 0) & (place[edges.targets] >= 0))
    part = GraphColumns(
        nodes=NodeColumns(keys=nodes.keys[rows], columns=_taken(nodes.columns, rows)),
        edges=EdgeColumns(
            sources=place[edges.sources[kept]],
            targets=place[edges.targets[kept]],
            type_codes=edges.type_codes[kept],
            types=edges.types,
            discriminators=None if edges.discriminators is None else edges.discriminators.take(kept),
            columns=_taken(edges.columns, kept),
        ),
    )
    return Part(graph=part, edge_rows=kept, whole_nodes=len(nodes), whole_edges=len(edges))


def _taken(columns: Mapping[str, Column], rows: NDArray[np.intp]) -> dict[str, Column]:
    """Pick rows of every column; a property that nobody is left with goes."""
    taken = {name: column.take(rows) for name, column in columns.items()}
    return {
        name: replace(column, present=None) if column.present is not None and column.present.all() else column
        for name, column in taken.items()
        if column.present is None or column.present.any()
    }


def _at_nodes(graph: GraphColumns, type_: str, sign: float = 1.0) -> Scores:
    """Give the largest value of a metric (times the sign) at every node, its own and its edges'; NaN without one."""
    nodes, edges = graph.nodes, graph.edges
    own = numbers(nodes.columns, type_.lower(), len(nodes)) * sign
    found = np.where(fresh(nodes.columns, len(nodes)), own, np.nan)
    rows = edge_rows(graph, type_)
    values = numbers(edges.columns, "value", len(edges))[rows] * sign
    for ends in (edges.sources, edges.targets):
        np.fmax.at(found, ends[rows], values)
    return found


def _lowest(levels: Levels) -> float | None:
    given = [level for level in (levels.high, levels.critical) if level is not None and level > 0]
    return min(given, default=None)
