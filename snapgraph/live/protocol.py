"""The messages of the live stream: those of clients, checked; those of the server, written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from snapgraph.engine.formats.headers import snapshot_to_json
from snapgraph.engine.formats.records import record_to_json
from snapgraph.engine.formats.values import time_to_text
from snapgraph.errors import InvalidInputError, Problem, SnapgraphError
from snapgraph.live.filters import TopicFilter
from snapgraph.live.frames import MAX_MESSAGE_BYTES, Opcode, frame
from snapgraph.model.events import SnapshotCaptured, SnapshotDeleted, SnapshotEvent
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.ticks import Reading
from snapgraph.web.parameters import Body, read_body
from snapgraph.web.strict_json import read_json

__all__ = [
    "HEARTBEAT_SECONDS",
    "MAX_FRAME_BYTES",
    "MAX_SUBSCRIPTIONS",
    "MESSAGES_A_MINUTE",
    "PROTOCOL",
    "ClientMessage",
    "Message",
    "PingMessage",
    "ResyncMessage",
    "SubscribeMessage",
    "UnsubscribeMessage",
    "alert",
    "error",
    "heartbeat",
    "hello",
    "pong",
    "read_message",
    "reading",
    "resync",
    "snapshot_event",
    "subscribed",
    "unsubscribed",
]

PROTOCOL = "snapgraph.v1"
"""The websocket subprotocol."""
HEARTBEAT_SECONDS = 25
"""Proxies close what is silent for 30 to 60 s."""
MAX_FRAME_BYTES = 256 * 1024
"""Of one message to a client; a larger delta goes out in parts, a larger state is fetched over HTTP."""
MESSAGES_A_MINUTE = 100
"""From one client; a person who types in a filter sends about two a second, for some seconds."""
MAX_SUBSCRIPTIONS = 16
"""On one socket."""

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]


class SubscribeMessage(Body):
    """Asks for a live graph, or changes what an id asks for."""

    type: Literal["subscribe"]
    id: Id
    """Of the client's choice; it comes back in ``subscribed`` and in errors. An id in use is replaced."""
    graph: Name | None = None
    """Unset: ``default``, or the only one there is."""
    types: Annotated[list[Name], Field(max_length=100)] | None = None
    """Relationship types; unset: all."""
    nodes: Annotated[list[Name], Field(max_length=100)] | None = None
    """Names or patterns of nodes; unset: all."""
    min_value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """Relationships with a lower value, or none, are left out."""
    bottlenecks: bool | None = None
    """Only what is over its threshold."""
    since: Annotated[int, Field(ge=0)] | None = None
    """The last ``seq`` that was seen: go on from there."""

    def filter(self, graph: str) -> TopicFilter:
        """Bring the conditions into their canonical form."""
        return TopicFilter.of(
            graph,
            types=self.types or (),
            nodes=self.nodes or (),
            min_value=self.min_value,
            bottlenecks=bool(self.bottlenecks),
        )


class UnsubscribeMessage(Body):
    """Ends a subscription."""

    type: Literal["unsubscribe"]
    id: Id
    """Of a subscription."""


class ResyncMessage(Body):
    """Asks for a full state."""

    type: Literal["resync"]
    id: Id
    """Of a subscription."""


class PingMessage(Body):
    """Asks for a sign of life, for programs that cannot send ping frames (browsers)."""

    type: Literal["ping"]


ClientMessage = SubscribeMessage | UnsubscribeMessage | ResyncMessage | PingMessage

_MESSAGES: Mapping[str, type[ClientMessage]] = {
    "subscribe": SubscribeMessage,
    "unsubscribe": UnsubscribeMessage,
    "resync": ResyncMessage,
    "ping": PingMessage,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Message:
    """A message of the server, written once and framed once for each way out.

    Attributes:
        type: As on the wire.
        json: One JSON text without newlines.
        seq: What ``Last-Event-ID`` says after it.
    """

    type: str
    json: bytes
    seq: int | None = None

    @cached_property
    def frame(self) -> bytes:
        """As a websocket frame."""
        return frame(Opcode.TEXT, self.json)

    @cached_property
    def event(self) -> bytes:
        """As a server-sent event."""
        number = b"" if self.seq is None else b"id: %d\n" % self.seq
        return b"%sevent: %s\ndata: %s\n\n" % (number, self.type.encode(), self.json)


def read_message(raw: bytes) -> ClientMessage:
    """Read what a client sent.

    Raises:
        InvalidInputError: It is no message of this protocol; the problems say what to do.
    """
    value = read_json(raw)
    kind = value.get("type") if isinstance(value, dict) else None
    model = _MESSAGES.get(kind) if isinstance(kind, str) else None
    if model is None:
        detail = f"a message is an object whose type is one of {', '.join(_MESSAGES)}"
        raise InvalidInputError(detail, problems=(Problem(pointer="/type", detail=detail, allowed=tuple(_MESSAGES)),))
    return read_body(model, value)


def hello(*, version: str, graphs: Sequence[str], interval_seconds: float) -> Message:
    """Greet: the first message on every socket."""
    limits = {
        "message_bytes": MAX_MESSAGE_BYTES,
        "frame_bytes": MAX_FRAME_BYTES,
        "messages_per_minute": MESSAGES_A_MINUTE,
        "subscriptions": MAX_SUBSCRIPTIONS,
    }
    return _message(
        "hello",
        server=f"snapgraph {version}",
        protocol=PROTOCOL,
        heartbeat_seconds=HEARTBEAT_SECONDS,
        interval_seconds=interval_seconds,
        graphs=list(graphs),
        limits=limits,
    )


def subscribed(id_: str, filter_: TopicFilter) -> Message:
    """Confirm a subscription; from now on frames carry its topic."""
    return _message("subscribed", id=id_, topic=filter_.topic, graph=filter_.graph, filter=filter_.as_json())


def unsubscribed(id_: str) -> Message:
    """Confirm the end of a subscription."""
    return _message("unsubscribed", id=id_)


def resync(topic: str, reason: str) -> Message:
    """Say that the deltas do not go on from what the client has; a state follows."""
    return _message("resync", topic=topic, reason=reason)


def reading(known: Reading, *, is_read: bool, age_seconds: float) -> Mapping[str, Any]:
    """Say how the reading of a live graph goes.

    Args:
        known: What its reader has said last.
        is_read: Whether what is shown is how the graph is now.
        age_seconds: How long ago it was read.
    """
    said: dict[str, Any] = {
        "graph": known.graph,
        "reading": is_read,
        "read_at": None if known.read_at is None else time_to_text(known.read_at),
        "age_seconds": None if known.read_at is None else round(age_seconds, 1),
    }
    if known.failing_since is not None:
        said |= {"since": time_to_text(known.failing_since), "code": known.code, "detail": known.detail}
    return said


def heartbeat(at: datetime, readings: Iterable[Mapping[str, Any] | None]) -> Message:
    """Show life where nothing else is sent, and say how reading goes."""
    return _message("heartbeat", at=time_to_text(at), graphs=[each for each in readings if each is not None])


def pong() -> Message:
    """Answer a ping."""
    return _message("pong")


def error(problem: SnapgraphError, id_: str | None = None) -> Message:
    """Refuse a message; the socket stays open."""
    problems = [
        {"pointer": each.pointer, "detail": each.detail, "allowed": list(each.allowed)} for each in problem.problems
    ]
    named = {} if id_ is None else {"id": id_}
    return _message("error", **named, code=problem.code, detail=str(problem), problems=problems)


def alert(topic: str, graph: str, seq: int, event: Literal["appeared", "gone"], bottleneck: Bottleneck) -> Message:
    """Tell that a bottleneck has appeared or gone."""
    return _message("alert", topic=topic, graph=graph, seq=seq, event=event, bottleneck=record_to_json(bottleneck))


def snapshot_event(topic: str, event: SnapshotEvent) -> Message:
    """Tell that a snapshot was captured, revised or deleted."""
    if isinstance(event, SnapshotDeleted):
        return _message("snapshot", topic=topic, graph=event.graph, event="deleted", snapshot_id=event.snapshot_id)
    name = "captured" if isinstance(event, SnapshotCaptured) else "revised"
    header = snapshot_to_json(event.snapshot)
    return _message("snapshot", topic=topic, graph=event.snapshot.graph, event=name, snapshot=header)


def _message(type_: str, **members: Any) -> Message:
    try:
        text = orjson.dumps({"type": type_, **members})
    except TypeError:  # a sentence that quotes a lone surrogate
        detail = str(members.get("detail", "")).encode("utf-8", "replace").decode()
        text = orjson.dumps({"type": type_, **members, "detail": detail, "problems": []})
    return Message(type=type_, json=text)
