"""A limit on the time of a read that holds whatever the other side does.

``statement_timeout`` needs a server that still runs, ``tcp_user_timeout`` a network that lost its acknowledgements. A
stopped server (SIGSTOP, a frozen virtual machine whose kernel still acknowledges) meets neither: only closing the
socket ends the call.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

__all__ = ["deadline"]


@contextmanager
def deadline(connection: psycopg.Connection, seconds: float) -> Iterator[None]:
    """Break the connection when the block takes longer; what runs in it then raises ``OperationalError``."""
    watched = socket.socket(fileno=os.dup(connection.fileno()))
    timer = threading.Timer(seconds, _break, args=[watched])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # else the timer could meet a closed descriptor that is another's by now
        watched.close()


def _break(watched: socket.socket) -> None:
    with suppress(OSError):  # the other side has hung up already
        watched.shutdown(socket.SHUT_RDWR)
