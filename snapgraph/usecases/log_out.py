"""Log out: a session ends before its time, at once and in every process."""

from __future__ import annotations

import structlog

from snapgraph.adapters.store import Store, sessions
from snapgraph.model.sessions import Session

__all__ = ["is_logged_out", "log_out"]

_LOG = structlog.get_logger(__name__)


def log_out(session: Session, *, store: Store, actor: str) -> None:
    """End a session: its cookie opens nothing any more, and the live streams that it opened are told to end.

    Args:
        session: Which one; one that is over already stays so.
        store: Where every process looks.
        actor: Who asks, for the log.

    Raises:
        StoreUnavailableError: It goes on: nothing of this has been done.
    """
    with store.begin() as tx:
        is_new = sessions.end(tx, session)
    if is_new:
        _LOG.info("session_ended", actor=actor)


def is_logged_out(session_id: str, *, store: Store) -> bool:
    """Tell whether a session was ended before its time.

    Raises:
        StoreUnavailableError: It cannot be said.
    """
    with store.begin() as tx:  # one statement sees one state by itself: a round trip less than a reading transaction
        return sessions.is_ended(tx, session_id)
