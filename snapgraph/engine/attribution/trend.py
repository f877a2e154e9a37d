"""Where a value is going, from its last twelve observations.

A trend is *increasing* or *decreasing* when the Mann-Kendall test (Mann 1945, Kendall 1975; two-sided, alpha 0.01, with
the correction for ties and for continuity) finds a monotone trend **and** the least-squares slope moves the value by
at least 5 % of its mean level over the window. Otherwise it is *volatile* when the residuals around that line have a
coefficient of variation above 0.3, else *stable*.

Assumptions: observations are independent. Weakness: a series that wanders (autocorrelation) is called a trend more
often than once in a hundred. At this alpha fewer than six observations never make a trend; n = 12 is exact to 0.001
against the tabled distribution.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.vocabulary import Trend

__all__ = ["WINDOW", "trends"]

WINDOW = 12
"""Observations that count: a minute at the default tick of 5 s."""
_CRITICAL_Z = 2.5758
"""Two-sided 1 % of the normal distribution."""
_LEAST_SHIFT = 0.05
_VOLATILE = 0.3
_LEAST_VALUES = 3
"""Fewer values have no residuals around a line."""

_LATER, _EARLIER = np.triu_indices(WINDOW, 1)[::-1]
_Rows = NDArray[np.float64]


def trends(histories: Sequence[Sequence[float]]) -> list[Trend]:
    """Judge many series at once.

    Args:
        histories: Per series the observations in order of time; only the last twelve count.

    >>> [trend.value for trend in trends([(1, 2, 3, 4, 5, 6, 7), (5, 5, 5, 5), (1, 9, 1, 9, 1, 9)])]
    ['increasing', 'stable', 'volatile']
    """
    if not histories:
        return []
    values = np.full((len(histories), WINDOW), np.nan)
    for row, history in zip(values, histories, strict=True):
        recent = history[-WINDOW:]
        row[WINDOW - len(recent) :] = recent
    shift, variation = _line(values)
    direction = np.where(np.abs(_mann_kendall_z(values)) >= _CRITICAL_Z, np.sign(shift), 0)
    direction = np.where(np.abs(shift) >= _LEAST_SHIFT, direction, 0)
    return [
        Trend.INCREASING if way > 0 else Trend.DECREASING if way < 0 else Trend.VOLATILE if wild else Trend.STABLE
        for way, wild in zip(direction.tolist(), (variation > _VOLATILE).tolist(), strict=True)
    ]


def _mann_kendall_z(values: _Rows) -> _Rows:
    """Give the standard normal statistic of Mann and Kendall per row; NaN is no observation."""
    present = ~np.isnan(values)
    count = present.sum(axis=1)
    score = np.nansum(np.sign(values[:, _LATER] - values[:, _EARLIER]), axis=1)
    tied = (values[:, :, None] == values[:, None, :]).sum(axis=2)  # NaN equals nothing: 0
    ties = np.where(present, (tied - 1) * (2 * tied + 5), 0).sum(axis=1)
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    continuous = score - np.sign(score)
    z: _Rows = np.divide(continuous, np.sqrt(variance), out=np.zeros(len(values)), where=variance > 0)
    return z


def _line(values: _Rows) -> tuple[_Rows, _Rows]:
    """Fit a line per row; give its shift over the window and the spread around it, both relative to the mean level."""
    present = ~np.isnan(values)
    count = np.maximum(present.sum(axis=1), 1)
    filled = np.where(present, values, 0.0)
    mean = filled.sum(axis=1) / count
    time = np.where(present, np.arange(WINDOW, dtype=float), 0.0)
    time = np.where(present, time - (time.sum(axis=1) / count)[:, None], 0.0)
    centred = np.where(present, filled - mean[:, None], 0.0)
    spread = (time**2).sum(axis=1)
    slope = np.divide((time * centred).sum(axis=1), spread, out=np.zeros(len(values)), where=spread > 0)
    residuals = centred - slope[:, None] * time
    deviation = np.sqrt((residuals**2).sum(axis=1) / np.maximum(count - 2, 1))
    level = np.abs(mean)
    shift = np.divide(slope * (count - 1), level, out=np.zeros(len(values)), where=level > 0)
    variation = np.divide(deviation, level, out=np.zeros(len(values)), where=(level > 0) & (count >= _LEAST_VALUES))
    return shift, variation
