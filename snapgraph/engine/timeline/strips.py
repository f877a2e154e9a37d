"""Snapshots arranged on a strip: buckets for the density, and as many marks as can be told apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from snapgraph.engine.timeline.gaps import find_gaps
from snapgraph.model.timelines import Bucket, Gap, Mark, Timeline

__all__ = ["arrange"]

_STEP = timedelta(microseconds=1)
_STEPS_OF_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)


def arrange(
    marks: Sequence[Mark],
    *,
    captures: Sequence[Mark],
    graph: str,
    since: datetime | None,
    until: datetime | None,
    total: int,
    buckets: int,
    most_marks: int,
) -> Timeline:
    """Arrange snapshots on a strip.

    Args:
        marks: Rising by time, all within the strip.
        captures: Rising by time, every scheduled one of the strip, whatever ``marks`` was filtered by: gaps are
            between these.
        graph: Of which live graph.
        since: Where the strip begins; the first mark when there is none.
        until: Where it ends, exclusive; just after the last mark when there is none.
        total: How many snapshots there are, those included that ``marks`` leaves out.
        buckets: At most so many.
        most_marks: At most so many; beyond that severe, pinned and tagged ones stay first, then the largest changes.
    """
    first = since or (marks[0].captured_at if marks else None)
    last = until or (marks[-1].captured_at + _STEP if marks else None)
    width = bucket_seconds((last - first).total_seconds(), buckets) if first and last else 0.0
    chosen = _most_telling(marks, most_marks)
    return Timeline(
        graph=graph,
        since=first,
        until=last,
        bucket_seconds=width,
        total=total,
        complete=len(chosen) == total,
        buckets=tuple(_buckets(marks, first, width)) if first else (),
        marks=tuple(chosen),
        gaps=tuple(_within(find_gaps(captures), first, last)),
    )


def bucket_seconds(seconds: float, most: int) -> float:
    """Give a round width by which a stretch falls into at most so many buckets; whole days beyond one.

    >>> bucket_seconds(3600.0, 200)
    30.0
    >>> bucket_seconds(0.000001, 200)
    1.0
    """
    needed = seconds / most
    fitting = next((step for step in _STEPS_OF_SECONDS if step >= needed), None)
    return float(fitting if fitting is not None else math.ceil(needed / 86_400) * 86_400)


def _buckets(marks: Sequence[Mark], first: datetime, width: float) -> list[Bucket]:
    def number(mark: Mark) -> int:
        return int((mark.captured_at - first).total_seconds() // width)

    return [_bucket(first + timedelta(seconds=place * width), list(inside)) for place, inside in groupby(marks, number)]


def _bucket(at: datetime, inside: Sequence[Mark]) -> Bucket:
    severities = [mark.severity for mark in inside if mark.severity is not None]
    magnitudes = [mark.change_magnitude for mark in inside if mark.change_magnitude is not None]
    return Bucket(
        at=at,
        snapshots=len(inside),
        triggers=dict(Counter(mark.trigger.value for mark in inside)),
        severity=max(severities, key=lambda severity: severity.rank, default=None),
        magnitude=max(magnitudes, default=None),
        bottlenecks=max(mark.bottlenecks_count for mark in inside),
    )


def _within(gaps: Sequence[Gap], first: datetime | None, last: datetime | None) -> Iterator[Gap]:
    if first is not None and last is not None:
        yield from (gap for gap in gaps if gap.until > first and gap.since < last)


def _most_telling(marks: Sequence[Mark], most: int) -> list[Mark]:
    if len(marks) <= most:
        return list(marks)
    ranked = sorted(marks, key=_telling, reverse=True)[:most]
    return sorted(ranked, key=lambda mark: (mark.captured_at, mark.version))


def _telling(mark: Mark) -> tuple[int, bool, float, datetime]:
    severity = mark.severity.rank if mark.severity is not None else -1
    return severity, mark.pinned or bool(mark.tags), mark.change_magnitude or 0.0, mark.captured_at
