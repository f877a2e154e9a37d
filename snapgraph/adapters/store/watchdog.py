"""The last deadline: a call that waits on a server which stands still is ended by closing its socket.

A server that is stopped, not dead, keeps its connections alive: the kernel acknowledges for it, so ``tcp_user_timeout``
never fires, and its own ``statement_timeout`` stands still with it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

__all__ = ["Watchdog"]

_LOOK_EVERY_SECONDS = 0.25
_IDLE_SECONDS = 30.0
"""Without a call for this long its thread ends; the next call starts another."""


class Watchdog:
    """Watches calls of many threads by one thread of its own; being watched costs about a microsecond."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[float, psycopg.Connection[Any]]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self, connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
        """End what is done with a connection inside when it takes longer; it then raises ``OperationalError``."""
        call = id(connection)
        with self._lock:
            self._calls[call] = (time.monotonic() + seconds, connection)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="store-watchdog", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._calls.pop(call, None)

    def _look(self) -> None:
        busy_at = time.monotonic()
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            now = time.monotonic()
            with self._lock:
                busy_at = now if self._calls else busy_at
                if now - busy_at > _IDLE_SECONDS:
                    self._thread = None
                    return
                overdue = [call for call, (deadline, _) in self._calls.items() if deadline < now]
                for call in overdue:
                    _hang_up(self._calls.pop(call)[1])


def _hang_up(connection: psycopg.Connection[Any]) -> None:
    """Shut the socket down under the waiting call; its descriptor stays libpq's."""
    with contextlib.suppress(OSError, psycopg.Error):  # it ended in this moment
        line = socket.socket(fileno=os.dup(connection.fileno()))
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.close()
