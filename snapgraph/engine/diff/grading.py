"""For better or worse, and how much: direction and severity of changes, by the metric they belong to.

A metric is the ``value`` of an edge of its type, or a property of a node that is named like it in lower case.
Everything else that changes has no direction.

Severity is that of a change for the worse: above 10, 15 and 25 % of the value before medium, high and critical, else
low. From 0 there is no percentage: then the later value is graded by its levels, as a bottleneck is (an error rate
that goes from 0 to 8 % is critical, a load factor that goes from 0 to 0.01 is low).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from snapgraph.engine.diff.differences import DIRECTIONS, SEVERITIES, Codes, DiffColumns, Numbers, Rows
from snapgraph.model.metrics import (
    MetricDefinition,
    Thresholds,
)
from snapgraph.model.vocabulary import ChangeDirection, Desirable, Severity

__all__ = ["VALUE", "grade", "node_metric", "relative_deltas"]

VALUE = "value"
"""The property of an edge that is the metric."""


_STEPS = (0.10, 0.15, 0.25)
"""Above which share of the value before a change for the worse is medium, high, critical."""

_DECIMALS = 9
"""Relative deltas are rounded before they are graded: 0.30 -> 0.33 is 10 %, not 10.000000000000009 %."""

_BY_BADNESS = np.asarray(
    [
        DIRECTIONS.index(direction)
        for direction in (ChangeDirection.BETTER, ChangeDirection.NONE, ChangeDirection.WORSE)
    ],
    dtype=np.int8,
)
"""Code of the direction for -1, 0 and 1."""

_WORSE_WHEN_RISING = {Desirable.LOWER: 1, Desirable.HIGHER: -1, Desirable.NEITHER: 0}
_LOW = SEVERITIES.index(Severity.LOW)


def node_metric(field: str) -> str:
    """Name the metric that a property of a node would be: the summary grades nodes by the same rule.

    >>> node_metric("hotspot_score")
    'HOTSPOT_SCORE'
    """
    return field.upper()


def relative_deltas(deltas: Numbers, before: Numbers) -> Numbers:
    """Divide by the magnitude before; NaN where that is 0 or the quotient is not finite."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        relative = deltas / np.abs(before)
    return np.where(np.isfinite(relative), relative, np.nan)


def grade(
    metrics: Sequence[MetricDefinition], codes: Rows, diff: DiffColumns, thresholds: Thresholds
) -> tuple[Codes, Codes]:
    """Give direction and severity of changes.

    Args:
        metrics: What the codes point to.
        codes: Position of each change's metric; -1 for what is none.
        diff: With its numbers and relative deltas.
        thresholds: Of the later side.

    Returns:
        Codes into :data:`DIRECTIONS` and :data:`SEVERITIES`.
    """
    before, after = diff.before_numbers, diff.after_numbers
    signs = np.asarray([*(_WORSE_WHEN_RISING[metric.desirable] for metric in metrics), 0], dtype=np.int8)
    # NaN is neither less nor more, so what is no number has no direction
    badness = signs[codes] * ((after > before).view(np.int8) - (after < before).view(np.int8))
    directions = _BY_BADNESS[badness + 1]
    severities = np.full(len(codes), _LOW, dtype=np.int8)
    worse = np.flatnonzero(badness > 0)
    shares = np.round(np.abs(diff.relative_deltas[worse]), _DECIMALS)
    severities[worse] = np.searchsorted(_STEPS, shares, side="left")
    for row in worse[np.isnan(shares)].tolist():
        severities[row] = thresholds.severity_of(metrics[codes[row]].type, float(after[row])).rank
    return directions, severities
