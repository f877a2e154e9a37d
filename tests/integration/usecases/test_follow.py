"""Following a live graph: read once for all processes, every change once and in order, over crashes and restarts."""

import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from snapgraph.adapters.store import feed as log
from snapgraph.adapters.store import open_store
from snapgraph.engine import columns
from snapgraph.engine.formats.documents import write_graph_state
from snapgraph.engine.formats.graph_states import graph_from_elements
from snapgraph.errors import LiveGraphUnavailableError, NotFoundError
from snapgraph.model.snapshots import PerformanceSummary, Quality
from snapgraph.usecases.follow import FollowedGraph, SharedFeed


def graph_of(**values):
    nodes = [{"id": "a:Table", "type": "Table", "properties": {}}, {"id": "b:Table", "type": "Table", "properties": {}}]
    edges = [
        {"source": "a:Table", "target": "b:Table", "type": name, "properties": {"value": value}}
        for name, value in values.items()
    ]
    return graph_from_elements(nodes, edges)


def text(graph):
    return b"".join(write_graph_state(graph))


@dataclass
class Live:
    """The live graph, and how often it was read."""

    value: float = 1.0
    reads: int = 0
    away: bool = False
    seconds: float = 0.0
    begun: list = field(default_factory=list)

    def look(self):
        """Read it."""
        self.begun.append(time.monotonic())
        self.reads += 1
        time.sleep(self.seconds)
        if self.away:
            raise LiveGraphUnavailableError
        header = SimpleNamespace(
            captured_at=datetime.now(UTC), summary=PerformanceSummary(total_qps=self.value), quality=Quality()
        )
        return SimpleNamespace(snapshot=header, graph=graph_of(A=self.value, B=2.0))


class Process:
    """A server process as far as the feed goes: a store and a thread of its own."""

    def __init__(self, url, live):
        self.store = open_store(url, codec=columns)
        self.feed = SharedFeed(store=self.store, graphs={"default": FollowedGraph(look=live.look)})
        self.stop, self.ticks, self.readings, self.error = Event(), [], [], None
        self.thread = Thread(target=self._run)
        self.thread.start()

    def _run(self):
        try:
            for tick in self.feed.follow("default", stop=self.stop, report=self.readings.append):
                self.ticks.append(tick)
        except Exception as error:  # noqa: BLE001
            self.error = error

    def value(self):
        """Give the value in the last tick."""
        return self.ticks[-1].summary.total_qps if self.ticks else None

    def close(self):
        """End the thread, then the store."""
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()
        self.store.close()


@contextmanager
def processes(url, live, count):
    made = [Process(url, live) for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            each.close()


def until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def emptied(store_url):
    yield
    store = open_store(store_url, codec=columns)
    with store.begin() as tx:
        tx.fetch("DELETE FROM feed")
        tx.fetch("DELETE FROM feed_tick")
    store.close()


def assert_rising(process):
    numbers = [tick.seq for tick in process.ticks]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_several_processes_read_once_in_all_and_see_the_same(store_url):
    live = Live()
    with processes(store_url, live, 3) as all_of_them:
        until(lambda: all(each.ticks for each in all_of_them))
        for value in (2.0, 3.0, 4.0):
            live.value = value
            until(lambda value=value: all(each.value() == value for each in all_of_them))
        begun, before = time.monotonic(), live.reads
        time.sleep(3)
        assert live.reads - before <= (time.monotonic() - begun) + 1.5
        for each in all_of_them:
            assert_rising(each)
            assert text(each.ticks[-1].columns) == text(graph_of(A=4.0, B=2.0))


def test_nothing_is_given_while_nothing_changes(store_url):
    live = Live()
    with processes(store_url, live, 1) as (process,):
        until(lambda: live.reads >= 4)
        assert len(process.ticks) == 1


def test_the_numbers_go_on_after_a_restart_and_what_changed_meanwhile_is_one_tick(store_url):
    live = Live()
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.ticks)
        live.value = 2.0
        until(lambda: process.value() == 2.0)
        last = process.ticks[-1].seq
    live.value = 9.0
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.value() == 9.0)
        assert process.ticks[-1].seq == last + 1
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.ticks)
        assert process.ticks[0].seq == last + 1


def test_when_the_reader_leaves_another_takes_over_at_once(store_url, monkeypatch):
    monkeypatch.setattr(log, "LEASE_SECONDS", 60.0)  # it does not wait for its end
    live = Live()
    with processes(store_url, live, 2) as (first, second):
        until(lambda: first.ticks and second.ticks)
        first.stop.set()
        first.thread.join(10)
        live.value = 5.0
        until(lambda: second.value() == 5.0)
        assert_rising(second)


def test_a_reader_that_died_is_followed_when_its_lease_has_run_out(store_url, monkeypatch):
    monkeypatch.setattr(log, "LEASE_SECONDS", 1.0)
    live = Live()
    dead = open_store(store_url, codec=columns)
    with dead.begin() as tx:
        assert log.take_lease(tx, "default", uuid.uuid4(), interval_seconds=1.0).seq == 0
    dead.close()
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.ticks, seconds=8)


def test_only_one_of_two_that_read_writes_the_next_tick(store_url):
    store = open_store(store_url, codec=columns)
    head = {"interval_seconds": 1.0, "summary": {}, "quality": {}}
    with store.begin() as tx:
        lease = log.take_lease(tx, "default", uuid.uuid4(), interval_seconds=0.0)
        assert log.take_lease(tx, "default", uuid.uuid4(), interval_seconds=0.0) is None
    tick = log.StoredTick(seq=1, at=datetime.now(UTC), head=head, delta=None)
    with store.begin() as tx:
        after = log.advance(tx, lease, tick, interval_seconds=1.0, state=b"x")
    assert (after.seq, after.state_seq) == (1, 1)
    with store.begin() as tx:
        assert log.advance(tx, lease, tick, interval_seconds=1.0, state=b"x") is None
    store.close()


def test_a_long_log_is_bounded_and_a_newcomer_still_reads_all_of_it(store_url, monkeypatch):
    monkeypatch.setattr(log, "KEPT_TICKS", 3)
    monkeypatch.setattr(log, "TICKS_PER_STATE", 2)
    live = Live()
    with processes(store_url, live, 1) as (process,):
        for value in range(2, 10):
            live.value = float(value)
            until(lambda value=value: process.value() == value)
        with process.store.read() as tx:
            ((count,),) = tx.fetch("SELECT count(*) FROM feed_tick")
        assert count <= 6
        newcomer = Process(store_url, live)
        until(lambda: newcomer.ticks)
        newcomer.close()
        assert newcomer.ticks[0].seq == process.ticks[-1].seq
        assert text(newcomer.ticks[0].columns) == text(process.ticks[-1].columns)


def test_a_live_graph_that_is_away_for_a_while_costs_nothing_but_time(store_url):
    live = Live()
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.ticks)
        live.away = True
        reads = live.reads
        until(lambda: live.reads > reads + 1)
        live.away, live.value = False, 7.0
        until(lambda: process.value() == 7.0)
        assert process.error is None
        assert_rising(process)


def test_a_live_graph_that_is_away_from_the_beginning_is_said_and_read_as_soon_as_it_answers(store_url, monkeypatch):
    monkeypatch.setattr(log, "LEASE_SECONDS", 60.0)  # it does not wait for its end
    live = Live(away=True)
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.readings)
        said = process.readings[-1]
        assert (said.code, said.read_at) == ("live_graph_unavailable", None)
        assert said.failing_since is not None
        assert not process.ticks
        live.away = False
        until(lambda: process.ticks)
        until(lambda: process.readings[-1].failing_since is None)
        assert process.error is None


def test_every_process_knows_when_a_graph_that_does_not_change_was_read_and_since_when_it_is_away(store_url):
    live = Live()
    with processes(store_url, live, 2) as both:
        until(lambda: all(each.readings and each.readings[-1].read_at for each in both))
        first = [each.readings[-1].read_at for each in both]
        until(lambda: all(each.readings[-1].read_at > before for each, before in zip(both, first, strict=True)))
        assert [len(each.ticks) for each in both] == [1, 1]
        live.away = True
        until(lambda: all(each.readings[-1].failing_since for each in both))
        assert {each.readings[-1].code for each in both} == {"live_graph_unavailable"}
        since = both[0].readings[-1].failing_since
        until(lambda: all(each.readings[-1].age_seconds > 3 for each in both))
        assert {each.readings[-1].failing_since for each in both} == {since}
        live.away = False
        until(lambda: all(each.readings[-1].failing_since is None for each in both))
        until(lambda: all(each.readings[-1].age_seconds < 3 for each in both))


def test_a_slow_graph_is_read_a_quarter_of_the_time(store_url):
    live = Live(seconds=0.5)
    with processes(store_url, live, 1) as (process,):
        until(lambda: live.reads >= 2)
        live.value = 2.0
        until(lambda: live.reads >= 4)
        assert live.begun[3] - live.begun[1] > 2 * (0.5 / 0.25) - 1.0
        until(lambda: process.value() == 2.0)
        assert process.ticks[-1].interval_seconds >= 2.0


def test_a_state_of_another_version_is_left_behind(store_url):
    live = Live()
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.ticks)
        with process.store.begin() as tx:
            tx.fetch("UPDATE feed SET state = '\\x63'")
    live.value = 3.0
    with processes(store_url, live, 1) as (process,):
        until(lambda: process.value() == 3.0)
        assert process.ticks[-1].seq == 2


def test_an_unknown_graph_is_said(store_url):
    store = open_store(store_url, codec=columns)
    with pytest.raises(NotFoundError):
        next(SharedFeed(store=store, graphs={}).follow("other", stop=Event()))
    store.close()
