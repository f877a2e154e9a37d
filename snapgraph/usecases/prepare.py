"""Prepare the store: bring its schema to head, make partitions ahead, and say how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from snapgraph.adapters.store import Store, clock, migrations, partitions
from snapgraph.adapters.store.migrations import MigrationStatus
from snapgraph.adapters.store.partitions import PartitionStatus
from snapgraph.model.partitions import ranges_ahead

__all__ = [
    "MigrationStatus",
    "PartitionStatus",
    "StoreHealth",
    "check_store",
    "list_partitions",
    "make_partitions",
    "schema_status",
    "upgrade_schema",
]

HORIZON_DAYS = 3
"""With fewer days of partitions left, captures start to make them on demand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreHealth:
    """How a store with its schema at head stands.

    Attributes:
        missing_partitions: Of the next three days.
        pending_detaches: Partitions whose removal was interrupted.
        clock_skew_seconds: Clock of the database minus ours.
    """

    missing_partitions: int
    pending_detaches: int
    clock_skew_seconds: float


def upgrade_schema(url: str) -> tuple[MigrationStatus, MigrationStatus]:
    """Bring the schema to head, by the role that owns it; gives how it was and how it is.

    Raises:
        StoreUnavailableError: The database does not answer.
        BusyError: A lock could not be had: run it again.
    """
    before = migrations.status(url)
    migrations.upgrade(url)
    return before, migrations.status(url)


def schema_status(url: str) -> MigrationStatus:
    """Compare the schema with this version of snapgraph.

    Raises:
        StoreUnavailableError: The database does not answer.
    """
    return migrations.status(url)


def list_partitions(store: Store) -> Sequence[PartitionStatus]:
    """List the partitions, by name."""
    with store.read() as tx:
        return partitions.status(tx)


def make_partitions(store: Store) -> None:
    """Make the partitions of the coming week unless they are there."""
    partitions.ensure_ahead(store)


def check_store(store: Store) -> StoreHealth:
    """Look at the partitions and the clock.

    Raises:
        StoreUnavailableError: The database does not answer.
    """
    with store.read() as tx:
        now = clock.now(tx)
        ours = datetime.now(UTC)
        there = partitions.status(tx)
    have = {(each.range.retention_class, each.range.since) for each in there}
    needed = {(each.retention_class, each.since) for each in ranges_ahead(now, days_ahead=HORIZON_DAYS)}
    return StoreHealth(
        missing_partitions=len(needed - have),
        pending_detaches=sum(each.detach_pending for each in there),
        clock_skew_seconds=(now - ours).total_seconds(),
    )
