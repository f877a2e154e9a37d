"""Where a capture comes from, and what its staleness adds to the quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from snapgraph.engine.summary.stale import stale_counts
from snapgraph.engine.summary.totals import database_node
from snapgraph.model.columns import GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.readings import LiveReading
from snapgraph.model.snapshots import CaptureMetadata, Quality

__all__ = ["capture_metadata", "marked_quality"]


def capture_metadata(
    graph: GraphColumns, live_graph: LiveGraph, reading: LiveReading, stage_ms: Mapping[str, float]
) -> CaptureMetadata:
    """Say where a graph comes from and what it cost.

    Args:
        graph: What was read; its Database node goes before the settings.
        live_graph: What was asked for.
        reading: How it went.
        stage_ms: Stage -> milliseconds.
    """
    database_type, database_name = database_node(graph)
    return CaptureMetadata(
        database_type=database_type or live_graph.database_type,
        database_name=database_name or live_graph.database_name,
        capture_duration_ms=round(sum(stage_ms.values()), 3),
        timestamp_forms=dict(reading.timestamp_forms),
        stage_ms=dict(stage_ms),
        types=live_graph.types,
        node_labels=live_graph.node_labels,
    )


def marked_quality(quality: Quality, graph: GraphColumns) -> Quality:
    """Add the number of stale elements of a marked graph to the quality of its read."""
    nodes, edges = stale_counts(graph)
    return replace(quality, freshness=replace(quality.freshness, stale_nodes=nodes, stale_edges=edges))
