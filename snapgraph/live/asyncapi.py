"""The AsyncAPI 3 document of the live stream, written from what is sent and taken: ``/asyncapi.json``."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel

from snapgraph import __version__
from snapgraph.engine.formats.records import record_schema
from snapgraph.engine.formats.schemas import header_schema, snapshot_schema
from snapgraph.live.events import EVENTS_PATH, LIVE_PATH, EventsQuery, StateQuery
from snapgraph.live.protocol import (
    PROTOCOL,
    PingMessage,
    ResyncMessage,
    SubscribeMessage,
    UnsubscribeMessage,
)
from snapgraph.live.topics import STATE_PATH
from snapgraph.model.snapshots import Bottleneck, Quality

__all__ = ["asyncapi_document"]

_Schema = dict[str, Any]

_TEXT: Mapping[str, Any] = {"type": "string"}
_WHOLE: Mapping[str, Any] = {"type": "integer", "minimum": 0}
_NUMBER: Mapping[str, Any] = {"type": "number", "minimum": 0}
_TIME: Mapping[str, Any] = {"type": "string", "format": "date-time"}

_CLIENT: Mapping[str, type[BaseModel]] = {
    "subscribe": SubscribeMessage,
    "unsubscribe": UnsubscribeMessage,
    "resync": ResyncMessage,
    "ping": PingMessage,
}
_STREAMED = ("hello", "subscribed", "state", "delta", "snapshot", "alert", "resynced", "heartbeat", "error")


def asyncapi_document() -> dict[str, Any]:
    """Give the document; needs no server and no settings."""
    told = _server_messages()
    asked = {name: _described(model) for name, model in _CLIENT.items()}
    channels = {
        "live": _channel(LIVE_PATH, "The websocket.", [*told, *asked], query=None),
        "events": _channel(EVENTS_PATH, "Server-sent events: one subscription.", _STREAMED, query=EventsQuery),
        "state": _channel(STATE_PATH, "A state that is too large for a frame, by GET.", ["state"], query=StateQuery),
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "snapgraph live stream",
            "version": __version__,
            "description": "A live graph as it moves: a full state, then numbered deltas without a gap.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {"host": "127.0.0.1:8000", "protocol": "ws", "description": f"Subprotocol {PROTOCOL}, or none."}
        },
        "channels": channels,
        "operations": {
            "tell": _operation("send", "live", "What the server says.", told),
            "ask": _operation("receive", "live", "What a client may say.", asked),
            "stream": _operation("send", "events", "What the server says, as events.", _STREAMED),
            "fetch": _operation("send", "state", "The state.", ["state"]),
        },
        "components": {"messages": {name: _message(name, schema) for name, schema in {**told, **asked}.items()}},
    }


def _channel(address: str, description: str, messages: Any, *, query: type[BaseModel] | None) -> _Schema:
    binding: _Schema = {"method": "GET"}
    if query is not None:
        binding["query"] = _plain(query.model_json_schema())
    return {
        "address": address,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws" if query is None else "http": binding},
    }


def _operation(action: str, channel: str, summary: str, messages: Any) -> _Schema:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _message(name: str, schema: _Schema) -> _Schema:
    return {"name": name, "summary": schema.pop("description"), "payload": schema}


def _described(model: type[BaseModel]) -> _Schema:
    return _plain(model.model_json_schema())


def _plain(schema: _Schema) -> _Schema:
    """Leave the titles out that pydantic makes of the names."""
    plain = {key: value for key, value in schema.items() if key != "title"}
    plain["properties"] = {
        name: {key: value for key, value in each.items() if key != "title"}
        for name, each in schema.get("properties", {}).items()
    }
    return plain


def _object(description: str, **members: Any) -> _Schema:
    return {
        "type": "object",
        "description": description,
        "required": list(members),
        "properties": {name: dict(schema) for name, schema in members.items()},
    }


def _said(type_: str, description: str, optional: Mapping[str, Any] | None = None, **members: Any) -> _Schema:
    said = _object(description, type={"const": type_}, **members)
    said["properties"].update(optional or {})
    return said


def _server_messages() -> dict[str, _Schema]:
    node, relationship = _elements()
    topic = {"topic": _TEXT, "graph": _TEXT}
    clock = {"at": _TIME, "interval_seconds": _NUMBER}
    summary = header_schema()["properties"]["performance_summary"]
    lists = {"nodes": _list(node), "relationships": _list(relationship)}
    return {
        "hello": _hello(),
        "subscribed": _said("subscribed", "The subscription stands.", id=_TEXT, **topic, filter={"type": "object"}),
        "unsubscribed": _said("unsubscribed", "The subscription has ended.", id=_TEXT),
        "state": _said(
            "state",
            "All that the filter shows; `href` instead of the two lists when that is larger than a frame.",
            optional={**lists, "href": {"type": "string", "format": "uri-reference"}},
            **topic,
            seq=_WHOLE,
            **clock,
            summary=summary,
            quality=record_schema(Quality),
        ),
        "delta": _said(
            "delta",
            "What came, changed and went; the parts of one delta are applied together.",
            **topic,
            seq_from=_WHOLE,
            seq_to=_WHOLE,
            **clock,
            part={"type": "integer", "minimum": 1},
            parts={"type": "integer", "minimum": 1},
            nodes=_moved(node),
            relationships=_moved(relationship),
            summary=summary,
        ),
        **_occasions(topic),
        "resynced": _said(
            "resync", "The deltas do not go on from what you have; a state follows.", topic=_TEXT, reason=_TEXT
        ),
        "heartbeat": _said(
            "heartbeat",
            "The server lives; how the reading of each live graph goes that is followed. Every 25 s, with each "
            "subscription, and at once when a graph is not read any more or again.",
            at=_TIME,
            graphs=_list(_reading()),
        ),
        "pong": _said("pong", "The answer to a ping."),
        "error": _error(),
    }


def _occasions(topic: Mapping[str, Any]) -> dict[str, _Schema]:
    return {
        "snapshot": _said(
            "snapshot",
            "A snapshot was captured, revised or deleted.",
            optional={"snapshot": _header(), "snapshot_id": _TEXT},
            **topic,
            event={"enum": ["captured", "revised", "deleted"]},
        ),
        "alert": _said(
            "alert",
            "A bottleneck has appeared or gone.",
            **topic,
            seq=_WHOLE,
            event={"enum": ["appeared", "gone"]},
            bottleneck=record_schema(Bottleneck),
        ),
    }


def _hello() -> _Schema:
    limits = dict.fromkeys(("message_bytes", "frame_bytes", "messages_per_minute", "subscriptions"), _WHOLE)
    return _said(
        "hello",
        "The first message on every socket.",
        server=_TEXT,
        protocol={"const": PROTOCOL},
        heartbeat_seconds=_WHOLE,
        interval_seconds=_NUMBER,
        graphs=_list(_TEXT),
        limits=_object("What this server takes and sends.", **limits),
    )


def _reading() -> _Schema:
    said = _object(
        "How the reading of a live graph goes.",
        graph=_TEXT,
        reading={"type": "boolean", "description": "Whether what was sent is how the graph is now."},
        read_at={**_TIME, "type": ["string", "null"], "description": "When it was read last, changed or not."},
        age_seconds={**_NUMBER, "type": ["number", "null"], "description": "How long before `at` that was."},
    )
    said["properties"] |= {
        "since": {**_TIME, "description": "Since when it cannot be read, when it is known why."},
        "code": {**_TEXT, "description": "Why: `live_graph_unavailable` when Neo4j is away."},
        "detail": dict(_TEXT),
    }
    return said


def _error() -> _Schema:
    problem = _object("One thing that is wrong.", pointer=_TEXT, detail=_TEXT, allowed=_list(_TEXT))
    return _said(
        "error",
        "A message was refused; the socket stays open.",
        optional={"id": dict(_TEXT)},
        code=_TEXT,
        detail=_TEXT,
        problems=_list(problem),
    )


def _elements() -> tuple[_Schema, _Schema]:
    """Take the shapes of a node and a relationship from the snapshot; the latter has its key beside."""
    graph_state = snapshot_schema()["properties"]["graph_state"]["properties"]
    node, relationship = (deepcopy(graph_state[name]["items"]) for name in ("nodes", "relationships"))
    relationship["properties"]["key"] = dict(_TEXT)
    relationship["required"] = [*relationship["required"], "key"]
    return node, relationship


def _header() -> _Schema:
    return {name: value for name, value in header_schema().items() if name != "$schema"}


def _list(items: Mapping[str, Any]) -> _Schema:
    return {"type": "array", "items": dict(items)}


def _moved(element: _Schema) -> _Schema:
    return _object("Keys of what went.", added=_list(element), changed=_list(element), removed=_list(_TEXT))
