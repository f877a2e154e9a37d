"""The hub: one thread that owns every live socket, and says to each what it is to hear.

A thread for each socket does not carry (1,000 clients: p99 648 ms, 2,004 threads); this does (19 ms, 13 threads).
Nothing is queued for a reader but what is shared: ticks stand in one ring per live graph, a client has a cursor into
it, and when its socket is writable it gets one delta from its cursor to the head, which is written once for all whose
cursor stands there. So a slow reader costs nothing but its own freshness.
"""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from threading import Lock, Thread

import structlog

from snapgraph import __version__
from snapgraph.errors import MalformedRequestError, SnapgraphError
from snapgraph.live import protocol
from snapgraph.live.calls import Calls
from snapgraph.live.clients import Client
from snapgraph.live.conversation import Conversation
from snapgraph.live.feed import POLL_SECONDS, Feed, News
from snapgraph.live.followed import Followed
from snapgraph.live.frames import PING, CloseCode
from snapgraph.live.moments import Moment
from snapgraph.live.news import Listener
from snapgraph.live.places import HubLimits, Places
from snapgraph.live.sockets import Sockets
from snapgraph.live.usual import UsualFrames
from snapgraph.model.events import Event, SessionEnded, SnapshotDeleted, SnapshotEvent
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.sessions import Session
from snapgraph.model.ticks import Reading, Tick

__all__ = ["Hub"]

SILENT_SECONDS = 3.0 * protocol.HEARTBEAT_SECONDS
"""A client that answers no ping for so long is gone, whatever its connection says."""
SHUTDOWN_SECONDS = 2.0
"""What all have to take their close frames in when the service ends."""

_SWEEP_SECONDS = 0.5
_ROUNDS = int(protocol.HEARTBEAT_SECONDS / _SWEEP_SECONDS)
"""Sweeps between two pings of a client: each sweep sees to one in so many, so that pings never come all at once."""
_END_POLL_SECONDS = 0.1
_SEND_BUFFER_BYTES = 256 * 1024
"""Of the kernel, per socket: without a bound it keeps up to 4 MB for a reader that does not read."""

_LOG = structlog.get_logger(__name__)


class Hub:
    """Owns the sockets; its methods may be called from any thread, the rest happens in its own.

    Args:
        graphs: The live graphs that can be followed.
        feed: Where their ticks come from.
        news: What happens to snapshots.
        limits: How many sockets are held.

    Attributes:
        places: To be taken before a handshake; each comes back by itself when its socket is closed.
    """

    def __init__(self, graphs: Mapping[str, LiveGraph], feed: Feed, news: News, *, limits: HubLimits) -> None:
        self._graphs = graphs
        self._feed = feed
        self.places = Places(limits)
        self._lock = Lock()
        self._calls: Calls
        self._thread: Thread | None = None
        self._sockets: Sockets
        self._listener = Listener(news, self._publish)
        self._followed: dict[str, Followed] = {}
        self._conversation = Conversation(graphs, self._followed, self._follow)
        self._is_closing = False
        self._swept_at = 0.0
        self._round = 0

    # From any thread.

    def adopt(
        self,
        sock: socket.socket,
        *,
        remote: str,
        session: Session | None = None,
        stream: protocol.SubscribeMessage | None = None,
    ) -> None:
        """Take over a socket whose place is reserved and whose handshake is done.

        Args:
            sock: Nobody else may use it.
            remote: The address that the place was reserved for.
            session: That lets it in, and takes it along when it ends.
            stream: For server-sent events: what it follows.
        """
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        now = time.monotonic()
        client = Client(sock, remote=remote, is_stream=stream is not None, session=session, now=now)
        self._start()
        self._listener.start()
        self._calls.put(lambda: self._welcome(client, stream))

    def check_graph(self, name: str | None) -> str:
        """Give the live graph that is meant; the default one by ``None``.

        Raises:
            NotFoundError: There is none by that name.
        """
        return self._conversation.named(name)

    def moment(self, graph: str, seq: int | None) -> Moment | None:
        """Give a tick out of the ring: that of a number while it is there, else the newest.

        Args:
            graph: Name of a live graph.
            seq: ``None``: the newest.

        Returns:
            ``None`` when the graph is not followed here.
        """
        followed = self._followed.get(graph)
        if followed is None:
            return None
        return (None if seq is None else followed.ring.at(seq)) or followed.newest

    def end_session(self, session_id: str) -> None:
        """Close with 1008 what a session let in: it was logged out."""
        self._calls.put(lambda: self._end_those(lambda session: session.id == session_id))

    def close(self) -> None:
        """Close every socket with 1001 and end the thread; returns after at most 2 s."""
        self.places.close()
        with self._lock:
            self._is_closing = True
            thread = self._thread
        if thread is not None:
            self._calls.put(lambda: None)
            thread.join(SHUTDOWN_SECONDS + 1.0)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                _allow_files()
                self._calls = Calls()
                self._sockets = Sockets(self, self._calls.fd)
                self._thread = Thread(target=self._run, name="live-hub", daemon=True)
                self._thread.start()

    def _publish(self, event: Event) -> None:
        """Tell every subscriber of the live graph what happened to a snapshot; end the sockets of a session."""
        if isinstance(event, SessionEnded):
            self.end_session(event.session_id)
        else:
            self._calls.put(lambda: self._spread(event))

    # In the hub's thread.

    def _run(self) -> None:
        while not self._is_closing:
            self._sockets.wait(_SWEEP_SECONDS)
            for work in self._calls.taken():
                self._safely(work)
            now = time.monotonic()
            if now - self._swept_at >= _SWEEP_SECONDS:
                self._swept_at = now
                self._safely(lambda: self._sweep(time.monotonic()))
        self._end()

    def _welcome(self, client: Client, stream: protocol.SubscribeMessage | None) -> None:
        self._sockets.add(client)
        interval = max((each.interval_seconds for each in self._followed.values()), default=POLL_SECONDS)
        self._tell(
            client, (protocol.hello(version=__version__, graphs=tuple(self._graphs), interval_seconds=interval),)
        )
        if stream is not None and client in self._sockets:
            try:
                self._tell(client, self._conversation.subscribe(client, stream, client.heard_at))
            except SnapgraphError as error:
                self._tell(client, (protocol.error(error),))
            self.has_room(client)

    def _follow(self, graph: str) -> Followed:
        followed = self._followed.get(graph)
        if followed is None:
            followed = self._followed[graph] = Followed(self._graphs[graph])
        followed.start(
            self._feed,
            lambda tick: self._calls.put(lambda: self._on_tick(followed, tick)),
            lambda reading: self._calls.put(lambda: self._on_reading(followed, reading)),
            time.monotonic(),
        )
        return followed

    def _on_tick(self, followed: Followed, tick: Tick) -> None:
        before = followed.newest_seq
        alerts = followed.take(tick)
        usual_frame = UsualFrames(followed.ring, before)

        def tell(client: Client) -> None:
            if client.waiting is None:
                if piece := usual_frame(client):
                    self._sockets.send_at_once(client, piece)
                else:
                    self.has_room(client)
            if alerts:
                told = [each for one in client.subscriptions.values() for each in alerts.get(one.topic.name, ())]
                self._tell(client, told)

        self._sockets.each(tuple(followed.clients), tell)

    def _on_reading(self, followed: Followed, reading: Reading | SnapgraphError) -> None:
        now = time.monotonic()
        followed.note(reading, now)
        self._tell_reading(followed, now)

    def _tell_reading(self, followed: Followed, now: float) -> None:
        """Say at once that a graph is not read any more, or again, and not with the next heartbeat only."""
        status = followed.status(now)
        if status != followed.told:
            followed.told = status
            beat = self._heartbeat(now)
            self._sockets.each(tuple(followed.clients), lambda client: self._tell(client, (beat,)))

    def _heartbeat(self, now: float) -> protocol.Message:
        return protocol.heartbeat(datetime.now(UTC), [each.reading(now) for each in self._followed.values()])

    def _spread(self, event: SnapshotEvent) -> None:
        graph = event.graph if isinstance(event, SnapshotDeleted) else event.snapshot.graph
        followed = self._followed.get(graph)
        messages: dict[str, protocol.Message] = {}

        def tell(client: Client) -> None:
            topics = {each.topic.name for each in client.subscriptions.values() if each.topic.filter.graph == graph}
            for topic in topics - messages.keys():
                messages[topic] = protocol.snapshot_event(topic, event)
            self._tell(client, [messages[topic] for topic in topics])

        self._sockets.each(tuple(followed.clients) if followed else (), tell)

    def has_room(self, client: Client) -> None:
        """Send what each subscription lacks, unless something waits already: then when that is gone (a Speaker)."""
        for subscription in tuple(client.subscriptions.values()):
            if client.waiting is not None or client.closing_at is not None:
                return
            followed = self._followed[subscription.topic.filter.graph]
            if messages := followed.messages_for(subscription):
                self._tell(client, messages)

    def _tell(self, client: Client, messages: Iterable[protocol.Message]) -> None:
        self._sockets.send(client, [message.event if client.is_stream else message.frame for message in messages])

    def heard(self, client: Client, payload: bytes, now: float, *, is_text: bool) -> None:
        """Answer a message, as a :class:`Speaker`."""
        if not is_text:
            self._tell(client, (protocol.error(MalformedRequestError("Messages are text frames with JSON.")),))
            return
        self._tell(client, self._conversation.answer(client, payload, now))
        self.has_room(client)

    def left(self, client: Client, *, is_gone: bool) -> None:
        """End what a client follows, as a :class:`Speaker`."""
        self._conversation.leave(client)
        if is_gone:
            self.places.give_back(client.remote)

    @staticmethod
    def _safely(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (as above)
            _LOG.error("live_hub_failed", exc_info=error)

    def _sweep(self, now: float) -> None:
        """Look after those who do not read, do not answer, or whose time is over; a share of all at a time."""
        self._sockets.sweep(now)
        self._round = (self._round + 1) % _ROUNDS
        epoch = time.time()
        beat = self._heartbeat(now)

        def look_after(client: Client) -> None:
            if now - client.heard_at > SILENT_SECONDS and not client.is_stream:
                self._sockets.drop(client)
            elif client.waiting is None:
                self._sockets.send(client, (beat.event,) if client.is_stream else (PING, beat.frame))

        self._sockets.each([each for each in self._sockets if each.fd % _ROUNDS == self._round], look_after)
        self._end_those(lambda session: epoch >= session.ends_at)
        for followed in self._followed.values():
            self._tell_reading(followed, now)
            followed.rest(now)
        self._listener.rest(now, is_needed=bool(self._sockets))

    def _end_those(self, is_over: Callable[[Session], bool]) -> None:
        over = [each for each in self._sockets if each.session is not None and is_over(each.session)]
        self._sockets.each(over, lambda client: self._sockets.part(client, CloseCode.POLICY, "the session has ended"))

    def _end(self) -> None:
        """Tell all that the service goes away, wait a moment for those who read slowly, and close."""
        self._listener.stop()
        for followed in self._followed.values():
            followed.stop()
        self._sockets.each(
            self._sockets, lambda client: self._sockets.part(client, CloseCode.GOING_AWAY, "the server ends")
        )
        until = time.monotonic() + SHUTDOWN_SECONDS
        while self._sockets and time.monotonic() < until:
            self._sockets.wait(_END_POLL_SECONDS)
        self._sockets.close()
        self._calls.close()


def _allow_files() -> None:
    """Raise the number of open files to what this process may have: many systems begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
