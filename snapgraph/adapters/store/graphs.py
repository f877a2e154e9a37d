"""Live graphs as the store knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.elements import GraphRow
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.adapters.store.tables import live_graph, snapshot
from snapgraph.adapters.store.texts import storable

__all__ = ["StoredGraph", "advance", "list_all", "lock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGraph:
    """A live graph of which there are snapshots.

    Attributes:
        name: As ``graph=`` takes it.
        snapshots: How many are there, without the deleted ones.
        last_version: Of the newest one ever.
        last_captured_at: Of the newest one that is there.
    """

    name: str
    snapshots: int
    last_version: int
    last_captured_at: datetime | None


def list_all(tx: Transaction) -> list[StoredGraph]:
    """List the live graphs that were ever captured, by name."""
    visible = snapshot.c.deleted_at.is_(None)
    statement = (
        sa.select(
            live_graph.c.name,
            live_graph.c.last_version,
            sa.func.count(snapshot.c.id).filter(visible).label("snapshots"),
            sa.func.max(snapshot.c.captured_at).filter(visible).label("last_captured_at"),
        )
        .join_from(live_graph, snapshot, isouter=True)
        .group_by(live_graph.c.graph_no)
        .order_by(live_graph.c.name)
    )
    rows: Sequence[sa.Row[tuple[str, int, int, datetime]]] = tx.execute(statement).all()
    return [StoredGraph(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name for it)


def lock(tx: Transaction, name: str) -> GraphRow:
    """Lock the row of a live graph until the end of the transaction; make it when the graph is new."""
    storable(name, pointer="?graph")
    rows = tx.fetch(QUERIES["lock_graph"], (name,))
    if not rows:
        tx.execute(insert(live_graph).values(name=name).on_conflict_do_nothing())
        rows = tx.fetch(QUERIES["lock_graph"], (name,))
    return GraphRow(**dict(zip(GraphRow.__dataclass_fields__, rows[0], strict=True)))


def advance(tx: Transaction, row: GraphRow) -> None:
    """Write the counters of a locked live graph."""
    counters = (row.last_version, row.next_node_id, row.next_edge_id, row.next_type_no)
    tx.fetch(QUERIES["advance_graph"], (*counters, row.graph_no))
