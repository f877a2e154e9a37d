"""Ticks made of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from snapgraph.engine.formats.graph_states import graph_from_elements
from snapgraph.live.moments import Moment
from snapgraph.model.columns import GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.snapshots import PerformanceSummary, Quality
from snapgraph.model.ticks import Tick

SHOP = LiveGraph()
NOON = datetime(2025, 1, 6, 12, tzinfo=UTC)

Edges = Mapping[tuple[str, str, str], float]


def columns(nodes: Mapping[str, float], edges: Edges) -> GraphColumns:
    """Build a graph from names with hotspot scores, and (source, type, target) with values."""
    return graph_from_elements(
        [
            {"id": f"{name}:Table", "properties": {"name": name, "hotspot_score": score}}
            for name, score in nodes.items()
        ],
        [
            {"source": f"{source}:Table", "type": type_, "target": f"{target}:Table", "properties": {"value": value}}
            for (source, type_, target), value in edges.items()
        ],
    )


def tick(seq: int, graph: GraphColumns) -> Tick:
    """Make a tick, one second after the one before."""
    return Tick(
        graph="default",
        seq=seq,
        at=NOON + timedelta(seconds=seq),
        columns=graph,
        summary=PerformanceSummary(),
        quality=Quality(),
        interval_seconds=1.0,
    )


def moment(seq: int, graph: GraphColumns) -> Moment:
    """Make a moment of the default graph."""
    return Moment(tick=tick(seq, graph), definition=SHOP)
