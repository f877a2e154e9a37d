"""What is written beside a deed, in its transaction: who did it, and that it has happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.adapters.store.texts import storable

__all__ = ["announce", "note_deed"]


def note_deed(tx: Transaction, *, actor: str, action: str, subject: str, details: Mapping[str, Any]) -> None:
    """Write an audit row."""
    tx.fetch(QUERIES["note_deed"], (storable(actor, pointer="/actor"), action, subject, _json(details)))


def announce(tx: Transaction, kind: str, payload: Mapping[str, Any]) -> None:
    """Write an outbox row; keep the payload small: ids, no contents."""
    tx.fetch(QUERIES["announce"], (kind, _json(payload)))


def _json(document: Mapping[str, Any]) -> str:
    return orjson.dumps(document).decode()
