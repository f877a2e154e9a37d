"""What a read of the live graph gives: the graph, and how far the read can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from snapgraph.model.columns import GraphColumns
from snapgraph.model.snapshots import Quality

__all__ = ["LiveReading"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveReading:
    """One read of a live graph, in canonical order.

    Attributes:
        graph: Nodes and edges, without dictionary ids.
        quality: Grade, retries, what was left out, freshness.
        timestamp_forms: In which forms the timestamps stood (``unix_seconds``, ``unix_milliseconds``, ``iso8601``,
            ``datetime``) -> how many; kept in the snapshot's metadata.
        duration_ms: Time of the read, all retries included.
    """

    graph: GraphColumns
    quality: Quality
    timestamp_forms: Mapping[str, int] = field(default_factory=dict)
    duration_ms: float = 0.0
