"""What the page keeps: where nodes are drawn, and views that somebody gave a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.tables import node_layout, saved_view
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import ConflictError, InvalidInputError, NotFoundError, Problem

__all__ = ["MOST_POSITIONS", "Layout", "SavedView", "delete_view", "layout", "place", "save_view", "views"]

MOST_POSITIONS = 100_000
"""Of one live graph: 5 MB of JSON."""
MOST_VIEWS = 500
"""Of one live graph; nobody finds more in a list."""

Position = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the nodes of a live graph are drawn.

    Attributes:
        positions: Node key -> x, y.
        updated_at: When it was last changed; ``None`` when there is none.
    """

    positions: Mapping[str, Position]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A view of the page.

    Attributes:
        id: Its number.
        graph: Of which live graph.
        name: Distinct among those of the graph.
        query: The query string of the page.
        created_at: When it was saved.
    """

    id: UUID
    graph: str
    name: str
    query: str
    created_at: datetime


def layout(tx: Transaction, graph: str) -> Layout:
    """Give the positions of a live graph."""
    row = tx.execute(sa.select(node_layout).where(node_layout.c.graph == graph)).one_or_none()
    if row is None:
        return Layout(positions={}, updated_at=None)
    return Layout(positions={key: (x, y) for key, (x, y) in row.positions.items()}, updated_at=row.updated_at)


def place(tx: Transaction, graph: str, positions: Mapping[str, Position]) -> int:
    """Set some positions and keep the others; give how many there are then.

    Raises:
        InvalidInputError: A key that cannot be stored, or too many of them.
    """
    for key in positions:
        storable(key, pointer="/positions")
    tx.execute(upsert(node_layout).values(graph=graph, positions={}).on_conflict_do_nothing())
    known = tx.execute(
        sa.select(node_layout.c.positions).where(node_layout.c.graph == graph).with_for_update()
    ).scalar_one()
    merged = {**known, **{key: list(each) for key, each in positions.items()}}
    if len(merged) > MOST_POSITIONS:
        detail = f"There are at most {MOST_POSITIONS} positions for a live graph, and these would make {len(merged)}."
        raise InvalidInputError(detail, problems=(Problem(pointer="/positions", detail=detail),))
    tx.execute(
        sa.update(node_layout)
        .where(node_layout.c.graph == graph)
        .values(positions=merged, updated_at=sa.func.clock_timestamp())
    )
    return len(merged)


def views(tx: Transaction, graph: str) -> list[SavedView]:
    """List the views of a live graph by name."""
    rows = tx.execute(sa.select(saved_view).where(saved_view.c.graph == graph).order_by(saved_view.c.name)).all()
    return [SavedView(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name for it)


def save_view(tx: Transaction, *, graph: str, name: str, query: str) -> SavedView:
    """Save a view.

    Raises:
        ConflictError: There is one of that name, or there are too many.
        InvalidInputError: A text that cannot be stored.
    """
    count = tx.execute(
        sa.select(sa.func.count()).select_from(saved_view).where(saved_view.c.graph == graph)
    ).scalar_one()
    if count >= MOST_VIEWS:
        raise ConflictError(f"There are {count} views of this live graph, which is the most: delete one first.")
    statement = (
        upsert(saved_view)
        .values(graph=graph, name=storable(name, pointer="/name"), query=storable(query, pointer="/query"))
        .on_conflict_do_nothing()
        .returning(saved_view)
    )
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise ConflictError(f"There is a view {name!r} already: give this one another name, or delete that one.")
    return SavedView(**row._mapping)  # noqa: SLF001 (as above)


def delete_view(tx: Transaction, view_id: UUID) -> None:
    """Delete a view.

    Raises:
        NotFoundError: There is none.
    """
    if not tx.execute(sa.delete(saved_view).where(saved_view.c.id == view_id)).rowcount:
        raise NotFoundError("There is no such view.")
