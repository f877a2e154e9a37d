"""Where in time a payload lies: the ranges by which manifests and chunks are partitioned.

Widths by retention class (UTC): scheduled 1 day, manual 7 days (from Monday), incident and permanent 1 month. The SQL
function ``ensure_partition`` computes the same ranges inside the database; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from snapgraph.model.vocabulary import RetentionClass

__all__ = ["PartitionRange", "class_number", "partition_range", "ranges_ahead"]

_DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PartitionRange:
    """One partition: a retention class and a half-open range of time.

    Attributes:
        retention_class: Of the snapshots whose payload lies here.
        since: Inclusive lower bound, UTC; the ``captured_at`` of every chunk in it.
        until: Exclusive upper bound, UTC.
    """

    retention_class: RetentionClass
    since: datetime
    until: datetime


def class_number(retention_class: RetentionClass) -> int:
    """Number of a retention class in the store (``class_no``).

    >>> class_number(RetentionClass.MANUAL)
    1
    """
    return list(RetentionClass).index(retention_class)


def partition_range(retention_class: RetentionClass, captured_at: datetime) -> PartitionRange:
    """Find the partition of a moment.

    Args:
        retention_class: Decides the width.
        captured_at: Aware; any zone.

    >>> partition_range(RetentionClass.MANUAL, datetime(2025, 1, 9, 12, tzinfo=UTC)).since.isoformat()
    '2025-01-06T00:00:00+00:00'
    """
    day = captured_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if retention_class is RetentionClass.SCHEDULED:
        since, until = day, day + timedelta(days=1)
    elif retention_class is RetentionClass.MANUAL:
        since = day - timedelta(days=day.weekday())
        until = since + timedelta(days=7)
    else:
        since = day.replace(day=1)
        until = (
            since.replace(year=since.year + 1, month=1)
            if since.month == _DECEMBER
            else since.replace(month=since.month + 1)
        )
    return PartitionRange(retention_class=retention_class, since=since, until=until)


def ranges_ahead(now: datetime, *, days_ahead: int) -> tuple[PartitionRange, ...]:
    """List the partitions that must exist so that every capture of the next days finds its own.

    Args:
        now: Aware.
        days_ahead: How far to look; 0 gives the partitions of this moment.
    """
    found = {
        partition_range(retention_class, now + timedelta(days=day))
        for retention_class in RetentionClass
        for day in range(days_ahead + 1)
    }
    return tuple(sorted(found, key=lambda each: (class_number(each.retention_class), each.since)))
