"""Scheduled captures that did not come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from snapgraph.model.timelines import Gap, Mark
from snapgraph.model.vocabulary import TriggerType

__all__ = ["find_gaps"]

_TIMES_THE_USUAL = 3.0
"""A distance beyond this many usual ones is a gap: one late capture is none, two that are missing are."""
_LEAST = 4
"""Scheduled captures from which on there is a usual distance."""


def find_gaps(marks: Sequence[Mark]) -> tuple[Gap, ...]:
    """Find where scheduled captures are missing.

    The usual distance is the median between neighbours. Captures by hand or by incident keep no schedule and are left
    out: they neither make a gap nor fill one.

    Args:
        marks: Rising by time.
    """
    moments = [mark.captured_at for mark in marks if mark.trigger is TriggerType.SCHEDULED]
    if len(moments) < _LEAST:
        return ()
    distances = [(after - before).total_seconds() for before, after in pairwise(moments)]
    usual = median(distances)
    return tuple(
        Gap(since=before, until=after, seconds=distance, expected_seconds=usual)
        for (before, after), distance in zip(pairwise(moments), distances, strict=True)
        if distance > _TIMES_THE_USUAL * usual > 0
    )
