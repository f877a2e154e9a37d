"""An earlier snapshot in short, as it stands inside the ``history`` of a later one."""

from __future__ import annotations

import numpy as np

from snapgraph.engine.summary.reading import numbers
from snapgraph.model.columns import GraphColumns
from snapgraph.model.keys import edge_key
from snapgraph.model.snapshots import HistoryEntry, Snapshot

__all__ = ["history_entry"]


def history_entry(snapshot: Snapshot, graph: GraphColumns | None) -> HistoryEntry:
    """Make the entry of one snapshot.

    Args:
        snapshot: Its header.
        graph: Its payload; ``None`` when retention has removed that: the summary outlives it.
    """
    return HistoryEntry(
        snapshot_id=snapshot.id,
        captured_at=snapshot.captured_at,
        summary=snapshot.summary,
        edge_values={} if graph is None else _edge_values(graph),
    )


def _edge_values(graph: GraphColumns) -> dict[str, float]:
    """Map edge keys to values, stale ones included, in canonical order."""
    edges, keys = graph.edges, graph.nodes.keys
    values = numbers(edges.columns, "value", len(edges))
    rows = np.flatnonzero(np.isfinite(values))
    texts = edges.discriminators
    codes = np.full(len(edges), -1) if texts is None else texts.values
    categories = () if texts is None else texts.categories
    parts = zip(
        edges.sources[rows].tolist(),
        edges.type_codes[rows].tolist(),
        edges.targets[rows].tolist(),
        codes[rows].tolist(),
        values[rows].tolist(),
        strict=True,
    )
    return {
        edge_key(keys[source], edges.types[type_], keys[target], categories[code] if code >= 0 else ""): value
        for source, type_, target, code, value in parts
    }
