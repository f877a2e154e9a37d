"""What is stale: older than three ticks when it was captured."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.summary.reading import node_rows, numbers
from snapgraph.model.columns import STALE, Column, GraphColumns, Mask
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["STALE_TICKS", "mark_stale", "stale_counts"]

STALE_TICKS = 3
"""A writer may be late by a tick and skip one; three mean that the element was not observed."""

_MICROSECONDS = 1e6


def mark_stale(graph: GraphColumns, *, captured_at: datetime, tick_seconds: float) -> GraphColumns:
    """Add the derived column ``@stale`` to nodes and edges.

    Args:
        graph: Any graph; what was marked before is marked anew.
        captured_at: Ages are measured from here.
        tick_seconds: How often the graph is written, by the settings; the property ``tick_seconds`` of a Database node
            goes before it. 0: nothing is ever stale.

    Returns:
        The graph with ``@stale`` where anything is stale: edges by their ``timestamp``, nodes by the newer of
        ``timestamp`` and ``updated_at``. What has no time is never stale.
    """
    oldest = _oldest_us(graph, captured_at, tick_seconds)
    edges, nodes = graph.edges, graph.nodes
    edge_times = _times(edges.columns.get("timestamp"), len(edges))
    node_times = np.fmax(
        _times(nodes.columns.get("timestamp"), len(nodes)), _times(nodes.columns.get("updated_at"), len(nodes))
    )
    return GraphColumns(
        nodes=replace(nodes, columns=_marked(dict(nodes.columns), node_times < oldest)),
        edges=replace(edges, columns=_marked(dict(edges.columns), edge_times < oldest)),
    )


def stale_counts(graph: GraphColumns) -> tuple[int, int]:
    """Count the stale nodes and the stale edges of a marked graph."""
    marks = (graph.nodes.columns.get(STALE), graph.edges.columns.get(STALE))
    nodes, edges = (0 if mark is None else int(np.count_nonzero(mark.values)) for mark in marks)
    return nodes, edges


def _oldest_us(graph: GraphColumns, captured_at: datetime, tick_seconds: float) -> float:
    """Give the time before which an element is stale, microseconds since 1970; minus infinity: none is."""
    told = numbers(graph.nodes.columns, "tick_seconds", len(graph.nodes))[node_rows(graph, "Database")]
    told = told[np.isfinite(told)]
    seconds = float(told.max()) if len(told) else tick_seconds
    if seconds <= 0:
        return float("-inf")
    return (captured_at.timestamp() - STALE_TICKS * seconds) * _MICROSECONDS


def _times(column: Column | None, length: int) -> NDArray[np.float64]:
    if column is None or column.kind is not ColumnKind.TIME:
        return np.full(length, np.nan)
    times = column.values.astype(np.float64)
    return times if column.present is None else np.where(column.present, times, np.nan)


def _marked(columns: dict[str, Column], stale: Mask) -> dict[str, Column]:
    columns.pop(STALE, None)
    if stale.any():
        columns[STALE] = Column(kind=ColumnKind.BOOLEAN, values=stale)
    return columns
