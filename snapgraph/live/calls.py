"""What other threads hand to the hub's: work in the order in which it came, and an alarm that wakes its epoll."""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from collections.abc import Callable, Iterator

__all__ = ["Calls"]

_READ_BYTES = 64 * 1024


class Calls:
    """Work for the thread of an epoll; any thread may put some in."""

    def __init__(self) -> None:
        self._work: deque[Callable[[], None]] = deque()
        self._waker, self._alarm = socket.socketpair()
        self._waker.setblocking(False)
        self._alarm.setblocking(False)

    @property
    def fd(self) -> int:
        """Readable as soon as there is work."""
        return self._waker.fileno()

    def put(self, work: Callable[[], None]) -> None:
        """Have the thread do something; after :meth:`close` nothing comes of it."""
        self._work.append(work)
        with contextlib.suppress(OSError):  # enough bytes are there already, or the thread has ended
            self._alarm.send(b"\0")

    def taken(self) -> Iterator[Callable[[], None]]:
        """Give what is there; only in the thread."""
        with contextlib.suppress(BlockingIOError):
            self._waker.recv(_READ_BYTES)
        while self._work:
            yield self._work.popleft()

    def close(self) -> None:
        """Close the alarm; only in the thread, as the last thing."""
        self._waker.close()
        self._alarm.close()
