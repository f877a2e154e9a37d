"""The sockets of the hub: a client that goes at the worst moment takes nobody along."""

from __future__ import annotations

import socket
import time

import pytest

from snapgraph.live.clients import Client
from snapgraph.live.frames import CloseCode, Opcode, frame
from snapgraph.live.sockets import CLOSING_SECONDS, STALLED_SECONDS, Sockets


class Speaker:
    """Notes what it is told."""

    def __init__(self):
        self.texts = []
        self.gone = []

    def heard(self, client, payload, _now, *, is_text):
        """Note a message."""
        assert is_text
        self.texts.append((client, payload))

    def has_room(self, client):
        """Nothing is kept back."""

    def left(self, client, *, is_gone):
        """Note who is gone."""
        if is_gone:
            self.gone.append(client)


@pytest.fixture
def speaker():
    return Speaker()


@pytest.fixture
def sockets(speaker):
    waker, alarm = socket.socketpair()
    made = Sockets(speaker, waker.fileno())
    yield made
    made.close()
    waker.close()
    alarm.close()


def connected(sockets, *, at=0):
    """Make a client and its other side; the one of both with the number ``at`` when it is given."""
    ends = sorted(socket.socketpair(), key=lambda each: each.fileno() != at)
    ends[0].setblocking(False)
    client = Client(ends[0], remote="here", is_stream=False, session=None, now=time.monotonic())
    sockets.add(client)
    return client, ends[1]


def masked(opcode, payload):
    return bytes((0x80 | opcode, 0x80 | len(payload))) + b"\0\0\0\0" + payload


def test_whoever_is_gone_before_the_close_frame_leaves_nothing_behind_for_the_next_with_that_number(sockets, speaker):
    old, other = connected(sockets)
    other.close()
    sockets.part(old, CloseCode.POLICY, "the session has ended")
    assert speaker.gone == [old]
    new, peer = connected(sockets, at=old.fd)
    assert new.fd == old.fd, "the kernel gives the number again"
    sockets.sweep(time.monotonic() + CLOSING_SECONDS + 1)
    sockets.drop(old)
    assert (list(sockets), speaker.gone) == ([new], [old])
    sockets.send(new, (frame(Opcode.TEXT, b"{}"),))
    assert peer.recv(100) == frame(Opcode.TEXT, b"{}")
    sockets.send(old, (frame(Opcode.TEXT, b"[]"),))
    sockets.part(old, CloseCode.POLICY, "again")
    assert list(sockets) == [new]
    peer.close()


def test_one_that_reads_is_parted_from_with_a_close_frame_and_a_moment_to_answer(sockets, speaker):
    client, other = connected(sockets)
    sockets.part(client, CloseCode.POLICY, "the session has ended")
    assert other.recv(100)[:4] == bytes((0x88, 23)) + (1008).to_bytes(2, "big")
    assert list(sockets) == [client]
    sockets.sweep(time.monotonic() + CLOSING_SECONDS + 1)
    assert speaker.gone == [client]
    other.close()


def test_what_one_client_brings_about_ends_that_one_and_the_others_hear_on(sockets, speaker):
    clients = [connected(sockets) for _ in range(4)]
    heard = []

    def tell(client):
        if client is clients[0][0]:
            raise RuntimeError("a mistake of ours")
        if client is clients[1][0]:
            raise BrokenPipeError
        heard.append(client)

    sockets.each([client for client, _ in clients], tell)
    assert heard == list(sockets) == [client for client, _ in clients[2:]]
    assert speaker.gone == [client for client, _ in clients[:2]]
    for _, other in clients:
        other.close()


def test_what_stands_behind_a_close_frame_is_not_heard(sockets, speaker):
    client, other = connected(sockets)
    other.sendall(masked(Opcode.TEXT, b"1") + masked(Opcode.CLOSE, b"") + masked(Opcode.TEXT, b"2"))
    sockets.wait(1.0)
    assert speaker.texts == [(client, b"1")]
    assert speaker.gone == [client]
    other.close()


def test_all_who_do_not_read_are_parted_from_though_one_of_them_is_gone(sockets, speaker):
    clients = [connected(sockets) for _ in range(3)]
    for client, _ in clients:
        sockets.send(client, (b"x" * 4_000_000,))
    clients[0][1].close()
    sockets.sweep(time.monotonic() + STALLED_SECONDS + 1)
    sockets.sweep(time.monotonic() + STALLED_SECONDS + CLOSING_SECONDS + 1)
    assert (list(sockets), len(speaker.gone)) == ([], 3)
    for _, other in clients:
        other.close()
