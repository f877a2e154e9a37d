"""A graph as the two data frames of Grafana's Node graph panel: rows of nodes, and rows of edges.

The names of the fields are the panel's. It draws one line from a node to another, so the relationships of a pair stand
in one row; and at most 1,500 nodes, so the ones that matter most come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.elements import properties_of
from snapgraph.engine.formats.labels import short_names
from snapgraph.engine.formats.values import column_values
from snapgraph.engine.summary.reading import fresh, numbers
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.keys import split_node_key
from snapgraph.model.metrics import AVG_LATENCY_MS, HOTSPOT_SCORE, QUERIES_PER_SEC, MetricDefinition, Thresholds
from snapgraph.model.vocabulary import Desirable, Severity

__all__ = ["COLOURS", "MOST_NODES", "NodeGraph"]

MOST_NODES = 1_500
"""What the panel draws; it hides the rest."""
COLOURS: Mapping[Severity, str] = {
    Severity.LOW: "green",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "orange",
    Severity.CRITICAL: "red",
}
"""Of lines, by the worst relationship of the pair; names of Grafana's own palette."""

_SEVERITIES = tuple(Severity)
_RATE = "1/s"
_THICKEST = 5.0

Row = dict[str, Any]
_Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class NodeGraph:
    """Writes the rows of one graph.

    Attributes:
        graph: In canonical order.
        metrics: What the types mean.
        thresholds: Levels by relationship type.
        most_nodes: How many nodes are shown, the worst first: by severity, then by hotspot score.
    """

    graph: GraphColumns
    metrics: Mapping[str, MetricDefinition]
    thresholds: Thresholds
    most_nodes: int = MOST_NODES

    def nodes(self) -> list[Row]:
        """Write the nodes: name, type, hotspot score, bottlenecks, and how their relationships are graded."""
        columns = self.graph.nodes.columns
        details = {f"detail__{name}": _plain(column) for name, column in properties_of(columns).items()}
        details["detail__stale"] = (~fresh(columns, len(self.graph.nodes))).tolist()
        counts = self._counts
        hotspots = _json_numbers(self._hotspots)
        rows = []
        for row in self._shown.tolist():
            name, type_ = split_node_key(str(self.graph.nodes.keys[row]))
            own = int(self._node_ranks[row] >= Severity.HIGH.rank)
            graded = counts[row].tolist()
            rows.append(
                {
                    "id": self.graph.nodes.keys[row],
                    "title": name,
                    "subtitle": type_,
                    "mainstat": hotspots[row],
                    "secondarystat": own + graded[Severity.HIGH.rank] + graded[Severity.CRITICAL.rank],
                    **_arcs(graded),
                    **{field: values[row] for field, values in details.items()},
                }
            )
        return rows

    def edges(self) -> list[Row]:
        """Write a row for each pair of shown nodes: latency, queries, and every other value of theirs as a detail."""
        keys = [str(key).replace("|", "%7C") for key in self.graph.nodes.keys.tolist()]
        fields = [f"detail__{name}" for name in short_names(self.graph.edges.types, self.metrics)]
        queries = self._of_pairs.get(QUERIES_PER_SEC)
        busiest = 0.0 if queries is None else float(np.nan_to_num(queries).max(initial=0.0))
        rows = []
        for place, (source, target) in enumerate(self._pairs.tolist()):
            values = {type_: float(found[place]) for type_, found in self._of_pairs.items()}
            severity = _SEVERITIES[int(self._pair_ranks[place])]
            rows.append(
                {
                    "id": f"{keys[source]}|{keys[target]}",
                    "source": self.graph.nodes.keys[source],
                    "target": self.graph.nodes.keys[target],
                    "mainstat": _number(values.get(AVG_LATENCY_MS)),
                    "secondarystat": _number(values.get(QUERIES_PER_SEC)),
                    "color": COLOURS[severity],
                    "thickness": _thickness(values.get(QUERIES_PER_SEC), busiest),
                    "detail__severity": severity.value,
                    **{
                        field: _number(values[type_])
                        for field, type_ in zip(fields, self.graph.edges.types, strict=True)
                    },
                }
            )
        return rows

    @cached_property
    def _hotspots(self) -> NDArray[np.float64]:
        return numbers(self.graph.nodes.columns, HOTSPOT_SCORE.lower(), len(self.graph.nodes))

    @cached_property
    def _node_ranks(self) -> NDArray[np.intp]:
        ranks = np.zeros(len(self.graph.nodes), np.intp)
        columns = self.graph.nodes.columns
        for type_ in self.thresholds.levels:
            ranks = np.maximum(ranks, self._graded(type_, numbers(columns, type_.lower(), len(ranks))))
        return np.where(fresh(columns, len(ranks)), ranks, 0)

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        return numbers(self.graph.edges.columns, "value", len(self.graph.edges))

    @cached_property
    def _edge_ranks(self) -> NDArray[np.intp]:
        edges = self.graph.edges
        ranks = np.zeros(len(edges), np.intp)
        for code, type_ in enumerate(edges.types):
            rows = edges.type_codes == code
            ranks[rows] = self._graded(type_, self._values[rows])
        return np.where(fresh(edges.columns, len(edges)), ranks, 0)

    def _graded(self, type_: str, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Grade values of a metric; those of one that should be high are not graded, as in the summary."""
        metric, levels = self.metrics.get(type_), self.thresholds.levels.get(type_)
        if levels is None or (metric is not None and metric.desirable is Desirable.HIGHER):
            return np.zeros(len(values), np.intp)
        distinct, which = np.unique(values, return_inverse=True)
        ranks = [levels.severity_of(value).rank for value in distinct.tolist()]  # NaN is over no level
        return np.array(ranks, np.intp)[which]

    @cached_property
    def _counts(self) -> NDArray[np.intp]:
        """Count the relationships of each node by severity; one from a node to itself counts once."""
        edges = self.graph.edges
        counts = np.zeros((len(self.graph.nodes), len(_SEVERITIES)), np.intp)
        np.add.at(counts, (edges.sources, self._edge_ranks), 1)
        others = edges.sources != edges.targets
        np.add.at(counts, (edges.targets[others], self._edge_ranks[others]), 1)
        return counts

    @cached_property
    def _shown(self) -> _Rows:
        worst = np.maximum(self._node_ranks, np.max(np.where(self._counts > 0, np.arange(4), 0), axis=1, initial=0))
        order = np.lexsort((np.arange(len(worst)), -np.nan_to_num(self._hotspots), -worst))
        return order[: self.most_nodes]

    @cached_property
    def _kept(self) -> _Rows:
        """Find the relationships between nodes that are shown."""
        is_shown = np.zeros(len(self.graph.nodes), np.bool_)
        is_shown[self._shown] = True
        edges = self.graph.edges
        return np.flatnonzero(is_shown[edges.sources] & is_shown[edges.targets])

    @cached_property
    def _paired(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the distinct (source, target) of what is kept, and for each relationship its place among them."""
        edges, kept = self.graph.edges, self._kept
        both = np.stack([edges.sources[kept], edges.targets[kept]], axis=1).astype(np.intp)
        pairs, place = np.unique(both, axis=0, return_inverse=True)
        return pairs, place.reshape(-1)

    @property
    def _pairs(self) -> NDArray[np.intp]:
        return self._paired[0]

    @cached_property
    def _pair_ranks(self) -> NDArray[np.intp]:
        ranks = np.zeros(len(self._pairs), np.intp)
        np.maximum.at(ranks, self._paired[1], self._edge_ranks[self._kept])
        return ranks

    @cached_property
    def _of_pairs(self) -> Mapping[str, NDArray[np.float64]]:
        """Give type -> the value of each pair, NaN for none: of parallel edges the sum of rates, else the highest."""
        codes = self.graph.edges.type_codes[self._kept]
        values = self._values[self._kept]
        found = {}
        for code, type_ in enumerate(self.graph.edges.types):
            rows = (codes == code) & np.isfinite(values)
            metric = self.metrics.get(type_)
            combined = np.full(len(self._pairs), np.nan)
            combine = np.add if metric is not None and metric.unit == _RATE else np.fmax
            places = self._paired[1][rows]
            combined[places] = 0.0 if combine is np.add else -np.inf
            combine.at(combined, places, values[rows])
            found[type_] = combined
        return found


def _arcs(graded: list[int]) -> Row:
    """Share the circle out; the panel wants a sum of 1, so a node without relationships is whole and low."""
    total = sum(graded)
    if not total:
        graded, total = [1, *graded[1:]], 1
    shares = [round(count / total, 6) for count in graded]
    return {f"arc__{severity.value}": share for severity, share in zip(_SEVERITIES, shares, strict=True)}


def _thickness(queries: float | None, busiest: float) -> float:
    if queries is None or not queries > 0:
        return 1.0
    return round(1.0 + (_THICKEST - 1.0) * float(np.log1p(queries) / np.log1p(busiest)), 2)


def _number(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _json_numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _plain(column: Column) -> list[Any]:
    """Give the values as the panel can show them: numbers, texts and truths; everything else as its JSON."""
    return [
        orjson.dumps(value).decode() if isinstance(value, dict | list) else value for value in column_values(column)
    ]
