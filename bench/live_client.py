"""Many websockets in one process and one epoll: when does each broadcast arrive, for each of them?

``python -m bench.live_client PORT CLIENTS ROUNDS STALLED`` prints one JSON object with the latencies in ms.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import resource
import select
import socket
import sys
import time

from bench.live_servers import MARK

__all__: list[str] = []

_DIGITS = 20
_SUBSCRIBE = b'{"type":"subscribe","id":"a"}'
_FRAME = b"\x81" + bytes([0x80 | len(_SUBSCRIBE)]) + b"\0\0\0\0" + _SUBSCRIBE
_CONNECT_SECONDS = 120.0
_ROUND_SECONDS = 60.0
_STALLED_BUFFER = 4_096
_STALLED_TOPICS = 16


def connect(port: int, *, receive_buffer: int | None = None) -> socket.socket:
    """Shake hands and subscribe; what a server sends before that is read later."""
    client = socket.socket()
    client.settimeout(30)
    if receive_buffer is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET /api/performance/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    client.sendall(head.encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = client.recv(1)
        if not piece:
            raise ConnectionError(answer)
        answer += piece
    if b" 101 " not in answer:
        raise ConnectionError(answer)
    client.sendall(_FRAME)
    return client


def stall(port: int) -> socket.socket:
    """Ask for the same again and again, and read nothing of it."""
    client = connect(port, receive_buffer=_STALLED_BUFFER)
    for number in range(1, _STALLED_TOPICS):
        text = b'{"type":"subscribe","id":"%x"}' % number
        client.sendall(b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text)
    return client


class Inbox:
    """What one client has read of the message that is under way."""

    __slots__ = ("bad", "rest", "rounds")

    def __init__(self) -> None:
        self.rest = b""
        self.rounds = 0
        self.bad = 0

    def take(self, data: bytes) -> list[bytes]:
        """Cut whole messages off."""
        data = self.rest + data
        found = []
        while len(data) >= 2:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(data[2:10], "big"), 10
            if len(data) < start + size or len(data) < start:
                break
            if data[0] not in {0x81, 0x89}:  # neither a whole text nor a ping: from here on nothing can be read
                self.bad += 1
                data = b""
                break
            found.append(data[start : start + size])
            data = data[start + size :]
        self.rest = data
        return found


def measure(port: int, count: int, rounds: int, stalled: int) -> dict[str, object]:
    """Connect all, let two broadcasts pass, and time the next ones."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    idle = [stall(port) for _ in range(stalled)]
    clients = {each.fileno(): each for each in (connect(port) for _ in range(count))}
    inboxes = {fd: Inbox() for fd in clients}
    epoll = select.epoll()
    for fd, each in clients.items():
        each.setblocking(False)
        epoll.register(fd, select.EPOLLIN)
    print("connected", flush=True)
    sys.stdin.readline()
    latencies: list[float] = []
    begun_at = time.monotonic_ns()
    end = time.monotonic() + _ROUND_SECONDS
    missing = count
    while missing and time.monotonic() < end:
        for fd, _ in epoll.poll(1.0):
            with contextlib.suppress(BlockingIOError):
                for message in inboxes[fd].take(clients[fd].recv(262_144)):
                    place = message.find(MARK)
                    if place < 0 or b'"type":"state"' in message[:40]:
                        continue
                    sent = int(message[place + len(MARK) : place + len(MARK) + _DIGITS])
                    if sent < begun_at:
                        continue
                    inbox = inboxes[fd]
                    inbox.rounds += 1
                    if inbox.rounds <= rounds:
                        latencies.append((time.monotonic_ns() - sent) / 1e6)
                    missing -= inbox.rounds == rounds
    for each in (*clients.values(), *idle):
        each.close()
    bad = sum(inbox.bad for inbox in inboxes.values())
    return {"latencies": latencies, "expected": count * rounds, "bad": bad}


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:5]))))
