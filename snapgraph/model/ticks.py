"""One look at a live graph in the row of looks that the live stream follows, and how looking goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from snapgraph.model.columns import GraphColumns
from snapgraph.model.snapshots import PerformanceSummary, Quality

__all__ = ["Reading", "Tick"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the reading of a live graph goes, whether or not it changes.

    Attributes:
        graph: Name of the live graph.
        read_at: When it was read last, by the store's clock; ``None``: never.
        age_seconds: How long ago that was when this was said, whoever's clock is wrong.
        failing_since: Since when it cannot be read; ``None`` while it can.
        code: Of the error; empty while there is none.
        detail: What happened and what to do.
    """

    graph: str
    read_at: datetime | None
    age_seconds: float = 0.0
    failing_since: datetime | None = None
    code: str = ""
    detail: str = ""
