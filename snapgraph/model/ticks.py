"""One look at a live graph in the row of looks that the live stream follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from snapgraph.model.columns import GraphColumns
from snapgraph.model.snapshots import PerformanceSummary, Quality

__all__ = ["Tick"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tick:
    """A live graph at one moment.

    Attributes:
        graph: Name of the live graph.
        seq: Its number, which rises from tick to tick and never goes back, whichever process reads.
        at: When it was read; aware.
        columns: The graph in canonical order, stale elements marked.
        summary: Its totals.
        quality: How far the read can be trusted.
        interval_seconds: How long until the next one, as things stand.
    """

    graph: str
    seq: int
    at: datetime
    columns: GraphColumns
    summary: PerformanceSummary
    quality: Quality
    interval_seconds: float
