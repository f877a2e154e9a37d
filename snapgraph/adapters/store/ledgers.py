"""What is written beside a deed, in its transaction: who did it, and that it has happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.tables import audit, outbox
from snapgraph.adapters.store.texts import storable

__all__ = ["announce", "note_deed"]


def note_deed(tx: Transaction, *, actor: str, action: str, subject: str, details: Mapping[str, Any]) -> None:
    """Write an audit row."""
    tx.execute(
        audit.insert().values(
            actor=storable(actor, pointer="/actor"), action=action, subject=subject, details=dict(details)
        )
    )


def announce(tx: Transaction, kind: str, payload: Mapping[str, Any]) -> None:
    """Write an outbox row; keep the payload small: ids, no contents."""
    tx.execute(outbox.insert().values(kind=kind, payload=dict(payload)))
