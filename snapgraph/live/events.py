"""What is asked for over plain HTTP: server-sent events, which are one subscription, and a state that is too large."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from snapgraph.errors import BusyError, InvalidInputError, Problem
from snapgraph.live.filters import TopicFilter
from snapgraph.live.hub import Hub
from snapgraph.live.protocol import SubscribeMessage
from snapgraph.live.topics import STATE_PATH, Topic
from snapgraph.web.parameters import PLAIN_INTEGER, PLAIN_NUMBER, Flag, Query, Text, read_query
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["EVENTS_HEAD", "EVENTS_PATH", "LIVE_PATH", "EventsQuery", "StateQuery", "live_routes", "read_wish"]

LIVE_PATH = "/api/performance/live"
EVENTS_PATH = "/api/performance/live/events"

EVENTS_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: text/event-stream\r\n"
    b"Cache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\n"  # nginx would hold events back
    b"X-Content-Type-Options: nosniff\r\n"
    b"Connection: close\r\n\r\n"
    b"retry: 2000\n\n"
)
"""Written by hand: the worker that took the request is done with it before the first event."""

_EVENTS_ID = "events"
_MOST = 100
_DIGITS = 18


class _Filtered(Query):
    """What to show; the same conditions as in ``subscribe``."""

    graph: Text | None = None
    """The live graph by name; unset: ``default``, or the only one there is."""
    types: Annotated[tuple[Text, ...], Field(max_length=_MOST)] = ()
    """Relationship types; repeat it for several."""
    nodes: Annotated[tuple[Text, ...], Field(max_length=_MOST)] = ()
    """Names or patterns of nodes; repeat it for several."""
    min_value: Annotated[float | None, PLAIN_NUMBER] = None
    """Relationships with a lower value, or none, are left out."""
    bottlenecks: Flag = False
    """Only what is over its threshold."""


class EventsQuery(_Filtered):
    """A subscription."""

    since: Annotated[int | None, Field(ge=0), PLAIN_INTEGER] = None
    """The last ``seq`` that was seen; ``Last-Event-ID`` goes before it."""


class StateQuery(_Filtered):
    """A topic at a moment."""

    seq: Annotated[int | None, Field(ge=0), PLAIN_INTEGER] = None
    """Of which moment, while the replay log has it; else, and without it, the newest."""


def read_wish(raw: bytes, last_event_id: str | None) -> SubscribeMessage:
    """Read what a stream of events is to follow.

    Args:
        raw: The query string.
        last_event_id: The header by which a browser goes on after a break.

    Raises:
        InvalidInputError: With the parameter that is wrong.
    """
    query = read_query(EventsQuery, raw, now=datetime.now(UTC))
    since = query.since
    if last_event_id:
        if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= _DIGITS):
            detail = "Last-Event-ID should be the id of an event of this stream"
            raise InvalidInputError(detail, problems=(Problem(pointer="Last-Event-ID", detail=detail),))
        since = int(last_event_id)
    return SubscribeMessage(
        type="subscribe",
        id=_EVENTS_ID,
        graph=query.graph,
        types=list(query.types),
        nodes=list(query.nodes),
        min_value=query.min_value,
        bottlenecks=query.bottlenecks,
        since=since,
    )


def live_routes(hub: Hub, document: Mapping[str, Any]) -> tuple[Route, ...]:
    """Make the routes of the stream that are plain HTTP.

    Args:
        hub: Has the ticks.
        document: The AsyncAPI document.
    """

    def give_document(_call: Call) -> Answer:
        return json_answer(document, headers={"Cache-Control": "no-cache"})

    def give_state(_call: Call, *, query: StateQuery) -> Answer:
        name = hub.check_graph(query.graph)
        moment = hub.moment(name, query.seq)
        if moment is None:
            raise BusyError("Nobody follows this live graph here: subscribe first.", retry_after_seconds=1)
        filter_ = TopicFilter.of(
            name, types=query.types, nodes=query.nodes, min_value=query.min_value, bottlenecks=query.bottlenecks
        )
        return Answer(body=Topic(filter_).document(moment), media_type="application/json")

    return (
        Route(
            method="GET",
            path="/asyncapi.json",
            handler=give_document,
            operation_id="asyncapi",
            summary="The live stream as AsyncAPI 3",
            tag="service",
            produces=(Produces(status=200, description="It.", content={"application/json": {"type": "object"}}),),
        ),
        Route(
            method="GET",
            path=STATE_PATH,
            handler=give_state,
            operation_id="liveState",
            summary="A state of the live stream that is too large for a frame",
            description="`href` of a `state` leads here.",
            tag="live graphs",
            query=StateQuery,
            produces=(
                Produces(status=200, description="The state.", content={"application/json": {"type": "object"}}),
            ),
            errors=(BusyError,),
        ),
    )
