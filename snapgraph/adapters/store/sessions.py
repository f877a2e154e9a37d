"""Sessions that have ended before their time: a signed cookie says all of itself but that."""

from __future__ import annotations

from snapgraph.adapters.store import ledgers
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.model.sessions import Session

__all__ = ["end", "is_ended"]


def end(tx: Transaction, session: Session) -> bool:
    """End a session, and tell every process; those are forgotten that would be over by now.

    Returns:
        Whether it had not been ended before.
    """
    tx.fetch(QUERIES["forget_sessions"])
    is_new = bool(tx.fetch(QUERIES["end_session"], (session.id, session.ends_at)))
    if is_new:
        ledgers.announce(tx, "session_ended", {"session_id": session.id})
    return is_new


def is_ended(tx: Transaction, session_id: str) -> bool:
    """Tell whether a session was ended before its time."""
    return bool(tx.fetch(QUERIES["is_session_ended"], (session_id,))[0][0])
