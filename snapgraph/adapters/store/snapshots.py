"""Snapshots: insert, find, list, revise, delete. No function commits; the use case owns the transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from snapgraph.adapters.store import ledgers
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.insertion import insert, stored_tags
from snapgraph.adapters.store.listing import earlier, page
from snapgraph.adapters.store.references import resolve
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import ConflictError, StaleRevisionError
from snapgraph.model.queries import SnapshotRevision
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import RetentionClass

__all__ = ["delete", "earlier", "get", "insert", "page", "resolve", "revise"]


def get(tx: Transaction, reference: str, *, graph: str = "default", pointer: str = "/snapshot_id") -> Snapshot:
    """Find a snapshot by an id, ``latest``, ``latest~3``, ``@<time>``, ``v17`` or a tag.

    Raises:
        NotFoundError: There is none.
        GoneError: It was deleted.
        InvalidInputError: What stands after ``@`` is no time.
    """
    return resolve(tx, reference, graph=graph, pointer=pointer).snapshot


def revise(
    tx: Transaction,
    snapshot_id: str,
    revision: SnapshotRevision,
    *,
    is_current: Callable[[Snapshot], bool] = lambda _found: True,
) -> Snapshot:
    """Change tags, note or pin. The payload stays where it is; a change that changes nothing leaves the revision.

    Args:
        tx: In which it is done.
        snapshot_id: Which snapshot.
        revision: What to change.
        is_current: Whether the header is the one that the caller knows; asked under the lock, so that of two changes
            at the same time the second is judged by what the first has left.

    Raises:
        NotFoundError: There is no such snapshot.
        GoneError: It was deleted.
        StaleRevisionError: It is not.
        InvalidInputError: A text that cannot be stored.
    """
    _lock(tx, snapshot_id)
    known = get(tx, snapshot_id)
    if not is_current(known):
        raise StaleRevisionError
    changes: dict[str, Any] = {}
    if revision.tags is not None:
        changes["tags"] = stored_tags(revision.tags)
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
