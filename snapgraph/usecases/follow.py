"""Follow: a live graph tick by tick, read once for all server processes that follow it.

One process holds the lease and reads; each change is a numbered tick in a log, which the others read. Every process
keeps the whole graph and gives it with each tick. A graph is read every second, yet never more than a quarter of the
time, and only while somebody follows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Protocol
from uuid import UUID, uuid4

import structlog

from snapgraph.adapters.store import Store, Transaction, feed
from snapgraph.adapters.store.feed import Lease, StoredTick
from snapgraph.adapters.store.hints import Hints
from snapgraph.engine.formats.records import record_from_json, record_to_json
from snapgraph.engine.stream import (
    apply_delta,
    delta_between,
    delta_from_bytes,
    delta_to_bytes,
    graph_from_bytes,
    graph_to_bytes,
)
from snapgraph.errors import IntegrityError, NotFoundError, SnapgraphError
from snapgraph.model.columns import GraphColumns
from snapgraph.model.snapshots import PerformanceSummary, Quality, Snapshot
from snapgraph.model.ticks import Reading, Tick

__all__ = ["POLL_SECONDS", "READING_SHARE", "FollowedGraph", "SharedFeed", "Sight", "unreported"]

POLL_SECONDS = 1.0
"""How often a live graph is read, or the log looked at."""
READING_SHARE = 0.25
"""Of the time at most that goes into reading: a graph that takes a second to read is read every four."""
RENEW_SECONDS = 2.0
"""Without a change the lease is renewed so often, and not at every look: a row a second would be swept away again."""
_STEP_SECONDS = 0.2
"""How long a wait may last that cannot be woken."""

_LOG = structlog.get_logger(__name__)


class Sight(Protocol):
    """The live graph at one moment."""

    @property
    def snapshot(self) -> Snapshot:
        """A header with its time, summary and quality."""

    @property
    def graph(self) -> GraphColumns:
        """In canonical order, stale elements marked."""


def unreported(_reading: Reading) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedGraph:
    """One live graph that can be followed.

    Attributes:
        look: Reads it as it is now.
        volatile: Properties whose change alone is none.
    """

    look: Callable[[], Sight]
    volatile: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedFeed:
    """The ticks of live graphs, shared by all processes on one store; safe to use from several threads.

    Attributes:
        store: Where lease and log are.
        graphs: The live graphs by name.
    """

    store: Store
    graphs: Mapping[str, FollowedGraph]

    def follow(self, graph: str, *, stop: Event, report: Callable[[Reading], None] = unreported) -> Iterator[Tick]:
        """Give a live graph as it is now, then one tick for each change, until ``stop`` is set.

        Numbers rise by one from tick to tick; where one is left out, continuity was lost, and the tick stands for
        itself.

        Args:
            graph: Its name.
            stop: Ends the iteration within a second.
            report: Told after each look how reading goes, by whichever process; a live graph that does not answer is
                no error here, and is asked again and again.

        Raises:
            NotFoundError: There is no such live graph.
            UnavailableError: The store is away. Asking again goes on where it was.
        """
        if graph not in self.graphs:
            raise NotFoundError(f"there is no live graph {graph!r}")
        following = _Following(store=self.store, graph=graph, source=self.graphs[graph], stop=stop, report=report)
        with Hints(self.store, feed.CHANNEL) as hints:
            try:
                yield from following.run(hints)
            finally:
                following.release()


@dataclass(slots=True, kw_only=True, eq=False)
class _Following:
    """One live graph, followed by one thread of this process.

    Attributes:
        current: The graph at the end of the log, as far as this process has read it.
        given: Number of the last tick that was given.
        lease: While this process is the one that reads.
        read_at: When it has read last.
        trouble: Why it cannot read.
    """

    store: Store
    graph: str
    source: FollowedGraph
    stop: Event
    report: Callable[[Reading], None]
    holder: UUID = field(default_factory=uuid4)
    current: Tick | None = None
    given: int | None = None
    lease: Lease | None = None
    renewed_at: float = 0.0
    read_at: datetime | None = None
    trouble: SnapgraphError | None = None
    interval_seconds: float = POLL_SECONDS

    def run(self, hints: Hints) -> Iterator[Tick]:
        """Give ticks: of our own reading while we hold the lease, of the log while another does."""
        while not self.stop.is_set():
            begun = time.monotonic()
            self._hold(begun)
            for tick in self._newer():
                self.current = tick
                if self.lease is None:
                    yield self._giving(tick)
            if self.lease is None:
                if self.current is not None and self.given is None:
                    yield self._giving(self.current)
                self._report()
                self._wait(hints)
                continue
            self._read()
            if self.current is not None and self.current.seq != self.given:
                yield self._giving(self.current)
            self._report()
            self.stop.wait(max(0.0, self.interval_seconds - (time.monotonic() - begun)))

    def release(self) -> None:
        """Give the lease back; when the store is away, it runs out by itself."""
        if self.lease is None:
            return
        try:
            with self.store.begin() as tx:
                feed.release(tx, self.graph, self.holder)
        except SnapgraphError as error:
            _LOG.warning("feed_lease_not_released", graph=self.graph, code=error.code)
        self.lease = None

    def _giving(self, tick: Tick) -> Tick:
        self.given = tick.seq
        return tick

    def _hold(self, now: float) -> None:
        """Take the lease, or renew it from time to time."""
        if self.lease is not None:
            if now - self.renewed_at >= RENEW_SECONDS:
                self._renew(self.lease)
            return
        with self.store.begin() as tx:
            self.lease = feed.take_lease(tx, self.graph, self.holder, interval_seconds=self.interval_seconds)
        self.renewed_at = now

    def _renew(self, lease: Lease) -> None:
        problem = self.trouble
        trouble = None if problem is None else {"code": problem.code, "detail": str(problem)}
        with self.store.begin() as tx:
            self.lease = feed.renew(
                tx, lease, interval_seconds=self.interval_seconds, read_at=self.read_at, trouble=trouble
            )
        self.renewed_at = time.monotonic()

    def _report(self) -> None:
        """Say how reading goes: as we know it while it goes well, else as it is noted, with the time since when."""
        if self.lease is not None and self.trouble is None:
            self.report(Reading(graph=self.graph, read_at=self.read_at))
            return
        with self.store.read() as tx:
            reading = feed.reading(tx, self.graph)
        self.report(reading)

    def _newer(self) -> list[Tick]:
        """Read the log on from where we are; where that is not possible, begin with the state that is kept."""
        if self.lease is not None and self.lease.seq == (self.current.seq if self.current is not None else 0):
            return []
        with self.store.read() as tx:
            newer = [] if self.current is None else feed.ticks(tx, self.graph, after=self.current.seq)
            try:
                if self.current is not None and (not newer or newer[0].seq == self.current.seq + 1):
                    return list(self._rebuilt(self.current, newer))
            except IntegrityError as error:
                _LOG.warning("feed_continuity_lost", graph=self.graph, reason=str(error))
            return self._from_state(tx)

    def _from_state(self, tx: Transaction) -> list[Tick]:
        """Read the state that is kept and the ticks after it; nothing when it is of another version of snapgraph."""
        kept = feed.read_state(tx, self.graph)
        if kept is None:
            return []
        stored, body = kept
        try:
            state = self._tick(stored, graph_from_bytes(body))
            return [state, *self._rebuilt(state, feed.ticks(tx, self.graph, after=state.seq))][-1:]
        except SnapgraphError as error:
            _LOG.warning("feed_state_not_read", graph=self.graph, reason=str(error))
            self.current = None
            return []

    def _rebuilt(self, before: Tick, newer: list[StoredTick]) -> Iterator[Tick]:
        for stored in newer:
            if stored.delta is None:
                raise IntegrityError(f"Tick {stored.seq} stands for itself.")
            before = self._tick(stored, apply_delta(before.columns, delta_from_bytes(stored.delta)))
            yield before

    def _tick(self, stored: StoredTick, graph: GraphColumns) -> Tick:
        return Tick(
            graph=self.graph,
            seq=stored.seq,
            at=stored.at,
            columns=graph,
            summary=record_from_json(PerformanceSummary, stored.head["summary"]),
            quality=record_from_json(Quality, stored.head["quality"]),
            interval_seconds=stored.head["interval_seconds"],
        )

    def _wait(self, hints: Hints) -> None:
        """Wait until there may be a tick of the process that reads."""
        until = time.monotonic() + POLL_SECONDS
        while not self.stop.is_set() and time.monotonic() < until:
            if hints.wait(_STEP_SECONDS, of=f"{self.graph} "):
                return
            if not hints.is_listening:
                self.stop.wait(_STEP_SECONDS)

    def _read(self) -> None:
        """Look at the live graph, and log what changed."""
        begun = time.monotonic()
        was_failing = self.trouble is not None
        try:
            sight = self.source.look()
        except SnapgraphError as error:
            _LOG.warning("live_graph_not_read", graph=self.graph, code=error.code)
            self.trouble = error
        else:
            self.trouble, self.read_at = None, sight.snapshot.captured_at
            self._log(sight)
        if self.lease is not None and was_failing != (self.trouble is not None):
            self._renew(self.lease)  # at once, for the other processes
        if self.trouble is not None:
            return
        self.interval_seconds = round(max(POLL_SECONDS, (time.monotonic() - begun) / READING_SHARE), 3)

    def _log(self, sight: Sight) -> None:
        """Write the next tick, unless nothing changed; when the lease was lost, the log has what another wrote."""
        lease, before = self.lease, self.current
        if lease is None:
            return
        delta = None if before is None else delta_between(before.columns, sight.graph, ignoring=self.source.volatile)
        if delta is not None and delta.is_empty:
            return
        header = sight.snapshot
        head = {
            "interval_seconds": self.interval_seconds,
            "summary": record_to_json(header.summary),
            "quality": record_to_json(header.quality),
        }
        body = None if delta is None else delta_to_bytes(delta)
        stored = StoredTick(seq=lease.seq + 1, at=header.captured_at, head=head, delta=body)
        is_due = delta is None or lease.state_seq is None or stored.seq - lease.state_seq >= feed.TICKS_PER_STATE
        state = graph_to_bytes(sight.graph) if is_due else None
        with self.store.begin() as tx:
            self.lease = feed.advance(tx, lease, stored, interval_seconds=self.interval_seconds, state=state)
        self.renewed_at = time.monotonic()
        if self.lease is not None:
            self.current = self._tick(stored, sight.graph)
