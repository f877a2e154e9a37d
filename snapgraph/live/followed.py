"""One live graph that somebody follows: its ring, its topics, its subscribers, and the thread that feeds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import structlog

from snapgraph.errors import SnapgraphError
from snapgraph.live import protocol
from snapgraph.live.clients import Client, Subscription
from snapgraph.live.differences import Differences
from snapgraph.live.feed import POLL_SECONDS, Feed
from snapgraph.live.filters import TopicFilter
from snapgraph.live.moments import Moment
from snapgraph.live.protocol import Message
from snapgraph.live.ring import MAX_TICKS, Ring
from snapgraph.live.topics import Topic
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.ticks import Reading, Tick

__all__ = ["Followed"]

MAX_ALERTS = 100
"""Per tick; when everything breaks at once, the state says it better."""
IDLE_SECONDS = 30.0
"""A graph is read on for so long after its last subscriber, who may come back and go on from where they were."""
LATE_SECONDS = 5.0
LATE_INTERVALS = 4
"""A graph that was not read for so long is told to be late: whatever the reason, what is shown may be wrong."""
KEPT_SECONDS = 600.0
"""The ring is kept for so long after the last subscriber: as long as it goes back at one tick a second."""
_LONGEST_PAUSE_SECONDS = 30.0
_WELL = (True, "")

_LOG = structlog.get_logger(__name__)


class Followed:
    """What the hub keeps of one live graph; only the hub's thread touches it, but for the feeding thread's loop.

    Attributes:
        definition: How the graph is read.
        ring: Its last ticks.
        clients: Those with a subscription to it.
        idle_since: Since when there are none, by the monotonic clock.
        told: What the clients know of how reading goes.
    """

    def __init__(self, definition: LiveGraph, *, most_ticks: int = MAX_TICKS) -> None:
        self.definition = definition
        self.ring = Ring(most_ticks=most_ticks)
        self.clients: set[Client] = set()
        self.idle_since: float | None = None
        self.told = _WELL
        self._reading: Reading | None = None
        self._read_at = 0.0
        self._topics: dict[str, tuple[Topic, int]] = {}
        self._stop: Event | None = None
        self._differences = Differences()
        self._is_current = False

    def topic(self, filter_: TopicFilter) -> Topic:
        """Give the topic of a filter, the same to all who ask; give it back by :meth:`leave`."""
        topic, users = self._topics.get(filter_.topic) or (Topic(filter_, self._differences), 0)
        self._topics[topic.name] = topic, users + 1
        return topic

    def leave(self, topic: Topic) -> None:
        """Give a topic back; the last one takes its messages with it."""
        users = self._topics[topic.name][1] - 1
        if users:
            self._topics[topic.name] = topic, users
        else:
            del self._topics[topic.name]

    def messages_for(self, subscription: Subscription) -> Sequence[Message]:
        """Say what brings a subscription up to date, and move its cursor there."""
        head = self.newest
        if head is None or subscription.cursor == head.tick.seq:
            return ()
        cursor, topic = subscription.cursor, subscription.topic
        before = None if cursor is None else self.ring.at(cursor)
        if before is not None and not subscription.reason:
            subscription.cursor = head.tick.seq
            return topic.deltas(before, head)
        reason = subscription.reason or ("" if cursor is None else f"seq {cursor} is not in the replay log")
        subscription.cursor, subscription.reason = head.tick.seq, ""
        state = topic.state(head)
        return (protocol.resync(topic.name, reason), state) if reason else (state,)

    @property
    def newest(self) -> Moment | None:
        """The graph as it is; ``None`` until the first tick since it is followed (again): the ring may be old."""
        return self.ring.newest if self._is_current else None

    @property
    def newest_seq(self) -> int | None:
        """Number of the last tick."""
        return None if self.ring.newest is None else self.ring.newest.tick.seq

    def take(self, tick: Tick) -> dict[str, list[Message]]:
        """Put a tick into the ring.

        Returns:
            Topic -> its alerts.
        """
        before, after = self.newest, Moment(tick=tick, definition=self.definition)
        self._is_current = True
        if not self.ring.put(after) or before is None:
            return {}
        told = {name: list(_alerts(topic, before, after)) for name, (topic, _) in self._topics.items()}
        return {name: messages for name, messages in told.items() if messages}

    def note(self, reading: Reading | SnapgraphError, now: float) -> None:
        """Take in how reading goes; an error says that nobody can even ask.

        Args:
            reading: As the feed says it.
            now: By the monotonic clock.
        """
        if isinstance(reading, Reading):
            self._reading = reading
            if reading.read_at is not None:
                self._read_at = now - reading.age_seconds
            return
        before = self._reading
        self._reading = Reading(
            graph=self.definition.name,
            read_at=before.read_at if before else None,
            failing_since=(before and before.failing_since) or datetime.now(UTC),
            code=reading.code,
            detail=str(reading),
        )

    def is_read(self, now: float) -> bool:
        """Tell whether what is shown is how the graph is now, give or take a tick."""
        is_failing = self._reading is not None and self._reading.failing_since is not None
        return not is_failing and now - self._read_at <= max(LATE_SECONDS, LATE_INTERVALS * self.interval_seconds)

    def status(self, now: float) -> tuple[bool, str]:
        """Give what is worth a message of its own when it changes: whether the graph is read, and why not."""
        return self.is_read(now), "" if self._reading is None else self._reading.code

    def reading(self, now: float) -> Mapping[str, Any] | None:
        """Say how reading goes, as heartbeats do; ``None`` while nobody reads."""
        if self._stop is None:
            return None
        known = self._reading or Reading(graph=self.definition.name, read_at=None)
        return protocol.reading(known, is_read=self.is_read(now), age_seconds=now - self._read_at)

    def start(
        self, feed: Feed, put: Callable[[Tick], None], report: Callable[[Reading | SnapgraphError], None], now: float
    ) -> None:
        """Begin to follow, in a thread of its own, unless that runs already.

        Args:
            feed: Where ticks come from.
            put: Takes each tick; called in that thread.
            report: Takes how reading goes, and what goes wrong; called in that thread.
            now: By the monotonic clock.
        """
        self.idle_since = None
        if self._stop is None:
            self._stop = Event()
            self._reading, self._read_at, self.told = None, now, _WELL
            arguments = (feed, self.definition.name, self._stop, put, report)
            Thread(target=_follow, args=arguments, name=f"live-{self.definition.name}", daemon=True).start()

    @property
    def interval_seconds(self) -> float:
        """How long from one tick to the next, as things stand."""
        return POLL_SECONDS if self.ring.newest is None else self.ring.newest.tick.interval_seconds

    def rest(self, now: float) -> None:
        """Stop following when nobody has subscribed for a while; called now and then."""
        if self.clients:
            self.idle_since = None
        elif self.idle_since is None:
            self.idle_since = now
        elif now - self.idle_since >= IDLE_SECONDS:
            self.stop()
            if now - self.idle_since >= KEPT_SECONDS and len(self.ring):
                self.ring, self._differences = self.ring.emptied(), Differences()

    def stop(self) -> None:
        """Have the thread end after its next tick."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None
        self._is_current = False  # whatever came since: nobody sees to it that it stays so


def _follow(
    feed: Feed,
    graph: str,
    stop: Event,
    put: Callable[[Tick], None],
    report: Callable[[Reading | SnapgraphError], None],
) -> None:
    pause = 1.0
    while not stop.is_set():
        try:
            for tick in feed.follow(graph, stop=stop, report=report):
                put(tick)
                pause = 1.0
        except SnapgraphError as error:
            report(error)
        except Exception as error:  # noqa: BLE001  (a mistake of ours must not end the stream for good and silently)
            _LOG.exception("live_feed_failed", graph=graph, exc_info=error)
            report(SnapgraphError())
        stop.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _alerts(topic: Topic, before: Moment, after: Moment) -> Iterator[Message]:
    """Tell which bottlenecks of a topic have appeared and gone."""
    was = {(each.key, each.metric): each for each in before.worst if topic.filter.admits(each)}
    is_ = {(each.key, each.metric): each for each in after.worst if topic.filter.admits(each)}
    appeared = [each for name, each in is_.items() if name not in was]
    gone = [each for name, each in was.items() if name not in is_]
    for each in appeared[:MAX_ALERTS]:
        yield protocol.alert(topic.name, topic.filter.graph, after.tick.seq, "appeared", each)
    for each in gone[:MAX_ALERTS]:
        yield protocol.alert(topic.name, topic.filter.graph, after.tick.seq, "gone", each)
