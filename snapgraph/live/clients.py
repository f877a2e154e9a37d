"""One connected reader: what is under way to it, what it asked for, and whether it reads at all. Lean: 2 KiB each."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterable

from snapgraph.live.frames import Reader
from snapgraph.live.protocol import MESSAGES_A_MINUTE
from snapgraph.live.topics import Topic
from snapgraph.model.sessions import Session

__all__ = ["MAX_WAITING", "Client", "Subscription"]

MAX_WAITING = 512
"""Messages that wait for one client; they are shared, so this bounds references (8 bytes each), not their bytes."""


class Subscription:
    """What one id of one client follows.

    Attributes:
        id: The client's name for it.
        topic: What it shows.
        cursor: ``seq`` of what the client has; ``None`` before its first state.
        reason: Why the next state comes as a ``resync``; empty when it simply is the first.
    """

    __slots__ = ("cursor", "id", "reason", "topic")

    def __init__(self, id_: str, topic: Topic, cursor: int | None) -> None:
        self.id = id_
        self.topic = topic
        self.cursor = cursor
        self.reason = ""


class Client:
    """A socket that the hub owns.

    Attributes:
        sock: Non-blocking.
        fd: Its number; stays known after the close.
        remote: Address, for the limits.
        is_stream: Server-sent events; nothing is read but the end.
        session: That let it in; ``None``: a token did, or none is needed.
        subscriptions: By id.
        reader: Of a frame that has come in part.
        blocked_at: When the socket last took bytes, by the monotonic clock, while some wait; ``None`` while none do.
        closing_at: When it is cut off at the latest, once a close frame is under way.
        heard_at: When it last sent anything.
        tokens: Messages that it may send at once.
        tokens_at: When ``tokens`` was right.
        refused_at: When it was last told that it sends too much.
        waiting: Bytes that the socket has not taken yet; ``None`` when there are none.
        offset: How much of the first of them is gone.
    """

    __slots__ = (
        "blocked_at",
        "closing_at",
        "fd",
        "heard_at",
        "is_stream",
        "offset",
        "reader",
        "refused_at",
        "remote",
        "session",
        "sock",
        "subscriptions",
        "tokens",
        "tokens_at",
        "waiting",
    )

    def __init__(
        self, sock: socket.socket, *, remote: str, is_stream: bool, session: Session | None, now: float
    ) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.remote = remote
        self.is_stream = is_stream
        self.session = session
        self.subscriptions: dict[str, Subscription] = {}
        self.reader: Reader | None = None
        self.waiting: deque[bytes] | None = None
        self.offset = 0
        self.blocked_at: float | None = None
        self.closing_at: float | None = None
        self.heard_at = now
        self.tokens = float(MESSAGES_A_MINUTE)
        self.tokens_at = now
        self.refused_at = 0.0

    def send(self, pieces: Iterable[bytes], now: float) -> bool:
        """Send, or put behind what waits already.

        Returns:
            Whether all is gone. When not, :meth:`flush` goes on as soon as the socket is writable.

        Raises:
            OSError: The other side is gone.
        """
        if self.waiting is not None:
            self.waiting.extend(pieces)
            return False
        rest = iter(pieces)
        for piece in rest:
            sent = self._push(piece, 0)
            if sent < len(piece):
                self.keep(piece, sent, now, rest)
                return False
        return True

    def keep(self, piece: bytes, sent: int, now: float, rest: Iterable[bytes] = ()) -> None:
        """Have the rest of a piece wait, and others behind it; nothing waits yet."""
        self.waiting = deque((piece, *rest))
        self.offset = sent
        self.blocked_at = now

    def flush(self, now: float) -> bool:
        """Send what waits, as far as the socket takes it.

        Returns:
            Whether nothing waits any more.

        Raises:
            OSError: The other side is gone.
        """
        waiting = self.waiting
        while waiting:
            sent = self._push(waiting[0], self.offset)
            if sent:
                self.blocked_at = now
            self.offset += sent
            if self.offset < len(waiting[0]):
                return False
            waiting.popleft()
            self.offset = 0
        self.waiting = None
        self.blocked_at = None
        return True

    def drop_whole(self) -> None:
        """Forget what waits but for the rest of the frame that has begun, which has to be ended."""
        if self.waiting is not None:
            self.waiting = deque([self.waiting[0]] if self.offset else [])

    def _push(self, piece: bytes, offset: int) -> int:
        try:
            return self.sock.send(memoryview(piece)[offset:] if offset else piece)
        except (BlockingIOError, InterruptedError):
            return 0
