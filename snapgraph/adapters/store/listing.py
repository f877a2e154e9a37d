"""Pages of headers, in stable order, by opaque cursors."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from snapgraph.adapters.store import headers
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import SnapshotPlace
from snapgraph.adapters.store.tables import live_graph
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import InvalidInputError, Problem
from snapgraph.model.queries import Page, SnapshotFilter
from snapgraph.model.snapshots import Snapshot, SnapshotCounts
from snapgraph.model.vocabulary import RetentionClass

__all__ = ["conditions", "earlier", "page"]

_PLACE = ("id", "version", "captured_at", "retention_class", "content_hash", "nodes", "edges")
_CURSOR = struct.Struct(">q8s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Place = tuple[datetime, str]


def page(tx: Transaction, wanted: SnapshotFilter, *, limit: int, cursor: str | None = None) -> Page[Snapshot]:
    """Give one page of the headers that a filter lets through, ordered by (captured_at, id).

    Args:
        tx: Reads.
        wanted: Filter and direction.
        limit: Most items, at least 1.
        cursor: ``next`` of the page before.

    Raises:
        InvalidInputError: The cursor is none that was given for this filter, or a text cannot be one of the store's.
    """
    if limit < 1:
        raise _refused("?limit", "A page has at least one item.")
    holding = conditions(wanted)
    count = sa.select(sa.func.count()).select_from(table.join(live_graph)).where(*holding)
    place = sa.tuple_(table.c.captured_at, table.c.id)
    statement = headers.selection().where(*holding)
    if cursor is not None:
        after = sa.tuple_(*(sa.literal(each, column.type) for each, column in _after(cursor, wanted)))
        statement = statement.where(place < after if wanted.newest_first else place > after)
    order = [column.desc() if wanted.newest_first else column.asc() for column in (table.c.captured_at, table.c.id)]
    rows = tx.execute(statement.order_by(*order).limit(limit + 1)).all()
    items = tuple(headers.from_row(row) for row in rows[:limit])
    follows = _cursor((items[-1].captured_at, items[-1].id), wanted) if len(rows) > limit else None
    return Page(items=items, next=follows, total=tx.execute(count).scalar_one())


def earlier(tx: Transaction, snapshot: Snapshot, limit: int) -> list[SnapshotPlace]:
    """Say where the last snapshots of the same live graph lie, up to this one, itself included; newest last."""
    columns = (table.c[name] for name in _PLACE)
    statement = (
        sa.select(*columns)
        .join_from(table, live_graph)
        .where(
            live_graph.c.name == snapshot.graph,
            table.c.deleted_at.is_(None),
            sa.tuple_(table.c.captured_at, table.c.version)
            <= sa.tuple_(
                sa.literal(snapshot.captured_at, table.c.captured_at.type),
                sa.literal(snapshot.version, table.c.version.type),
            ),
        )
        .order_by(table.c.captured_at.desc(), table.c.version.desc())
        .limit(limit)
    )
    return [
        SnapshotPlace(
            id=row.id,
            version=row.version,
            captured_at=row.captured_at,
            retention_class=RetentionClass(row.retention_class),
            content_hash=row.content_hash,
            counts=SnapshotCounts(nodes=row.nodes, edges=row.edges),
        )
        for row in reversed(tx.execute(statement).all())
    ]


def conditions(wanted: SnapshotFilter) -> list[sa.ColumnElement[bool]]:
    """Give what must hold of a header, joined with its live graph, for a filter to let it through."""
    holding: list[sa.ColumnElement[bool]] = [table.c.deleted_at.is_(None)]
    if wanted.graph is not None:
        holding.append(live_graph.c.name == storable(wanted.graph, pointer="?graph"))
    for column, words in (
        (table.c.trigger, wanted.trigger),
        (table.c.severity, wanted.severity),
        (table.c.retention_class, wanted.retention_class),
        (table.c.quality_grade, wanted.quality),
    ):
        if words:
            holding.append(column.in_([str(word) for word in words]))
    if wanted.since is not None:
        holding.append(table.c.captured_at >= wanted.since)
    if wanted.until is not None:
        holding.append(table.c.captured_at < wanted.until)
    if wanted.tag is not None:
        holding.append(table.c.tags.contains([storable(wanted.tag, pointer="?tag")]))
    if wanted.pinned is not None:
        holding.append(table.c.pinned.is_(wanted.pinned))
    if wanted.text:
        holding.append(_contains(storable(wanted.text, pointer="?q")))
    return holding


def _contains(text: str) -> sa.ColumnElement[bool]:
    tags = sa.func.array_to_string(table.c.tags, "\n")
    searched: tuple[Any, ...] = (table.c.id, table.c.description, table.c.note, table.c.trigger_reason, tags)
    return sa.or_(*(each.icontains(text, autoescape=True) for each in searched))


def _cursor(place: _Place, wanted: SnapshotFilter) -> str:
    moment, snapshot_id = place
    number = (moment - _EPOCH) // timedelta(microseconds=1)
    data = _CURSOR.pack(number, _seal(number, snapshot_id, wanted)) + snapshot_id.encode("ascii")
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _after(cursor: str, wanted: SnapshotFilter) -> list[tuple[Any, sa.Column[Any]]]:
    """Read a cursor strictly: what was not given out for this filter is refused."""
    try:
        encoded = cursor.encode("ascii")
        data = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        number, seal = _CURSOR.unpack_from(data)
        snapshot_id = data[_CURSOR.size :].decode("ascii")
        moment = _EPOCH + timedelta(microseconds=number)
    except (UnicodeError, binascii.Error, struct.error, OverflowError, ValueError):
        raise _refused("?cursor", "That is no cursor: use `next` of the page before as it is.") from None
    if seal != _seal(number, snapshot_id, wanted) or _cursor((moment, snapshot_id), wanted) != cursor:
        raise _refused("?cursor", "That cursor is damaged, or of another question: repeat the filter of its page.")
    return [(moment, table.c.captured_at), (snapshot_id, table.c.id)]


def _seal(number: int, snapshot_id: str, wanted: SnapshotFilter) -> bytes:
    """Bind a cursor to its place and its question, but for its times: ``now-6h`` is another one with each page."""
    sealed = repr((number, snapshot_id, replace(wanted, since=None, until=None))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(sealed, digest_size=8).digest()


def _refused(pointer: str, detail: str) -> InvalidInputError:
    return InvalidInputError(detail, problems=(Problem(pointer=pointer, detail=detail),))
