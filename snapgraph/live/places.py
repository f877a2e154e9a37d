"""Places for sockets: taken before the handshake, so that who finds none is refused in plain HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock

from snapgraph.errors import BusyError

__all__ = ["HubLimits", "Places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLimits:
    """How many sockets are held.

    Attributes:
        sockets: In all.
        sockets_per_address: From one address.
    """

    sockets: int = 10_000
    sockets_per_address: int = 1_000


class Places:
    """Counts sockets by address; any thread may take and give back."""

    def __init__(self, limits: HubLimits) -> None:
        self._limits = limits
        self._lock = Lock()
        self._taken: Counter[str] = Counter()
        self._all = 0
        self._is_closed = False

    def take(self, address: str) -> None:
        """Take a place.

        Raises:
            BusyError: There is none left, or none any more.
        """
        with self._lock:
            if self._is_closed:
                raise BusyError("The server is about to end: connect again in some seconds.", retry_after_seconds=5)
            if self._all >= self._limits.sockets:
                raise BusyError("All places of the live stream are taken: try again later.", retry_after_seconds=30)
            if self._taken[address] >= self._limits.sockets_per_address:
                raise BusyError("This address holds as many live streams as it may.", retry_after_seconds=30)
            self._taken[address] += 1
            self._all += 1

    def give_back(self, address: str) -> None:
        """Give a place back: the handshake failed, or the socket is closed."""
        with self._lock:
            self._all -= 1
            self._taken[address] -= 1
            if self._taken[address] <= 0:
                del self._taken[address]

    def close(self) -> None:
        """Let nobody in any more."""
        with self._lock:
            self._is_closed = True
