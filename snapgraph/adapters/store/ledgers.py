"""What is written beside a deed, in its transaction: who did it, and that it has happened; and how long that is kept.

Events are for readers that are there, and a key for a request that is sent again: both go after a week. Audit rows are
kept: one for each deed of a person, so they stay few, and who deleted a snapshot is asked long after it is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import orjson

from snapgraph.adapters.store.connection import Store, Transaction
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.adapters.store.texts import storable

__all__ = ["KEPT_DAYS", "announce", "note_deed", "prune"]

KEPT_DAYS = 7
"""Of events and of Idempotency-Keys; a key that comes later makes a new snapshot."""
_STEP_ROWS = 1_000
"""Deleted in one transaction: 5 ms, so that nobody waits for it."""
_STEPS = 20
"""At one time; what is left is for the next time."""


def note_deed(tx: Transaction, *, actor: str, action: str, subject: str, details: Mapping[str, Any]) -> None:
    """Write an audit row."""
    tx.fetch(QUERIES["note_deed"], (storable(actor, pointer="/actor"), action, subject, _json(details)))


def announce(tx: Transaction, kind: str, payload: Mapping[str, Any]) -> None:
    """Write an outbox row; keep the payload small: ids, no contents."""
    tx.fetch(QUERIES["announce"], (kind, _json(payload)))


def prune(store: Store) -> int:
    """Delete events and Idempotency-Keys that are older than a week by the database's clock, a few at a time.

    Returns:
        How many rows.
    """
    return sum(_prune(store, QUERIES[name]) for name in ("prune_outbox", "prune_idempotency"))


def _prune(store: Store, statement: LiteralString) -> int:
    pruned = 0
    for _ in range(_STEPS):
        with store.begin() as tx:
            step = len(tx.fetch(statement, (KEPT_DAYS, _STEP_ROWS)))
        pruned += step
        if step < _STEP_ROWS:
            break
    return pruned


def _json(document: Mapping[str, Any]) -> str:
    return orjson.dumps(document).decode()
