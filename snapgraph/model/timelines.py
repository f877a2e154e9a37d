"""What a strip of time shows of many snapshots, and series of values across them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from snapgraph.model.vocabulary import ElementKind, QualityGrade, Severity, TriggerType

__all__ = ["Bucket", "Gap", "Mark", "Moment", "Series", "SeriesTable", "Timeline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One snapshot on the strip.

    Attributes:
        snapshot_id: Its id.
        version: Its version.
        captured_at: When.
        trigger: Why.
        severity: That of the trigger which fired.
        quality: How far it can be trusted.
        description: Fixed at capture.
        tags: Sorted.
        pinned: Kept for good.
        bottlenecks_count: Bottlenecks in its summary.
        change_magnitude: How different from the one before, 0 to 1.
    """

    snapshot_id: str
    version: int
    captured_at: datetime
    trigger: TriggerType
    severity: Severity | None
    quality: QualityGrade
    description: str
    tags: tuple[str, ...]
    pinned: bool
    bottlenecks_count: int
    change_magnitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A stretch of the strip in which there are snapshots.

    Attributes:
        at: Its beginning.
        snapshots: How many.
        triggers: How many of each trigger.
        severity: The worst.
        magnitude: The largest.
        bottlenecks: The most.
    """

    at: datetime
    snapshots: int
    triggers: Mapping[str, int]
    severity: Severity | None
    magnitude: float | None
    bottlenecks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Scheduled captures that did not come.

    Attributes:
        since: The last one before.
        until: The first one after.
        seconds: Between them.
        expected_seconds: The usual distance of scheduled captures here.
    """

    since: datetime
    until: datetime
    seconds: float
    expected_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The strip of one live graph.

    Attributes:
        graph: Its name.
        since: Where it begins; ``None`` when there is nothing.
        until: Where it ends, exclusive.
        bucket_seconds: Width of a bucket.
        total: How many snapshots there are in it.
        complete: Whether ``marks`` are all of them.
        buckets: Those that hold something, rising.
        marks: The snapshots, or the most telling of them; rising.
        gaps: Rising.
    """

    graph: str
    since: datetime | None
    until: datetime | None
    bucket_seconds: float
    total: int
    complete: bool
    buckets: tuple[Bucket, ...]
    marks: tuple[Mark, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A snapshot as a place on the axis of a chart."""

    snapshot_id: str
    version: int
    captured_at: datetime
    trigger: TriggerType


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric of one subject across snapshots.

    Attributes:
        kind: Edge or node; ``None`` for the summary.
        key: Of the element.
        field: The property, or the name in the summary.
        label: For a person.
        metric: The relationship type whose levels and direction hold, when there is one.
        unit: Of the values, when it is known.
        values: Beside the moments; ``None`` where it was not observed, is no number, or its payload is gone.
    """

    kind: ElementKind | None
    key: str | None
    field: str
    label: str
    metric: str | None
    unit: str | None
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTable:
    """Several series over the same snapshots.

    Attributes:
        graph: Of which live graph.
        total: How many snapshots there are in the range.
        complete: Whether ``moments`` are all of them; else they are the newest.
        moments: Rising by time.
        gone: Ids of those moments whose payload has been removed; looked for only when elements are asked for.
        series: As they were asked for.
    """

    graph: str
    total: int
    complete: bool
    moments: tuple[Moment, ...]
    gone: tuple[str, ...]
    series: tuple[Series, ...]
