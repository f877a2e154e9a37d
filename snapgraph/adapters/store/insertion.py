"""How a snapshot is stored: header, dictionary, chunks and manifest in one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from snapgraph.adapters.store import elements, graphs, headers, history, ledgers, partitions, payloads
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import PayloadAddress
from snapgraph.adapters.store.cutting import CutGraph, cut
from snapgraph.adapters.store.elements import GraphRow
from snapgraph.adapters.store.failures import PartitionMissingError
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import GraphColumns
from snapgraph.model.events import CrashPoint, no_crash
from snapgraph.model.partitions import class_number, partition_range
from snapgraph.model.snapshots import HistoryEntry, Snapshot, SnapshotCounts, SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass

__all__ = ["insert", "stored_tags"]

_SLUG_CHARACTERS = 40
_IDS_TRIED = 1_000


def _insertion() -> sa.Executable:
    """Make the statement that inserts a header, unless its id is taken; built once, since building it takes 1 ms."""
    visible = sa.and_(table.c.graph_no == sa.bindparam("of_graph"), table.c.deleted_at.is_(None))
    previous = sa.select(table.c.id).where(visible).order_by(table.c.version.desc()).limit(1).scalar_subquery()
    statement = upsert(table).values(previous_id=previous)
    return statement.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.previous_id)


_INSERT = _insertion()


def insert(
    tx: Transaction,
    draft: SnapshotDraft,
    graph: GraphColumns,
    *,
    history: Sequence[HistoryEntry] = (),
    at: CrashPoint = no_crash,
) -> Snapshot:
    """Store a snapshot in the caller's transaction.

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
        InvalidInputError: A text, time or key that cannot be stored.
    """
    header = _header(draft, graph, has_history=bool(history))
    partitions.ensure(tx.store, partition_range(header.retention_class, header.captured_at))
    row = graphs.lock(tx, draft.graph)
    registered, counted = elements.register(tx, row, graph)
    made, hashes = _cut(tx, row, draft, registered)
    version = row.last_version + 1
    graphs.advance(tx, replace(counted, last_version=version))
    header = replace(header, version=version, content_hash=hashes[0], stable_hash=hashes[1])
    snapshot = _insert_header(tx, row, draft, header)
    at("after_header")
    _insert_history(tx, snapshot, history)
    _insert_payload(tx, snapshot, made, at)
    ledgers.announce(tx, "snapshot_captured", {"snapshot_id": snapshot.id, "graph": snapshot.graph})
    return snapshot


def _cut(tx: Transaction, row: GraphRow, draft: SnapshotDraft, graph: GraphColumns) -> tuple[CutGraph, tuple[str, str]]:
    """Cut and hash a graph; what is as in the last capture of this process is not hashed again."""
    made = cut(graph, tx.codec, tx.caches.last_capture(row.incarnation))
    tx.after_commit(partial(tx.caches.keep_capture, row.incarnation, made))
    digests = tx.codec.digest_graph(graph, tx.caches.digests(draft.graph), made.blocks(tx.codec.BLOCK_ROWS))
    tx.caches.keep_digests(draft.graph, digests)
    return made, digests.hashes(draft.volatile)


def stored_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Give tags sorted and distinct.

    Raises:
        InvalidInputError: One holds what no text may.
    """
    return tuple(sorted({storable(tag, pointer=f"/tags/{position}") for position, tag in enumerate(tags)}))


def _header(draft: SnapshotDraft, graph: GraphColumns, *, has_history: bool) -> Snapshot:
    """Make the header as far as it is known before the live graph is locked."""
    if draft.captured_at.tzinfo is None:
        raise InvalidInputError("A snapshot's time needs an offset: 2025-01-06T14:23:05Z.")
    slug = re.sub(r"[^a-z0-9]+", "_", draft.slug.lower())[:_SLUG_CHARACTERS].strip("_")
    moment = draft.captured_at.astimezone(UTC)
    return Snapshot(
        id=f"snap_{moment:%Y%m%d_%H%M%S}_{slug or draft.trigger}",
        graph=draft.graph,
        version=0,
        previous_id=None,
        captured_at=moment,
        trigger=draft.trigger,
        trigger_reason=storable(draft.trigger_reason, pointer="/trigger_reason"),
        severity=draft.severity,
        retention_class=RetentionClass.PERMANENT if draft.pinned else draft.retention_class,
        description=storable(draft.description, pointer="/description"),
        note=storable(draft.note, pointer="/note"),
        tags=stored_tags(draft.tags),
        pinned=draft.pinned,
        counts=SnapshotCounts(nodes=len(graph.nodes), edges=len(graph.edges)),
        summary=draft.summary,
        metadata=draft.metadata,
        quality=draft.quality,
        thresholds=draft.thresholds,
        content_hash="",
        stable_hash="",
        has_history=has_history,
    )


def _insert_header(tx: Transaction, row: GraphRow, draft: SnapshotDraft, header: Snapshot) -> Snapshot:
    """Insert under the first id that is free: as it is, then with ``_2``, ``_3`` …."""
    values = {
        **headers.to_row(header),
        "graph_no": row.graph_no,
        "unpinned_class": draft.retention_class,
        "payload_class_no": class_number(header.retention_class),
    }
    ordinal = 1
    for _ in range(_IDS_TRIED):
        snapshot_id = header.id if ordinal == 1 else f"{header.id}_{ordinal}"
        inserted = tx.execute(_INSERT, values | {"id": snapshot_id, "of_graph": row.graph_no}).one_or_none()
        if inserted is not None:
            return replace(header, id=snapshot_id, previous_id=inserted.previous_id)
        ordinal = max(ordinal, _count_of(tx, header.id)) + 1
    raise InvalidInputError(f"No id is free beside {header.id}: wait a second.")


def _count_of(tx: Transaction, base: str) -> int:
    count: int = tx.execute(
        sa.select(sa.func.count()).select_from(table).where(table.c.id.startswith(base, autoescape=True))
    ).scalar_one()
    return count


def _insert_history(tx: Transaction, snapshot: Snapshot, entries: Sequence[HistoryEntry]) -> None:
    if entries:
        history.write(tx, snapshot.id, entries)


def _insert_payload(tx: Transaction, snapshot: Snapshot, made: CutGraph, at: CrashPoint) -> None:
    """Write the payload; when its partition has gone in the meantime, make it again and repeat once."""
    address = PayloadAddress(
        snapshot_id=snapshot.id,
        class_no=class_number(snapshot.retention_class),
        captured_at=snapshot.captured_at,
    )
    try:
        with tx.savepoint():
            payloads.write_graph(tx, address, made, at=at)
    except PartitionMissingError:
        wanted = partition_range(snapshot.retention_class, snapshot.captured_at)
        partitions.forget(tx.store, wanted)
        partitions.ensure(tx.store, wanted)
        payloads.write_graph(tx, address, made, at=at)
