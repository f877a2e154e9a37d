"""What a relationship type means: its unit, which way is better, and from which values on it is a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from snapgraph.model.vocabulary import Desirable, MetricKind, Severity

__all__ = [
    "AVG_LATENCY_MS",
    "DEFAULT_METRICS",
    "DEFAULT_THRESHOLDS",
    "ERROR_RATE",
    "HOTSPOT_SCORE",
    "INDEX_EFFICIENCY",
    "JOIN_FREQUENCY",
    "LOAD_FACTOR",
    "QUERIES_PER_SEC",
    "Levels",
    "MetricDefinition",
    "Thresholds",
    "unknown_metric",
]

QUERIES_PER_SEC = "QUERIES_PER_SEC"
AVG_LATENCY_MS = "AVG_LATENCY_MS"
JOIN_FREQUENCY = "JOIN_FREQUENCY"
INDEX_EFFICIENCY = "INDEX_EFFICIENCY"
HOTSPOT_SCORE = "HOTSPOT_SCORE"
LOAD_FACTOR = "LOAD_FACTOR"
ERROR_RATE = "ERROR_RATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDefinition:
    """One relationship type as a metric.

    Attributes:
        type: The relationship type, as in Neo4j.
        short_name: The last part of a relationship id (``users_products_qps``).
        unit: What one is: ``1/s``, ``ms``, ``ratio``, ``score``, ``percent`` or empty.
        desirable: Which way is better.
        kind: A level or a counter.
        decimals: How many decimals ``observe`` keeps (fewer digits store in fewer bytes; 2.26 B a value at 3).
    """

    type: str
    short_name: str
    unit: str = ""
    desirable: Desirable = Desirable.NEITHER
    kind: MetricKind = MetricKind.GAUGE
    decimals: int = 3


def unknown_metric(type_: str) -> MetricDefinition:
    """Describe a type that the settings do not name: no unit, no direction, its own name in lower case."""
    return MetricDefinition(type=type_, short_name=type_.lower())


DEFAULT_METRICS: Mapping[str, MetricDefinition] = {
    metric.type: metric
    for metric in (
        MetricDefinition(type=QUERIES_PER_SEC, short_name="qps", unit="1/s", desirable=Desirable.HIGHER),
        MetricDefinition(type=AVG_LATENCY_MS, short_name="latency", unit="ms", desirable=Desirable.LOWER, decimals=4),
        MetricDefinition(type=JOIN_FREQUENCY, short_name="joins", unit="1/s"),
        MetricDefinition(
            type=INDEX_EFFICIENCY, short_name="index", unit="ratio", desirable=Desirable.HIGHER, decimals=4
        ),
        MetricDefinition(type=HOTSPOT_SCORE, short_name="hotspot", unit="score", desirable=Desirable.LOWER),
        MetricDefinition(type=LOAD_FACTOR, short_name="load", unit="ratio", desirable=Desirable.LOWER, decimals=6),
        MetricDefinition(type=ERROR_RATE, short_name="errors", unit="percent", desirable=Desirable.LOWER, decimals=4),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """From which value on a metric is high, and from which critical (both exclusive); ``None``: never.

    Medium begins above half of the lowest of these; below it all is low. Only high and critical are bottlenecks.
    """

    high: float | None = None
    critical: float | None = None

    def severity_of(self, value: float) -> Severity:
        """Grade one value.

        >>> Levels(high=100.0, critical=1000.0).severity_of(1200.0)
        <Severity.CRITICAL: 'critical'>
        >>> Levels(high=100.0, critical=1000.0).severity_of(51.0)
        <Severity.MEDIUM: 'medium'>
        """
        if self.critical is not None and value > self.critical:
            return Severity.CRITICAL
        if self.high is not None and value > self.high:
            return Severity.HIGH
        lowest = min((level for level in (self.high, self.critical) if level is not None), default=None)
        if lowest is not None and value > lowest / 2:
            return Severity.MEDIUM
        return Severity.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Levels by relationship type, frozen into every snapshot: a replay with today's levels would lie.

    A node is graded by its properties: ``hotspot_score`` with the levels of HOTSPOT_SCORE, ``error_rate`` with those of
    ERROR_RATE.
    """

    levels: Mapping[str, Levels] = field(default_factory=dict)

    def severity_of(self, type_: str, value: float) -> Severity:
        """Grade a value of a metric; low when the metric has no levels."""
        levels = self.levels.get(type_)
        return levels.severity_of(value) if levels else Severity.LOW


DEFAULT_THRESHOLDS = Thresholds(
    levels={
        AVG_LATENCY_MS: Levels(high=100.0, critical=1000.0),
        HOTSPOT_SCORE: Levels(high=80.0, critical=95.0),
        ERROR_RATE: Levels(critical=5.0),
    }
)
