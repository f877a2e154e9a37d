"""The sockets of the hub: one epoll, what is read from each and written to it, and how each ends.

Only the hub's thread calls this. What is said stands elsewhere (:mod:`snapgraph.live.hub`); here are bytes, frames and
time limits. A failure that one client brings about ends that client, and never the stream of all.
"""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol

import structlog

from snapgraph.live.clients import MAX_WAITING, Client
from snapgraph.live.frames import CloseCode, FrameError, Opcode, Reader, close_frame, frame

__all__ = ["Sockets", "Speaker"]

STALLED_SECONDS = 8.0
"""A reader that takes nothing for so long while data wait is told 1013; 2 s later it is cut off."""
CLOSING_SECONDS = 2.0
"""What the other side has to answer a close frame in."""

_MANY_WAITING = 64
_READ_BYTES = 64 * 1024

_LOG = structlog.get_logger(__name__)


class Speaker(Protocol):
    """Who speaks through the sockets."""

    def heard(self, client: Client, payload: bytes, now: float, *, is_text: bool) -> None:
        """Answer a message.

        Args:
            client: Who sent it.
            payload: As it came.
            now: By the monotonic clock.
            is_text: Messages have to be; else it came in a binary frame.
        """

    def has_room(self, client: Client) -> None:
        """Go on telling a client to whom nothing is under way any more."""

    def left(self, client: Client, *, is_gone: bool) -> None:
        """Take note that a client hears nothing any more.

        Args:
            client: Whose socket it is.
            is_gone: The socket is closed; before that it may be told that it will be.
        """


class Sockets:
    """All sockets.

    Args:
        speaker: Who speaks through them.
        wake_fd: Becomes readable when :meth:`wait` is to return.
    """

    def __init__(self, speaker: Speaker, wake_fd: int) -> None:
        self._speaker = speaker
        self._epoll = select.epoll()
        self._epoll.register(wake_fd, select.EPOLLIN)
        self._clients: dict[int, Client] = {}
        self._blocked: set[Client] = set()
        self._closing: set[Client] = set()

    def __iter__(self) -> Iterator[Client]:
        return iter(tuple(self._clients.values()))

    def __len__(self) -> int:
        return len(self._clients)

    def __contains__(self, client: Client) -> bool:
        """Say whether a client is looked after still; the kernel gives its number to the next one that comes."""
        return self._clients.get(client.fd) is client

    def add(self, client: Client) -> None:
        """Begin to look after a socket."""
        self._clients[client.fd] = client
        self._epoll.register(client.fd, select.EPOLLIN)

    def wait(self, seconds: float) -> None:
        """Read and write what is ready, after waiting for at most so long."""
        for fd, events in self._epoll.poll(seconds):
            if fd in self._clients:
                self.each((self._clients[fd],), partial(self._on_ready, events=events))

    def each(self, clients: Iterable[Client], act: Callable[[Client], None]) -> None:
        """Do something for each client; what one of them brings about ends that one, and nothing for the others."""
        for client in clients:
            try:
                act(client)
            except OSError:
                self.drop(client)
            except Exception as error:  # noqa: BLE001  (a mistake of ours must not end the stream of all)
                _LOG.error("live_client_failed", exc_info=error)
                self.drop(client)

    def send(self, client: Client, pieces: Sequence[bytes]) -> None:
        """Send, or have it wait until the socket takes it."""
        if client.closing_at is not None or client not in self:
            return
        try:
            if not client.send(pieces, time.monotonic()):
                self._await(client)
        except OSError:
            self.drop(client)

    def send_at_once(self, client: Client, piece: bytes) -> None:
        """Send to a client to whom nothing is under way and who is not being parted from: the way of nearly all.

        A thousand readers wait for each other here: it costs each 0.75 us beyond the send itself, by `send` 1.1.
        """
        try:
            sent = client.sock.send(piece)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.drop(client)
            return
        if sent < len(piece):
            client.keep(piece, sent, time.monotonic())
            self._await(client)

    def _await(self, client: Client) -> None:
        """Go on when the socket takes more, unless too much waits."""
        self._blocked.add(client)
        self._watch(client)
        if client.waiting is not None and len(client.waiting) > MAX_WAITING:
            self.part(client, CloseCode.TRY_AGAIN_LATER, "too much waits for you")

    def part(self, client: Client, code: CloseCode, reason: str) -> None:
        """Send a close frame after what has begun, and give the other side a moment to read it."""
        if client.closing_at is not None or client not in self:
            return
        client.drop_whole()
        if not client.is_stream:
            self.send(client, (close_frame(code, reason),))
            if client not in self:
                return  # nobody is there to read it
        client.closing_at = time.monotonic() + CLOSING_SECONDS
        self._closing.add(client)
        self._speaker.left(client, is_gone=False)

    def drop(self, client: Client) -> None:
        """Close a socket as it is."""
        self._blocked.discard(client)
        self._closing.discard(client)
        if client not in self:
            return
        del self._clients[client.fd]
        with contextlib.suppress(OSError):
            self._epoll.unregister(client.fd)
        client.sock.close()
        self._speaker.left(client, is_gone=True)

    def sweep(self, now: float) -> None:
        """End those who have not answered a close frame, and part from those who do not read."""
        for client in [each for each in self._closing if each.closing_at is not None and now >= each.closing_at]:
            self.drop(client)
        stalled = [
            each for each in self._blocked if each.blocked_at is not None and now - each.blocked_at >= STALLED_SECONDS
        ]
        self.each(stalled, lambda client: self.part(client, CloseCode.TRY_AGAIN_LATER, "you do not read"))

    def close(self) -> None:
        """Close every socket as it is."""
        for client in self:
            self.drop(client)
        self._epoll.close()

    def _watch(self, client: Client) -> None:
        """Ask for what is of use: no more questions from who does not take the answers."""
        waiting = 0 if client.waiting is None else len(client.waiting)
        events = (select.EPOLLOUT if waiting else 0) | (select.EPOLLIN if waiting < _MANY_WAITING else 0)
        self._epoll.modify(client.fd, events)

    def _on_ready(self, client: Client, events: int) -> None:
        if events & select.EPOLLOUT and client.waiting is not None and client.flush(time.monotonic()):
            self._blocked.discard(client)
            self._watch(client)
            self._speaker.has_room(client)
        if events & ~select.EPOLLOUT and client in self:
            self._read(client)

    def _read(self, client: Client) -> None:
        try:
            data = client.sock.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        if not data:
            self.drop(client)
            return
        client.heard_at = now = time.monotonic()
        if client.is_stream:
            return
        reader = client.reader or Reader()
        try:
            for opcode, payload in reader.feed(data):
                if client in self:  # what stands behind a close frame is not heard
                    self._on_frame(client, opcode, payload, now)
        except FrameError as error:
            self.part(client, error.code, str(error))
        client.reader = None if reader.is_idle else reader

    def _on_frame(self, client: Client, opcode: Opcode, payload: bytes, now: float) -> None:
        if opcode is Opcode.PING:
            self.send(client, (frame(Opcode.PONG, payload),))
        elif opcode is Opcode.CLOSE:
            if client.closing_at is None:
                self.send(client, (frame(Opcode.CLOSE, payload[:2]),))
            self.drop(client)
        elif opcode in {Opcode.TEXT, Opcode.BINARY} and client.closing_at is None:
            self._speaker.heard(client, payload, now, is_text=opcode is Opcode.TEXT)
