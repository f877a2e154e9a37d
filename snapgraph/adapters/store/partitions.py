"""Partitions: made ahead and on demand, by the function ``ensure_partition`` of the database; and what is there."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from snapgraph.adapters.store import clock, ledgers
from snapgraph.adapters.store.connection import Store, Transaction
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.errors import BusyError, InvalidInputError
from snapgraph.model.partitions import PartitionRange, class_number, partition_range, ranges_ahead
from snapgraph.model.vocabulary import RetentionClass

__all__ = ["DAYS_AHEAD", "DAYS_LEFT", "PartitionStatus", "ensure", "ensure_ahead", "forget", "keep_ahead", "status"]

DAYS_AHEAD = 7
DAYS_LEFT = 3
"""Fewer days than this ahead, and the next capture or start makes more."""
_ATTEMPTS = 8
"""ATTACH waits at most 500 ms for its lock; eight times with pauses between are some 6 s."""
_LOOK_EVERY = timedelta(hours=1)
_LOOK_AGAIN = timedelta(minutes=1)
"""After a failure: it may have taken its 6 s, which not every capture shall wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionStatus:
    """One partition as it stands.

    Attributes:
        name: Of the table.
        parent: ``chunk`` or ``manifest``.
        range: Class and time.
        bytes: With indexes and TOAST.
        rows: As the last ANALYZE or VACUUM estimated.
        detach_pending: A DETACH CONCURRENTLY was interrupted: its rows are gone from the parent.
    """

    name: str
    parent: str
    range: PartitionRange
    bytes: int
    rows: int
    detach_pending: bool


def ensure(store: Store, wanted: PartitionRange) -> None:
    """Make the partitions of one range unless they are there, in a short transaction of its own.

    Raises:
        BusyError: Somebody held a lock on the parent for all of the attempts.
        InvalidInputError: The time is before 2000 or more than 400 days ahead.
    """
    known = (class_number(wanted.retention_class), wanted.since)
    if known in store.caches.partitions:
        return
    for attempt in range(_ATTEMPTS):
        try:
            _make(store, wanted)
        except BusyError:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0.05, 0.4))  # noqa: S311 (so that two makers do not meet again; no secret)
        else:
            store.caches.partitions.add(known)
            return


def forget(store: Store, gone: PartitionRange) -> None:
    """Stop believing that a partition is there."""
    store.caches.partitions.discard((class_number(gone.retention_class), gone.since))


def ensure_ahead(store: Store, *, days_ahead: int = DAYS_AHEAD) -> None:
    """Make every partition that captures of the next days will need, by the database's clock."""
    with store.read() as tx:
        now = clock.now(tx)
    for wanted in ranges_ahead(now, days_ahead=days_ahead):
        ensure(store, wanted)


def keep_ahead(store: Store, now: datetime) -> None:
    """Make partitions ahead when fewer than three days are left, and prune the ledgers.

    Looks once an hour, since it is called often; again after a minute when that failed.
    """
    seen = store.caches.horizon_seen_at
    if seen is not None and abs(now - seen) < _LOOK_EVERY:
        return
    store.caches.horizon_seen_at = now - _LOOK_EVERY + _LOOK_AGAIN
    with store.read() as tx:
        there = {(each.range.retention_class, each.range.since) for each in status(tx)}
    needed = {(each.retention_class, each.since) for each in ranges_ahead(now, days_ahead=DAYS_LEFT)}
    if not needed <= there:
        ensure_ahead(store)
    ledgers.prune(store)
    store.caches.horizon_seen_at = now


def status(tx: Transaction) -> list[PartitionStatus]:
    """List all partitions of ours, by name; somebody else's, under another kind of name, are left out."""
    return [
        PartitionStatus(name=name, parent=parent, range=range_, bytes=size, rows=rows, detach_pending=detach_pending)
        for name, parent, size, rows, detach_pending in tx.fetch(QUERIES["partitions"])
        if (range_ := _range_of(name)) is not None
    ]


def _range_of(name: str) -> PartitionRange | None:
    try:
        _, retention_class, day = name.rsplit("_", 2)
        since = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        return partition_range(RetentionClass(retention_class), since)
    except ValueError:
        return None


def _make(store: Store, wanted: PartitionRange) -> None:
    try:
        with store.maintain() as tx:
            tx.fetch(QUERIES["ensure_partition"], (class_number(wanted.retention_class), wanted.since))
    except InvalidInputError as error:
        raise InvalidInputError(
            f"A snapshot of {wanted.since:%Y-%m-%d} cannot be stored: times from 2000 to 400 days ahead are taken."
        ) from error
