"""The closed sets of words: each is a value that is stored, sent and filtered by."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "LIVE",
    "Absence",
    "ChangeDirection",
    "ColumnKind",
    "Desirable",
    "ElementKind",
    "MetricKind",
    "Operation",
    "QualityGrade",
    "RetentionClass",
    "Severity",
    "Significance",
    "Trend",
    "TriggerType",
]

LIVE = "live"
"""Stands where a snapshot has its id: the live graph as it is now."""


class TriggerType(StrEnum):
    """Why a snapshot was captured."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    THRESHOLD = "threshold"
    INCIDENT = "incident"
    SMART = "smart"


class Severity(StrEnum):
    """How bad it is, from least to worst; ``rank`` orders them."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low … 3 for critical."""
        return list(Severity).index(self)


class RetentionClass(StrEnum):
    """How long the payload of a snapshot is kept; the order is that of ``class_no`` in the store."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    INCIDENT = "incident"
    PERMANENT = "permanent"


class QualityGrade(StrEnum):
    """How far a capture can be trusted."""

    CLEAN = "clean"
    RETRIED = "retried"
    TORN = "torn"
    PARTIAL = "partial"


class ElementKind(StrEnum):
    """What an element of a graph is."""

    NODE = "node"
    EDGE = "edge"


class Operation(StrEnum):
    """What happened to an element between two graphs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class ChangeDirection(StrEnum):
    """Whether a change is for the worse, by the metric's desirable direction."""

    WORSE = "worse"
    BETTER = "better"
    NONE = "none"


class Absence(StrEnum):
    """Why an element is missing in the later graph."""

    REMOVED = "removed"
    NOT_OBSERVED = "not_observed"
    NOT_CAPTURED = "not_captured"


class Significance(StrEnum):
    """Whether a change is more than the element's own noise."""

    REAL = "real"
    WITHIN_NOISE = "within_noise"
    TOO_LITTLE_DATA = "too_little_data"


class Trend(StrEnum):
    """Where a value is going over the last ticks."""

    INCREASING = "increasing"
    DECREASING = "decreasing"
    STABLE = "stable"
    VOLATILE = "volatile"


class Desirable(StrEnum):
    """Which way a metric should go."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class MetricKind(StrEnum):
    """Whether a metric is a level or only ever grows."""

    GAUGE = "gauge"
    COUNTER = "counter"


class ColumnKind(StrEnum):
    """How a property column is held in memory (see :class:`snapgraph.model.columns.Column`)."""

    FLOAT = "float"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIME = "time"
    TEXT = "text"
    JSON = "json"
