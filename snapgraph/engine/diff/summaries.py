"""A diff in short: how many changes, which matter most, which bottlenecks came and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from snapgraph.engine.diff.differences import (
    ABSENCES,
    DIRECTIONS,
    KINDS,
    OPERATIONS,
    SEVERITIES,
    SIGNIFICANCES,
    DiffColumns,
    Rows,
)
from snapgraph.model.changes import BottleneckProgress, ChangeCounts
from snapgraph.model.columns import Mask
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.vocabulary import Absence, ChangeDirection, ElementKind, Operation, Severity, Significance

__all__ = ["beyond_noise", "bottleneck_progress", "count_changes", "regressions_at_least", "top_changes"]

_SHOWN_BOTTLENECKS = 100

_DERIVED_UNITS = frozenset({"ratio", "score"})
"""Units of what is made of other metrics (load is latency times calls): a small share of a total easily grows 1,000 %,
so in the top list these stand after what was measured."""


def count_changes(diff: DiffColumns) -> ChangeCounts:
    """Count all changes."""
    edges = diff.kinds == KINDS.index(ElementKind.EDGE)
    added = diff.operations == OPERATIONS.index(Operation.ADDED)
    removed = diff.operations == OPERATIONS.index(Operation.REMOVED)
    changed = ~added & ~removed
    worse = diff.directions == DIRECTIONS.index(ChangeDirection.WORSE)
    regressions = np.bincount(
        diff.severities[beyond_noise(diff, ChangeDirection.WORSE)], minlength=len(SEVERITIES)
    ).tolist()
    return ChangeCounts(
        total=len(diff),
        nodes_added=int((added & ~edges).sum()),
        nodes_removed=int((removed & ~edges).sum()),
        nodes_changed=int((changed & ~edges).sum()),
        edges_added=int((added & edges).sum()),
        edges_removed=int((removed & edges).sum()),
        edges_changed=int((changed & edges).sum()),
        not_observed=int((diff.absences == ABSENCES.index(Absence.NOT_OBSERVED)).sum()),
        not_captured=int((diff.absences == ABSENCES.index(Absence.NOT_CAPTURED)).sum()),
        worse=int(worse.sum()),
        better=int((diff.directions == DIRECTIONS.index(ChangeDirection.BETTER)).sum()),
        regressions_medium=regressions[Severity.MEDIUM.rank],
        regressions_high=regressions[Severity.HIGH.rank],
        regressions_critical=regressions[Severity.CRITICAL.rank],
    )


def beyond_noise(diff: DiffColumns, direction: ChangeDirection) -> Mask:
    """Mark the changes in one direction that are not within noise."""
    noise = diff.significances == SIGNIFICANCES.index(Significance.WITHIN_NOISE)
    return np.asarray((diff.directions == DIRECTIONS.index(direction)) & ~noise)


def regressions_at_least(counts: ChangeCounts, level: Severity) -> int:
    """Count the changes for the worse, not within noise, of at least a level: what ``compare --fail-on`` asks.

    >>> regressions_at_least(ChangeCounts(regressions_medium=3, regressions_critical=1), Severity.HIGH)
    1
    """
    by_level = {
        Severity.LOW: counts.worse,
        Severity.MEDIUM: counts.regressions_medium + counts.regressions_high + counts.regressions_critical,
        Severity.HIGH: counts.regressions_high + counts.regressions_critical,
        Severity.CRITICAL: counts.regressions_critical,
    }
    return by_level[level]


def top_changes(
    diff: DiffColumns, direction: ChangeDirection, metrics: Mapping[str, MetricDefinition], limit: int = 10
) -> Rows:
    """Find the changes in one direction that matter most, within noise left out.

    Real ones first; among them measured metrics of edges, then metrics made of others, then properties of nodes, which
    repeat what an edge says; each by relative size, from 0 last.
    """
    rows = np.flatnonzero(beyond_noise(diff, direction))
    derived = [metric in metrics and metrics[metric].unit in _DERIVED_UNITS for metric in diff.metrics]
    tiers = np.asarray([*derived, False])[diff.metric_codes[rows]].astype(np.int8)
    tiers[diff.kinds[rows] == KINDS.index(ElementKind.NODE)] = 2
    unsure = diff.significances[rows] != SIGNIFICANCES.index(Significance.REAL)
    order = np.lexsort((-np.abs(diff.relative_deltas[rows]), tiers, unsure))
    return rows[order[:limit]]


def bottleneck_progress(before: Sequence[Bottleneck], after: Sequence[Bottleneck]) -> BottleneckProgress:
    """Say which bottlenecks came, went and stayed.

    Args:
        before: All of the earlier side, worst first.
        after: All of the later side, worst first.
    """
    was = {(bottleneck.key, bottleneck.metric) for bottleneck in before}
    is_ = {(bottleneck.key, bottleneck.metric) for bottleneck in after}
    appeared = tuple(each for each in after if (each.key, each.metric) not in was)
    continued = tuple(each for each in after if (each.key, each.metric) in was)
    disappeared = tuple(each for each in before if (each.key, each.metric) not in is_)
    return BottleneckProgress(
        appeared=appeared[:_SHOWN_BOTTLENECKS],
        disappeared=disappeared[:_SHOWN_BOTTLENECKS],
        continued=continued[:_SHOWN_BOTTLENECKS],
        appeared_count=len(appeared),
        disappeared_count=len(disappeared),
        continued_count=len(continued),
    )
