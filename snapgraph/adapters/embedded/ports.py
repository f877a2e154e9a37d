"""Free ports on the loopback address."""

from __future__ import annotations

import socket

__all__ = ["LOOPBACK", "free_port"]

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Ask the kernel for a port that nobody listens on.

    Between this answer and its use somebody else may take it, so whoever starts a server tries again with another.
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
