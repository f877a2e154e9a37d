"""Snapshots: insert, get, revise, delete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from snapgraph.adapters.store import elements, graphs, headers, ledgers, partitions, payloads
from snapgraph.adapters.store import history as history_table
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.elements import GraphRow
from snapgraph.adapters.store.failures import PartitionMissingError
from snapgraph.adapters.store.listing import earlier, page
from snapgraph.adapters.store.manifests import PayloadAddress
from snapgraph.adapters.store.references import resolve
from snapgraph.adapters.store.tables import live_graph
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import ConflictError, InvalidInputError, StaleRevisionError
from snapgraph.model.columns import GraphColumns
from snapgraph.model.events import CrashPoint, no_crash
from snapgraph.model.partitions import class_number, partition_range
from snapgraph.model.queries import SnapshotRevision
from snapgraph.model.snapshots import HistoryEntry, Snapshot, SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass

__all__ = ["delete", "earlier", "get", "insert", "page", "resolve", "revise"]

_SLUG_CHARACTERS = 40


def insert(
    tx: Transaction,
    draft: SnapshotDraft,
    graph: GraphColumns,
    *,
    history: Sequence[HistoryEntry] = (),
    at: CrashPoint = no_crash,
) -> Snapshot:
    """Store a snapshot: header, version, dictionary, chunks and manifest, in the caller's transaction.

    The row of the live graph is locked from here to the end of the transaction.

    Args:
        tx: Writes.
        draft: What the use case knows.
        graph: In canonical order, without ids.
        history: What include_historical asked for.
        at: Crash points ``after_header`` and ``mid_copy``.

    Returns:
        The header, with what the store gave it.

    Raises:
        InvalidInputError: A text or time that cannot be stored.
    """
    _check(draft)
    retention_class = RetentionClass.PERMANENT if draft.pinned else draft.retention_class
    wanted = partition_range(retention_class, draft.captured_at)
    partitions.ensure(tx.store, wanted)
    content_hash, stable_hash = tx.codec.content_hashes(graph, draft.volatile)
    row = graphs.lock(tx, draft.graph)
    registered = elements.register(tx, row, graph)
    values = {
        **_header_values(tx, row, draft),
        "retention_class": retention_class,
        "payload_class_no": class_number(retention_class),
        "nodes": len(graph.nodes),
        "edges": len(graph.edges),
        "content_hash": content_hash,
        "stable_hash": stable_hash,
        "has_history": bool(history),
    }
    snapshot_id = _insert_header(tx, _base_id(draft), values)
    at("after_header")
    if history:
        history_table.write(tx, snapshot_id, history)
    address = PayloadAddress(
        snapshot_id=snapshot_id, class_no=class_number(retention_class), captured_at=draft.captured_at
    )
    try:
        with tx.savepoint():
            payloads.write_graph(tx, address, registered, at=at)
    except PartitionMissingError:
        partitions.forget(tx.store, wanted)
        partitions.ensure(tx.store, wanted)
        payloads.write_graph(tx, address, registered, at=at)
    ledgers.announce(tx, "snapshot_captured", {"snapshot_id": snapshot_id, "graph": draft.graph})
    return get(tx, snapshot_id)


def get(tx: Transaction, reference: str, *, graph: str = "default", pointer: str = "/snapshot_id") -> Snapshot:
    """Find a snapshot by an id, ``latest``, ``latest~3``, ``@<time>``, ``v17`` or a tag.

    Raises:
        NotFoundError: There is none.
        GoneError: It was deleted.
        InvalidInputError: What stands after ``@`` is no time.
    """
    return resolve(tx, reference, graph=graph, pointer=pointer).snapshot


def revise(
    tx: Transaction, snapshot_id: str, revision: SnapshotRevision, *, expected_revision: int | None = None
) -> Snapshot:
    """Change tags, note or pin. The payload stays where it is; a change that changes nothing leaves the revision.

    Raises:
        NotFoundError: There is no such snapshot.
        GoneError: It was deleted.
        StaleRevisionError: Its revision is not the one that was expected.
        InvalidInputError: A text that cannot be stored.
    """
    _lock(tx, snapshot_id)
    known = get(tx, snapshot_id)
    if expected_revision is not None and known.revision != expected_revision:
        raise StaleRevisionError
    changes: dict[str, Any] = {}
    if revision.tags is not None:
        changes["tags"] = _tags(revision.tags)
    if revision.note is not None:
        changes["note"] = storable(revision.note, pointer="/note")
    if revision.pinned is not None:
        changes["pinned"] = revision.pinned
    if all(getattr(known, name) == value for name, value in changes.items()):
        return known
    if "tags" in changes:
        changes["tags"] = list(changes["tags"])  # a tuple would be sent as a record
    if revision.pinned is not None:
        permanent = sa.literal(str(RetentionClass.PERMANENT))
        changes["retention_class"] = permanent if revision.pinned else table.c.unpinned_class
    tx.execute(sa.update(table).where(table.c.id == snapshot_id).values(**changes, revision=table.c.revision + 1))
    ledgers.announce(tx, "snapshot_revised", {"snapshot_id": snapshot_id, "graph": known.graph})
    return get(tx, snapshot_id)


def delete(tx: Transaction, snapshot_id: str, *, actor: str) -> None:
    """Hide a snapshot from now on, and note who did it; its bytes go with a retention run.

    Raises:
        NotFoundError: There is no such snapshot.
        GoneError: It was deleted before.
        ConflictError: It is pinned.
    """
    _lock(tx, snapshot_id)
    known = get(tx, snapshot_id)
    if known.pinned:
        raise ConflictError(f"{snapshot_id} is pinned: take the pin away first.")
    tx.execute(sa.update(table).where(table.c.id == snapshot_id).values(deleted_at=sa.func.clock_timestamp()))
    details = {"graph": known.graph, "version": known.version, "content_hash": known.content_hash}
    ledgers.note_deed(tx, actor=actor, action="snapshot_deleted", subject=snapshot_id, details=details)
    ledgers.announce(tx, "snapshot_deleted", {"snapshot_id": snapshot_id, "graph": known.graph})


def _lock(tx: Transaction, snapshot_id: str) -> None:
    storable(snapshot_id, pointer="/snapshot_id")
    tx.execute(sa.select(table.c.id).where(table.c.id == snapshot_id).with_for_update())


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({storable(tag, pointer=f"/tags/{position}") for position, tag in enumerate(tags)}))


def _check(draft: SnapshotDraft) -> None:
    for name in ("description", "note", "trigger_reason"):
        storable(getattr(draft, name), pointer=f"/{name}")
    if draft.captured_at.tzinfo is None:
        raise InvalidInputError("A snapshot's time needs an offset: 2025-01-06T14:23:05Z.")


def _header_values(tx: Transaction, row: GraphRow, draft: SnapshotDraft) -> dict[str, Any]:
    version = row.last_version + 1
    tx.execute(sa.update(live_graph).where(live_graph.c.graph_no == row.graph_no).values(last_version=version))
    previous = (
        sa.select(table.c.id)
        .where(table.c.graph_no == row.graph_no, table.c.deleted_at.is_(None))
        .order_by(table.c.version.desc())
        .limit(1)
    )
    return {
        "graph_no": row.graph_no,
        "version": version,
        "previous_id": tx.execute(previous).scalar_one_or_none(),
        "captured_at": draft.captured_at,
        "trigger": draft.trigger,
        "trigger_reason": draft.trigger_reason,
        "severity": draft.severity,
        "unpinned_class": draft.retention_class,
        "description": draft.description,
        "note": draft.note,
        "tags": list(_tags(draft.tags)),
        "pinned": draft.pinned,
        "summary": headers.plain(draft.summary),
        "metadata": headers.plain(draft.metadata),
        "quality": headers.plain(draft.quality),
        "quality_grade": draft.quality.grade,
        "thresholds": headers.plain(draft.thresholds),
    }


def _base_id(draft: SnapshotDraft) -> str:
    """Make ``snap_<UTC yyyymmdd>_<hhmmss>_<slug>``."""
    slug = re.sub(r"[^a-z0-9]+", "_", draft.slug.lower())[:_SLUG_CHARACTERS].strip("_")
    moment: datetime = draft.captured_at.astimezone(UTC)
    return f"snap_{moment:%Y%m%d_%H%M%S}_{slug or draft.trigger}"


def _insert_header(tx: Transaction, base: str, values: dict[str, Any]) -> str:
    """Insert under the first id that is free: the base, then ``_2``, ``_3`` …."""
    taken = tx.execute(
        sa.select(sa.func.count()).select_from(table).where(table.c.id.startswith(base, autoescape=True))
    ).scalar_one()
    for ordinal in range(max(taken, 0) + 1, taken + 1_000_000):
        snapshot_id = base if ordinal == 1 else f"{base}_{ordinal}"
        statement = upsert(table).values(id=snapshot_id, **values)
        inserted = tx.execute(statement.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id))
        if inserted.one_or_none() is not None:
            return snapshot_id
    raise InvalidInputError(f"There are a million snapshots called {base}.")
