"""NOTIFY as a hint: whoever waits for news is woken, and looks for itself where that cannot be."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg
from psycopg import sql

from snapgraph.adapters.store.connection import Store

__all__ = ["Hints"]

_AGAIN_SECONDS = 2.0
"""From one attempt to listen to the next: where LISTEN is refused, each costs Postgres a connection."""


class Hints:
    """Hears from Postgres that there is something to read; where that cannot be, waiting simply takes its time.

    Behind a pooler LISTEN may not work: nothing is lost, since whoever waits looks for itself afterwards.

    Args:
        store: Where to listen, on a connection of its own.
        channel: A channel of NOTIFY.
    """

    def __init__(self, store: Store, channel: LiteralString) -> None:
        self._channel = channel
        self._url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[Any] | None = None
        self._try_at = 0.0

    def wait(self, seconds: float, *, of: str = "") -> bool:
        """Wait for a hint that begins with ``of``, at most so long; say whether one was heard."""
        connection = self._listening()
        if connection is None:
            return False
        try:
            for notice in connection.notifies(timeout=seconds):
                if notice.payload.startswith(of):
                    return True
        except psycopg.Error:
            self.close()
        return False

    @property
    def is_listening(self) -> bool:
        """Whether there is a connection; without one the caller has to wait itself."""
        return self._connection is not None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listening(self) -> psycopg.Connection[Any] | None:
        if self._connection is None and monotonic() >= self._try_at:
            self._try_at = monotonic() + _AGAIN_SECONDS
            with suppress(psycopg.Error):
                self._connection = psycopg.connect(
                    self._url, autocommit=True, connect_timeout=3, application_name="snapgraph hints"
                )
                self._listen(self._connection)
        return self._connection

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        try:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        except psycopg.Error:
            self.close()
