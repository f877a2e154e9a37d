"""What may stand where an id is taken: ``latest``, ``latest~3``, ``@<time>``, ``v17``, a tag, an id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from snapgraph.adapters.store import headers
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.tables import live_graph
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import GoneError, InvalidInputError, NotFoundError, Problem
from snapgraph.model.snapshots import Snapshot

__all__ = ["Found", "resolve"]

_LATEST = re.compile(r"latest(?:~([0-9]{1,9}))?")
_VERSION = re.compile(r"v([0-9]{1,18})")
_ID_PREFIX = "snap_"
_FORMS = ("latest", "latest~3", "@2025-01-06T14:23:05Z", "v17", "a tag", "snap_20250106_142305_manual")
_NEWEST_FIRST = (table.c.captured_at.desc(), table.c.version.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a reference led to.

    Attributes:
        snapshot: Its header.
        distance: For ``@<time>``: how long before that time it was captured.
    """

    snapshot: Snapshot
    distance: timedelta | None = None


def resolve(tx: Transaction, reference: str, *, graph: str = "default", pointer: str = "/snapshot_id") -> Found:
    """Find a snapshot by anything that stands for one.

    Args:
        tx: Reads.
        reference: See the module.
        graph: Of which live graph; an id stands for itself in any of them.
        pointer: Where the reference came from, for the problem.

    Raises:
        NotFoundError: There is none; the problem lists the forms.
        GoneError: It was deleted.
        InvalidInputError: What stands after ``@`` is no time, or there are characters that no name has.
    """
    storable(reference, pointer=pointer)
    storable(graph, pointer="?graph")
    if reference.startswith("@"):
        return _at(tx, _moment(reference[1:], pointer), graph, reference, pointer)
    if reference.startswith(_ID_PREFIX):
        return Found(snapshot=_only(tx, table.c.id == reference, reference, pointer))
    if version := _VERSION.fullmatch(reference):
        condition = sa.and_(live_graph.c.name == graph, table.c.version == int(version[1]))
        return Found(snapshot=_only(tx, condition, reference, pointer))
    if latest := _LATEST.fullmatch(reference):
        statement = _visible(graph).order_by(*_NEWEST_FIRST).offset(int(latest[1] or 0))
    else:
        statement = _visible(graph).where(table.c.tags.contains([reference])).order_by(*_NEWEST_FIRST)
    row = tx.execute(statement.limit(1)).one_or_none()
    if row is None:
        raise _unknown(reference, graph, pointer)
    return Found(snapshot=headers.from_row(row))


def _at(tx: Transaction, moment: datetime, graph: str, reference: str, pointer: str) -> Found:
    statement = _visible(graph).where(table.c.captured_at <= moment).order_by(*_NEWEST_FIRST).limit(1)
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise _unknown(reference, graph, pointer)
    return Found(snapshot=headers.from_row(row), distance=moment - row.captured_at)


def _only(tx: Transaction, condition: sa.ColumnElement[bool], reference: str, pointer: str) -> Snapshot:
    row = tx.execute(headers.selection().where(condition)).one_or_none()
    if row is None:
        raise _unknown(reference, None, pointer)
    if row.deleted_at is not None:
        detail = f"{reference} was deleted at {row.deleted_at:%Y-%m-%dT%H:%M:%SZ}."
        raise GoneError(detail, problems=(Problem(pointer=pointer, detail=detail),))
    return headers.from_row(row)


def _visible(graph: str) -> sa.Select[Any]:
    return headers.selection().where(live_graph.c.name == graph, table.c.deleted_at.is_(None))


def _moment(text: str, pointer: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and len(text) == len("2025-01-06"):
            return moment.replace(tzinfo=UTC)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # said below, together with a time that has no offset
    detail = "After @ stands a time with an offset: @2025-01-06T14:23:05Z, or a date: @2025-01-06."
    raise InvalidInputError(detail, problems=(Problem(pointer=pointer, detail=detail),))


def _unknown(reference: str, graph: str | None, pointer: str) -> NotFoundError:
    where = f" of the live graph {graph!r}" if graph is not None else ""
    detail = f"There is no snapshot {reference!r}{where}."
    return NotFoundError(detail, problems=(Problem(pointer=pointer, detail=detail, allowed=_FORMS),))
