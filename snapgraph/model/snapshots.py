"""The snapshot: one immutable capture, as its header tells it. The payload is a :class:`GraphColumns`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from snapgraph.model.metrics import Thresholds
from snapgraph.model.vocabulary import ElementKind, QualityGrade, RetentionClass, Severity, TriggerType

__all__ = [
    "Bottleneck",
    "CaptureMetadata",
    "Freshness",
    "HistoryEntry",
    "PerformanceSummary",
    "Quality",
    "Snapshot",
    "SnapshotCounts",
    "SnapshotDraft",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Age of the relationships' timestamps at the capture, in seconds; ``None`` when none has a timestamp."""

    newest_seconds: float | None = None
    median_seconds: float | None = None
    oldest_seconds: float | None = None
    stale_edges: int = 0
    stale_nodes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far a capture can be trusted, and why.

    Attributes:
        grade: The worst that applies.
        retries: How often the read was repeated because it was torn.
        reasons: Sentences for a person, one per thing that was wrong.
        unnamed_nodes: Nodes left out because they have no name.
        dropped_edges: Edges left out because an end was.
        ordinals: Nodes and edges that share a key with another and were told apart by an ordinal.
        non_finite_values: NaN and infinities, kept as null.
        unreadable_timestamps: Timestamps in no known form, kept as null.
        freshness: Age of the timestamps.
    """

    grade: QualityGrade = QualityGrade.CLEAN
    retries: int = 0
    reasons: tuple[str, ...] = ()
    unnamed_nodes: int = 0
    dropped_edges: int = 0
    ordinals: int = 0
    non_finite_values: int = 0
    unreadable_timestamps: int = 0
    freshness: Freshness = field(default_factory=Freshness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """An edge or node over its threshold (high or critical).

    Attributes:
        kind: Node or edge.
        key: Element key.
        label: For a person: ``users->products`` or ``users``.
        metric: The relationship type whose levels it breaks.
        value: The value, in the metric's unit.
        severity: High or critical.
    """

    kind: ElementKind
    key: str
    label: str
    metric: str
    value: float
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceSummary:
    """The totals of a graph, without its stale elements.

    Attributes:
        total_qps: Queries per second, or ``None`` when the graph has no such metric.
        total_qps_basis: ``database`` (the Database node says it) or ``edges`` (sum of QUERIES_PER_SEC).
        avg_latency: Mean of AVG_LATENCY_MS weighted by the pair's QPS, ms.
        bottlenecks_count: All bottlenecks.
        bottlenecks: The worst 100 of them, worst first.
        critical_paths: The five heaviest paths by summed latency, ``a->b->c``.
        graph_complexity: ``low`` (< 100 elements), ``medium`` (< 1,000) or ``high``.
    """

    total_qps: float | None = None
    total_qps_basis: str | None = None
    avg_latency: float | None = None
    bottlenecks_count: int = 0
    bottlenecks: tuple[Bottleneck, ...] = ()
    critical_paths: tuple[str, ...] = ()
    graph_complexity: str = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureMetadata:
    """Where a snapshot comes from, what was asked for and what it cost.

    Attributes:
        database_type: Of the observed database, such as ``postgresql``.
        database_name: Of the observed database.
        capture_duration_ms: All stages together.
        timestamp_forms: Form of the timestamps -> how many.
        stage_ms: Stage -> milliseconds.
        types: Relationship types that were read, ``("*",)`` for all; empty when that is not known. What was never
            asked for is *not captured* rather than removed.
        node_labels: Labels whose nodes were read even when idle; empty when that is not known.
    """

    database_type: str | None = None
    database_name: str | None = None
    capture_duration_ms: float = 0.0
    timestamp_forms: Mapping[str, int] = field(default_factory=dict)
    stage_ms: Mapping[str, float] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    node_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCounts:
    """How many elements a snapshot holds."""

    nodes: int
    edges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One earlier snapshot inside ``history``: its header's essentials and its edge values.

    Attributes:
        edge_values: Edge key -> value.
    """

    snapshot_id: str
    captured_at: datetime
    summary: PerformanceSummary
    edge_values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The header of one capture.

    Attributes:
        id: ``snap_<UTC yyyymmdd>_<hhmmss>_<slug>``.
        graph: Name of the live graph.
        version: 1, 2, 3 … per live graph, given at commit.
        previous_id: The snapshot before it, when there is one.
        captured_at: Postgres' clock, read before the scan; aware, UTC.
        trigger: Why.
        trigger_reason: Why, as a sentence.
        severity: That of the trigger which fired; ``None`` for manual and scheduled.
        retention_class: Where the payload lies and how long.
        description: Fixed at capture.
        note: May change.
        tags: Sorted, distinct.
        pinned: Never removed by retention.
        counts: Nodes and edges.
        summary: Totals, bottlenecks, paths.
        metadata: Origin and cost.
        quality: How far it can be trusted.
        thresholds: As they were.
        content_hash: Hex hash of everything in the graph.
        stable_hash: The same without the volatile columns.
        revision: Grows with every change of tags, note or pin; part of the ETag.
        has_history: Whether ``history`` was stored with it.
        deleted_at: When it was deleted; such headers are seen only as 410.
        change_magnitude: How different it is from the one before: 0 the same, 1 nothing in common; ``None`` when that
            is not known, as for the first one.
    """

    id: str
    graph: str
    version: int
    previous_id: str | None
    captured_at: datetime
    trigger: TriggerType
    trigger_reason: str
    severity: Severity | None
    retention_class: RetentionClass
    description: str
    note: str
    tags: tuple[str, ...]
    pinned: bool
    counts: SnapshotCounts
    summary: PerformanceSummary
    metadata: CaptureMetadata
    quality: Quality
    thresholds: Thresholds
    content_hash: str
    stable_hash: str
    revision: int = 1
    has_history: bool = False
    deleted_at: datetime | None = None
    change_magnitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotDraft:
    """What the use case knows of a snapshot before the store has given it an id, a version and hashes.

    Attributes:
        graph: Name of the live graph; registered by the store when it is new.
        captured_at: Postgres' clock, read before the scan; aware.
        trigger: Why.
        trigger_reason: Why, as a sentence.
        slug: Last part of the id; the store keeps 40 characters of ``[a-z0-9_]``, and takes the trigger type when
            nothing is left.
        severity: That of the trigger which fired.
        retention_class: Class of the trigger, pin apart; a pinned draft is stored as ``permanent`` and gets this class
            back when it is unpinned.
        description: Fixed from here on.
        note: May change.
        tags: In any order.
        pinned: Never removed by retention.
        summary: Totals, bottlenecks, paths.
        metadata: Origin and cost.
        quality: How far it can be trusted.
        thresholds: As they are now.
        volatile: Properties that the stable hash leaves out.
    """

    graph: str = "default"
    captured_at: datetime
    trigger: TriggerType
    trigger_reason: str
    slug: str
    severity: Severity | None = None
    retention_class: RetentionClass
    description: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    summary: PerformanceSummary = field(default_factory=PerformanceSummary)
    metadata: CaptureMetadata = field(default_factory=CaptureMetadata)
    quality: Quality = field(default_factory=Quality)
    thresholds: Thresholds = field(default_factory=Thresholds)
    volatile: tuple[str, ...] = ()
