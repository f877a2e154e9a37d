"""Crowds of readers (T39): slow and dead ones among 200, and readers who come back again and again."""

from __future__ import annotations

import contextlib
import json
import random
import re
import select
import socket
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import psutil
import pytest

from tests.faults.test_live_readers import FATTEN, TABLES, Raw
from tests.fixtures.rest import fill
from tests.fixtures.serving import serving
from tests.fixtures.timing import TRIES
from tests.integration.live.talk import talk
from tests.unit.live.mirror import Mirror

GOOD, STALLED, DEAD = 180, 10, 10
TICKS = 12
GROWN_BYTES = 20 * 2**20
MARK = "MATCH (t:Table {name: 'users'}) SET t.mark = $number"
_MARK = re.compile(rb'"mark":(\d+)')


@pytest.fixture(scope="module")
def server(store_url, bolt):
    """A real server on a graph whose deltas are large for who asks for all of it."""
    fill(bolt, now=time.time())
    bolt.run("UNWIND range(1, $count) AS n CREATE (:Table {name: 'fat_' + n, note: ''})", count=TABLES)
    with serving(store_url, bolt) as running:
        yield running


@contextlib.contextmanager
def writing(write, seconds):
    """Write again and again, with a rising number."""
    stop = threading.Event()

    def run():
        number = 0
        while not stop.is_set():
            number += 1
            write(number)
            stop.wait(seconds)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def arrivals(readers, ticks, within=120.0):
    """Read all sockets until each has seen so many marks; mark -> when each of the readers had it."""
    epoll = select.epoll()
    byte = {reader.socket.fileno(): reader.socket for reader in readers}
    for fd, each in byte.items():
        each.setblocking(False)
        epoll.register(fd, select.EPOLLIN)
    seen: dict[int, dict[int, float]] = {}
    rest = dict.fromkeys(byte, b"")
    end = time.monotonic() + within
    while time.monotonic() < end:
        for fd, _ in epoll.poll(1.0):
            with contextlib.suppress(BlockingIOError):
                data = rest[fd] + byte[fd].recv(262_144)
                now = time.monotonic()
                for found in _MARK.finditer(data):
                    seen.setdefault(int(found[1]), {}).setdefault(fd, now)
                rest[fd] = data[-24:]
        whole = [mark for mark, by in seen.items() if len(by) == len(readers)]
        if len(whole) >= ticks:
            break
    epoll.close()
    return seen


def p99_ms(seen):
    """How far behind the first reader all but one in a hundred are, in the middle one of the ticks."""
    whole = [sorted(by.values()) for by in seen.values() if len(by) == GOOD]
    return statistics.median((statistics.quantiles(by, n=100)[98] - by[0]) * 1e3 for by in whole)


def drop_what_waits(readers):
    """Read what came while nobody looked: its time is not that of its coming."""
    for reader in readers:
        reader.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while reader.socket.recv(262_144):
                pass


def closed_within(reader, seconds):
    """Read what is there; whether the server has ended the connection in time."""
    end = time.monotonic() + seconds
    reader.socket.setblocking(True)
    reader.socket.settimeout(1.0)
    while time.monotonic() < end:
        try:
            if not reader.socket.recv(1 << 20):
                return True
        except TimeoutError:
            continue
        except ConnectionResetError:
            return True
    return False


def test_slow_and_dead_readers_among_200_cost_the_others_nothing(server, bolt):
    process = psutil.Process(server.process.pid)

    def resident():
        return sum(each.memory_info().rss for each in process.children())

    def write(number):
        bolt.run(f"{FATTEN} WITH count(*) AS c {MARK}", note=f"{number % 10}" * 300, number=number)

    with writing(write, 0.5):
        with talk(server.live) as everything:  # once all of it, so that what is kept for large deltas is there already
            everything.subscribe()
            for _ in range(3):
                everything.hear("delta", within=60)
        good = [Raw(server) for _ in range(GOOD)]
        for reader in good:
            reader.text('{"type": "subscribe", "id": "a", "nodes": ["users"]}')
        costs = []
        while not any(each.is_nothing for each in costs):
            assert len(costs) < TRIES, costs
            costs.append(cost_of_bad_readers(server, good, resident))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the good readers and the server notice of the bad ones."""

    undisturbed_ms: float
    p99_ms: float
    grown_bytes: int

    @property
    def is_nothing(self):
        """Whether they wait 250 ms, or what a busy machine does without the bad ones, and memory is as it was."""
        return self.p99_ms <= max(250.0, 1.5 * self.undisturbed_ms) and self.grown_bytes <= GROWN_BYTES


def cost_of_bad_readers(server, good, resident):
    """Look how it is without them, let them come, and see them closed."""
    drop_what_waits(good)
    undisturbed = p99_ms(arrivals(good, 4))
    before = resident()
    stalled = [Raw(server, receive_buffer=4096) for _ in range(STALLED)]
    dead = [Raw(server, receive_buffer=4096) for _ in range(DEAD)]
    begun = time.monotonic()
    for reader in (*stalled, *dead):
        reader.text('{"type": "subscribe", "id": "a"}')
    for reader in dead:  # gone without a word: its socket is reset when the server writes
        reader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        reader.socket.close()
    seen = arrivals(good, TICKS)
    grown = resident() - before
    waited = time.monotonic() - begun
    ended = [closed_within(reader, max(0.0, 16.0 - waited) + 4.0) for reader in stalled]
    assert len([mark for mark, by in seen.items() if len(by) == GOOD]) >= TICKS
    assert all(ended), "who does not read is closed"
    return Cost(undisturbed_ms=undisturbed, p99_ms=p99_ms(seen), grown_bytes=grown)


COMING = {"nodes": ["come_*", "users"]}


class Returning:
    """One who comes, hears a little, and comes back: by a websocket, or every third by server-sent events."""

    def __init__(self, server, number):
        self.server = server
        self.is_by_events = number % 3 == 2
        self.chance = random.Random(52 + number)
        self.mirror = Mirror()
        self.returns = 0

    def come(self, times):
        """Come once, and come back so many times; the mirror proves the sequence across all of them."""
        self.visit(1)
        for _ in range(times):
            assert self.mirror.seq is not None
            self.visit(self.chance.choice((1, 1, 2) if self.is_by_events else (0, 1, 1, 2)))
            self.returns += 1

    def visit(self, messages):
        """Go on from where the break was, for so many messages."""
        if self.is_by_events:
            self.read_events(messages)
            return
        with talk(self.server.live) as live:
            live.subscribe(**COMING, **self.since())
            for _ in range(messages):
                self.mirror.take(live.hear("state", "delta", within=60))
            if self.chance.random() < 0.5:
                live.socket.socket.shutdown(socket.SHUT_RDWR)  # in the middle of whatever is under way

    def since(self):
        """Say where to go on."""
        return {} if self.mirror.seq is None else {"since": self.mirror.seq}

    def read_events(self, messages):
        """Read so many events, and hang up."""
        headers = {} if self.mirror.seq is None else {"Last-Event-ID": str(self.mirror.seq)}
        address = f"{self.server.http}/api/performance/live/events"
        with httpx.stream("GET", address, params=COMING, headers=headers, timeout=60) as response:
            for line in response.iter_lines():
                if line.startswith("data: "):
                    message = json.loads(line.removeprefix("data: "))
                    self.mirror.take(message)
                    messages -= message["type"] in {"state", "delta"}
                    if not messages:
                        return


def test_readers_who_come_back_at_random_have_no_gap_and_no_repeat(server, bolt, rounds):
    """Most of a visit is waiting for a tick of a second; so many come at once, each with a sequence of its own."""
    count, at_once = rounds(60, 1000), rounds(6, 25)
    readers = [Returning(server, number) for number in range(at_once)]

    def write(number):
        name = f"come_{number % 7}"
        if number % 3:
            bolt.run("MERGE (t:Table {name: $name}) SET t.mark = $number", name=name, number=number)
        else:
            bolt.run("MATCH (t:Table {name: $name}) DETACH DELETE t", name=name)

    with writing(write, 0.3), ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(reader.come, count // at_once) for reader in readers]:
            done.result()
    assert sum(reader.returns for reader in readers) == count
    with talk(server.live) as live:
        bolt.run(MARK, number=10_000)
        for number, reader in enumerate(readers):
            live.subscribe(str(number), **COMING, **reader.since())
            while reader.mirror.nodes.get("users:Table", {}).get("properties", {}).get("mark") != 10_000:
                reader.mirror.take(live.hear("state", "delta", within=60))
            live.say("unsubscribe", id=str(number))
            live.hear("unsubscribed")
    shown = httpx.get(f"{server.http}/api/performance/graph", timeout=30).json()["graph_state"]["nodes"]
    there = {node["id"] for node in shown if node["id"].startswith("come_")}
    for reader in readers:
        assert {key for key in reader.mirror.nodes if key.startswith("come_")} == there
        assert reader.mirror.states == 1, "every break was gone over by deltas"


def test_the_proof_of_sequence_would_see_a_gap_and_a_repeat(server, bolt):
    mirror = Mirror()
    with talk(server.live) as live:
        live.subscribe(nodes=["users"])
        mirror.take(live.hear("state", within=60))
        deltas = []
        for number in range(3):
            bolt.run(MARK, number=20_000 + number)
            deltas.append(live.hear("delta", within=60))
    mirror.take(deltas[0])
    with pytest.raises(AssertionError, match="a gap or a repeat"):
        mirror.take(deltas[0])
    with pytest.raises(AssertionError):
        mirror.take(deltas[2])


def test_when_all_places_are_taken_nobody_gets_a_socket_and_everybody_gets_rest(store_url, bolt):
    with serving(store_url, bolt, SNAPGRAPH_SERVER__LIVE_SOCKETS="5") as small:
        held = [Raw(small) for _ in range(5)]
        assert {reader.status for reader in held} == {101}
        refused = Raw(small)
        assert refused.status == 503
        assert b"retry-after: 30" in refused.head.lower()
        events = httpx.get(f"{small.http}/api/performance/live/events", timeout=30)
        assert (events.status_code, events.headers["retry-after"]) == (503, "30")
        assert events.json()["code"] == "busy"
        assert httpx.get(f"{small.http}/healthz", timeout=30).status_code == 200
        held.pop().socket.close()
        end = time.monotonic() + 10
        while Raw(small).status != 101:
            assert time.monotonic() < end, "the place comes back with the socket's end"
