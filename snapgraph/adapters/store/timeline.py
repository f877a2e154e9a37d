"""Snapshots as marks on a strip of time: many light rows instead of a page of whole headers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.listing import conditions
from snapgraph.adapters.store.tables import live_graph
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.timelines import Mark
from snapgraph.model.vocabulary import QualityGrade, Severity, TriggerType

__all__ = ["count", "marks", "note_magnitude"]


def note_magnitude(tx: Transaction, snapshot: Snapshot) -> None:
    """Write how different a new snapshot is from the one before; no part of its revision."""
    tx.execute(
        sa.update(table).where(table.c.id == snapshot.id).values(change_magnitude=snapshot.change_magnitude),
    )


def count(tx: Transaction, wanted: SnapshotFilter) -> int:
    """Count the snapshots that a filter lets through."""
    found: int = tx.execute(
        sa.select(sa.func.count()).select_from(table.join(live_graph)).where(*conditions(wanted))
    ).scalar_one()
    return found


def marks(tx: Transaction, wanted: SnapshotFilter, *, limit: int) -> list[Mark]:
    """Give the newest snapshots that a filter lets through, at most ``limit``, rising by time."""
    statement = (
        sa.select(
            table.c.id,
            table.c.version,
            table.c.captured_at,
            table.c.trigger,
            table.c.severity,
            table.c.quality_grade,
            table.c.description,
            table.c.tags,
            table.c.pinned,
            table.c.change_magnitude,
            table.c.summary["bottlenecks_count"].as_integer().label("bottlenecks_count"),
        )
        .select_from(table.join(live_graph))
        .where(*conditions(wanted))
        .order_by(table.c.captured_at.desc(), table.c.id.desc())
        .limit(limit)
    )
    return [_mark(row) for row in reversed(tx.execute(statement).all())]


def _mark(row: sa.Row[Any]) -> Mark:
    return Mark(
        snapshot_id=row.id,
        version=row.version,
        captured_at=row.captured_at,
        trigger=TriggerType(row.trigger),
        severity=Severity(row.severity) if row.severity else None,
        quality=QualityGrade(row.quality_grade),
        description=row.description,
        tags=tuple(row.tags),
        pinned=row.pinned,
        bottlenecks_count=row.bottlenecks_count,
        change_magnitude=row.change_magnitude,
    )
