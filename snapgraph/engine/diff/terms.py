"""On what terms two graphs are compared: what the numbers mean, and what counts as a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from snapgraph.engine.diff.absences import EVERYTHING, Coverage
from snapgraph.model.changes import DiffOptions
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS, MetricDefinition, Thresholds

__all__ = ["DEFAULT_TERMS", "Terms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of a comparison.

    Attributes:
        metrics: Relationship type -> what it means.
        options: Tolerances and volatile fields.
        thresholds: Of the later side: they grade what rose from 0.
        coverage: What the later side would have seen.
        shared_ids: The ids of both sides come from the dictionary of one live graph.
    """

    metrics: Mapping[str, MetricDefinition] = field(default_factory=lambda: DEFAULT_METRICS)
    options: DiffOptions = field(default_factory=DiffOptions)
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    coverage: Coverage = EVERYTHING
    shared_ids: bool = False

    def tolerance(self, metric: str | None) -> float:
        """Give the difference within which two values of a metric, or of no metric, are equal."""
        return self.options.tolerances.get(metric or "", self.options.absolute_tolerance)


DEFAULT_TERMS = Terms()
"""No tolerance, everything covered, elements told apart by their keys."""
