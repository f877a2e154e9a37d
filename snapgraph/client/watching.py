"""The live stream from the client's side: the graph kept up by deltas, with a proof that none is missing.

Server-sent events carry the same messages as the websocket, over the HTTP connection that every other call uses. Each
delta says from which number to which it leads; one that does not begin where this client is, that adds what is there
or removes what is not, is never put on: the stream is opened anew and begins with a whole state.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx
import orjson

from snapgraph.client.transport import Request, Transport
from snapgraph.errors import IntegrityError, ServerUnavailableError, UnavailableError

__all__ = ["LiveFilter", "LiveUpdate", "WatchedGraph", "watch"]

EVENTS = "/api/performance/live/events"
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
"""Between two tries to come back: a server that restarts is back in seconds, one that is gone is not run over."""

SILENCE_SECONDS = 40.0
"""A heartbeat comes every 25 s: what is silent for longer is gone."""

Element = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFilter:
    """What of a live graph to watch; the server filters.

    Attributes:
        graph: The live graph by name.
        types: Relationship types; empty: all.
        nodes: Names or patterns (``order*``) of nodes; empty: all.
        min_value: Relationships with a lower value are left out.
        bottlenecks: Only what is over its threshold.
    """

    graph: str = "default"
    types: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    min_value: float | None = None
    bottlenecks: bool = False

    def query(self, since: int | None) -> list[tuple[str, str]]:
        """Give the parameters of a stream that goes on after ``since``."""
        pairs = [("graph", self.graph), *(("types", each) for each in self.types)]
        pairs += [("nodes", each) for each in self.nodes]
        if self.min_value is not None:
            pairs.append(("min_value", repr(self.min_value)))
        if self.bottlenecks:
            pairs.append(("bottlenecks", "true"))
        if since is not None:
            pairs.append(("since", str(since)))
        return pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveUpdate:
    """Something that happened.

    Attributes:
        kind: ``state`` (the whole graph, at first and when deltas could not go on), ``delta``, ``snapshot`` (captured,
            revised or deleted), ``alert`` (a bottleneck appeared or is gone), ``reading`` (the live graph cannot be
            read any more, or can again) or ``error`` (the server has trouble).
        message: As it came; of a delta in parts the parts put together.
        seq: Number of the graph that is watched, after this.
    """

    kind: str
    message: Mapping[str, Any]
    seq: int | None


@dataclass(slots=True, kw_only=True, eq=False)
class WatchedGraph:
    """The graph as the messages so far have it.

    Attributes:
        nodes: Node key -> element, as in ``graph_state``.
        relationships: Edge key -> element.
        seq: Its number; ``None`` before the first state.
        is_read: Whether the server reads it, so that it is how the live graph is now.
    """

    nodes: dict[str, Element] = field(default_factory=dict)
    relationships: dict[str, Element] = field(default_factory=dict)
    seq: int | None = None
    is_read: bool = True
    _trouble: str = ""
    _parts: list[Mapping[str, Any]] = field(default_factory=list)

    def resume(self) -> None:
        """Go on from :attr:`seq` on another connection: a delta of which only some parts came is told anew."""
        self._parts = []

    def take_state(self, message: Mapping[str, Any]) -> None:
        """Begin with a whole state."""
        self.nodes = {each["id"]: each for each in message["nodes"]}
        self.relationships = {each["key"]: each for each in message["relationships"]}
        self.seq = message["seq"]
        self._parts = []

    def take_delta(self, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Put a delta on, once its last part is there.

        Returns:
            The whole delta; ``None`` while parts are missing.

        Raises:
            IntegrityError: It does not go on from here; nothing is put on.
        """
        if message["seq_from"] != self.seq or message["part"] != len(self._parts) + 1:
            self._parts = []
            raise IntegrityError(
                f"The live stream is at {self.seq}, and part {message['part']} of {message['seq_from']} to "
                f"{message['seq_to']} came."
            )
        self._parts.append(message)
        if message["part"] < message["parts"]:
            return None
        whole = _whole(self._parts)
        self._parts = []
        nodes = _changed(self.nodes, whole["nodes"], "id")
        relationships = _changed(self.relationships, whole["relationships"], "key")
        self.nodes, self.relationships, self.seq = nodes, relationships, whole["seq_to"]
        return whole

    def take_reading(self, said: Mapping[str, Any]) -> bool:
        """Take in how reading goes; tell whether that is news."""
        before = self.is_read, self._trouble
        self.is_read, self._trouble = said["reading"], said.get("code", "")
        return before != (self.is_read, self._trouble)


def _whole(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    whole = dict(parts[-1], part=1, parts=1)
    for kind in ("nodes", "relationships"):
        names = ("added", "changed", "removed")
        whole[kind] = {name: [each for part in parts for each in part[kind][name]] for name in names}
    return whole


def _changed(known: Mapping[str, Element], changes: Mapping[str, Any], key: str) -> dict[str, Element]:
    added = {each[key]: each for each in changes["added"]}
    changed = {each[key]: each for each in changes["changed"]}
    removed = set(changes["removed"])
    if not known.keys().isdisjoint(added) or not known.keys() >= changed.keys() | removed:
        raise IntegrityError("A delta of the live stream speaks of elements that are not as it says.")
    return {name: each for name, each in known.items() if name not in removed} | added | changed


def watch(
    transport: Transport, wanted: LiveFilter, graph: WatchedGraph, *, stop: Event | None = None
) -> Iterator[LiveUpdate]:
    """Follow a live graph for as long as the caller reads; breaks are gone over by coming back.

    Args:
        transport: To the server.
        wanted: What to watch.
        graph: Kept up; look at it between two updates.
        stop: Ends the iteration, after the next message or within 40 s.

    Raises:
        SnapgraphError: The first connection fails, or the server refuses what is asked for.
    """
    stopping = stop or Event()
    pause = FIRST_PAUSE_SECONDS
    was_there = False
    while not stopping.is_set():
        try:
            for update in _connected(transport, wanted, graph, stopping):
                was_there, pause = True, FIRST_PAUSE_SECONDS
                yield update
        except IntegrityError:
            graph.seq = None  # begin with a state
        except UnavailableError:
            if not was_there:
                raise
        stopping.wait(pause * random.uniform(0.75, 1.25))  # noqa: S311 - no secret: so that not all come back in step
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _connected(transport: Transport, wanted: LiveFilter, graph: WatchedGraph, stopping: Event) -> Iterator[LiveUpdate]:
    """Give the updates of one connection, and end after any message, a heartbeat too, when it is to stop."""
    graph.resume()
    request = Request(method="GET", path=EVENTS, query=wanted.query(graph.seq), silence_seconds=SILENCE_SECONDS)
    with transport.stream(request) as response:
        for message in _messages(response):
            update = _taken(transport, wanted, graph, message)
            if update is not None:
                yield update
            if stopping.is_set():
                return
            if message["type"] == "state" and message["seq"] != graph.seq:
                return  # the state that was fetched is another one: go on from there


def _taken(
    transport: Transport, wanted: LiveFilter, graph: WatchedGraph, message: Mapping[str, Any]
) -> LiveUpdate | None:
    kind = message["type"]
    if kind == "state":
        if "href" in message:
            message = orjson.loads(transport.call(_address(message["href"])).content)
        graph.take_state(message)
    elif kind == "delta":
        whole = graph.take_delta(message)
        if whole is None:
            return None
        message = whole
    elif kind == "heartbeat":
        return _read(graph, message, wanted.graph)
    elif kind not in {"snapshot", "alert", "error"}:
        return None  # hello, subscribed, resync (a state follows), and what a newer server may say
    return LiveUpdate(kind=kind, message=message, seq=graph.seq)


def _read(graph: WatchedGraph, message: Mapping[str, Any], name: str) -> LiveUpdate | None:
    """Take from a heartbeat whether the graph is read; ``None`` when that is known."""
    said = next((each for each in message.get("graphs", ()) if each["graph"] == name), None)
    if said is None or not graph.take_reading(said):
        return None
    return LiveUpdate(kind="reading", message={"type": "reading", **said}, seq=graph.seq)


def _address(href: str) -> Request:
    url = httpx.URL(href)
    return Request(method="GET", path=url.path, query=url.params.multi_items())


def _messages(response: httpx.Response) -> Iterator[Mapping[str, Any]]:
    """Read server-sent events: those with data."""
    data: list[str] = []
    for line in response.iter_lines():
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            text, data = "\n".join(data), []
            try:
                message = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise ServerUnavailableError("The live stream broke off in the middle of a message.") from error
            if isinstance(message, dict) and isinstance(message.get("type"), str):
                yield message
