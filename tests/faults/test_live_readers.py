"""Readers that do not read, speak nonsense, speak too much or vanish: everybody else notices nothing."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import statistics
import struct
import threading
import time

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.fixtures.rest import fill
from tests.fixtures.serving import serving
from tests.fixtures.timing import measured_in_time
from tests.integration.live.talk import talk
from tests.unit.live.mirror import Mirror

TABLES = 1500
FATTEN = "MATCH (t:Table) WHERE t.name STARTS WITH 'fat_' SET t.note = $note"


PLACES = {"SNAPGRAPH_SERVER__LIVE_SOCKETS_PER_ADDRESS": "300"}


@pytest.fixture(scope="module")
def server(store_url, bolt):
    """A real server on a graph whose deltas are large."""
    fill(bolt, now=time.time())
    bolt.run("UNWIND range(1, $count) AS n CREATE (:Table {name: 'fat_' + n, note: ''})", count=TABLES)
    with serving(store_url, bolt, **PLACES) as running:
        yield running


class Raw:
    """A socket that shook hands and then does as it likes."""

    def __init__(self, server, *, receive_buffer=None, **headers):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", server.port))
        given = {
            "Host": f"127.0.0.1:{server.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
        self.socket.sendall("\r\n".join(["GET /api/performance/live HTTP/1.1", *lines, "", ""]).encode())
        self.head = b""
        while b"\r\n\r\n" not in self.head:
            piece = self.socket.recv(1)
            if not piece:
                break
            self.head += piece

    def __del__(self):
        self.socket.close()

    @property
    def status(self):
        """What the handshake was answered."""
        return int(self.head.split(b" ", 2)[1])

    def text(self, message):
        """Send a message in a masked frame."""
        payload = message.encode()
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
        self.socket.sendall(b"\x81" + size + b"\0\0\0\0" + payload)

    def frame(self):
        """Read one frame: first byte and payload."""
        first, size = self._exactly(2)
        if size == 126:
            size = struct.unpack(">H", self._exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._exactly(8))[0]
        return first, self._exactly(size)

    def close_code(self):
        """Read on until the close frame."""
        while True:
            first, payload = self.frame()
            if first == 0x88:
                return int.from_bytes(payload[:2], "big")

    def ended_with(self):
        """Read on until the end; ``None`` when it came without a close frame."""
        try:
            return self.close_code()
        except (EOFError, ConnectionResetError):
            return None

    def _exactly(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)


def closing_code(live):
    """Listen until the socket is closed."""
    try:
        while True:
            live.hear()
    except ConnectionClosed as closed:
        return closed.rcvd.code


def test_a_reader_that_stalls_is_closed_with_1013_and_the_others_see_every_tick(server, bolt):
    stalled = Raw(server, receive_buffer=4096)
    stalled.text('{"type": "subscribe", "id": "a"}')
    process = psutil.Process(server.process.pid)
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            bolt.run(FATTEN, note=f"{number % 10}" * 300)
            stop.wait(0.5)

    writer = threading.Thread(target=write)
    with talk(server.live) as live:
        live.subscribe(nodes=["users"])
        mirror = Mirror()
        mirror.take(live.hear("state"))
        writer.start()
        try:
            resident = sum(each.memory_info().rss for each in process.children())
            begun = time.monotonic()
            while time.monotonic() - begun < 25:
                mirror.take(live.hear("delta", within=60))
            assert sum(each.memory_info().rss for each in process.children()) - resident < 120 * 2**20
        finally:
            stop.set()
            writer.join()
    assert stalled.status == 101
    assert stalled.ended_with() in {1013, None}, "None: the close frame found no room any more"


def test_a_flood_is_refused_in_words_and_nobody_else_notices(server):
    measured_in_time(lambda: median_wait_beside_a_flood(server), 0.25)


def median_wait_beside_a_flood(server):
    """Flood the server and see it refused; the seconds that somebody else waits for an answer meanwhile."""
    with talk(server.live) as flood, talk(server.live) as other:
        flood.hear("hello")
        other.hear("hello")
        begun = time.monotonic()
        for _ in range(3_000):
            flood.say("ping")
        waits = []
        for _ in range(20):
            asked = time.monotonic()
            other.say("ping")
            other.hear("pong")
            waits.append(time.monotonic() - asked)
        assert flood.hear("error", within=20)["code"] == "too_many_messages"
        answers = 1
        while time.monotonic() - begun < 3:
            try:
                flood.hear("error", within=0.5)
            except TimeoutError:
                break
            answers += 1
        assert answers <= 5, "one refusal a second, not one for each message"
        other.say("ping")
        other.hear("pong")
    return statistics.median(waits)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x02hi", 1002),
        (b"\x81\xff" + struct.pack(">Q", 64 * 2**20) + b"\0\0\0\0", 1009),
        (b"\xf1\x80\0\0\0\0", 1002),
        (b"\x83\x80\0\0\0\0", 1002),
    ],
    ids=["no mask", "64 MiB", "reserved bits", "no such opcode"],
)
def test_broken_frames_are_closed_with_their_code(server, frame, code):
    raw = Raw(server)
    raw.socket.sendall(frame)
    assert raw.close_code() == code


def test_a_message_may_come_byte_by_byte(server):
    raw = Raw(server)
    payload = b'{"type": "ping"}'
    for byte in b"\x81" + bytes([0x80 | len(payload)]) + b"\0\0\0\0" + payload:
        raw.socket.sendall(bytes([byte]))
        time.sleep(0.005)
    while json.loads(raw.frame()[1])["type"] != "pong":
        pass


def test_no_deflate_is_agreed_whoever_offers_it(server):
    raw = Raw(server, Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
    assert raw.status == 101
    assert b"extensions" not in raw.head.lower()
    assert raw.frame()[0] == 0x81


def test_500_that_reconnect_at_once_leave_the_server_whole(server):
    def storm():
        for _ in range(10):
            raw = Raw(server)
            raw.text('{"type": "subscribe", "id": "a"}')
            raw.socket.close()

    threads = [threading.Thread(target=storm) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with let_in(server) as live:
        live.subscribe()
        live.hear("state", within=30)
    assert httpx.get(f"{server.http}/healthz", timeout=30).status_code == 200


@contextlib.contextmanager
def let_in(server):
    """Talk as soon as there is a place: those of the storm come back with their sockets' end."""
    with contextlib.ExitStack() as opened:
        end = time.monotonic() + 30
        live = None
        while live is None:
            try:
                live = opened.enter_context(talk(server.live))
            except InvalidStatus as refused:
                if refused.response.status_code != 503 or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        yield live


def test_whoever_finds_no_place_is_told_when_to_come_again(store_url, bolt):
    with serving(store_url, bolt, **PLACES) as server:  # its own: others give their places back while we take ours
        held = []
        try:
            for _ in range(330):
                held.append(Raw(server))
                if held[-1].status != 101:
                    break
            assert held[-1].status == 503
            assert b"retry-after: 30" in held[-1].head.lower()
            assert len(held) == 301, "each of the 300 places, and the one that finds none"
        finally:
            for each in held:
                each.socket.close()
        end = time.monotonic() + 30
        while Raw(server).status != 101:
            assert time.monotonic() < end, "the places come back with the sockets' end"
            time.sleep(0.1)


def test_sigterm_tells_all_1001_and_the_server_ends_in_seconds(store_url, bolt):
    measured_in_time(lambda: seconds_of_its_end(store_url, bolt), 5)


def seconds_of_its_end(store_url, bolt):
    """End a server with a hundred readers, and see that each is told; the seconds that it took."""
    with serving(store_url, bolt) as server:
        readers = [Raw(server) for _ in range(100)]
        for reader in readers:
            reader.text('{"type": "subscribe", "id": "a"}')
        stalled = Raw(server, receive_buffer=4096)
        stalled.text('{"type": "subscribe", "id": "a"}')
        with talk(server.live) as live:
            live.subscribe()
            live.hear("state", within=30)
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(30)
            spent = time.monotonic() - begun  # before we read what it said to a hundred, which is our time
            assert closing_code(live) == 1001
        assert {reader.close_code() for reader in readers} == {1001}
    return spent
