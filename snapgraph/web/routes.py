"""The route table: what a way in over HTTP is made of, as values that are served and described from one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from snapgraph.errors import SnapgraphError
from snapgraph.model.events import CrashPoint, Publish, no_crash, nobody
from snapgraph.model.sessions import Session
from snapgraph.runtime import Runtime
from snapgraph.web.guard import Guard
from snapgraph.web.parameters import Body, Query
from snapgraph.web.readiness import Readiness

__all__ = ["Answer", "Call", "Produces", "Route", "Service", "json_answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the composition root hands down to every handler.

    Attributes:
        runtime: The opened store and live graphs.
        guard: The doors.
        readiness: What is asked before traffic is sent here.
        publish: Where events go after the commit.
        at: Crash points of the fault tests.
    """

    runtime: Runtime
    guard: Guard
    readiness: Readiness
    publish: Publish = nobody
    at: CrashPoint = no_crash


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as far as handlers need it.

    Attributes:
        service: What the composition root hands down.
        now: When it came; aware, UTC.
        request_id: Ours or the caller's.
        headers: By lower-case name.
        query_string: As it came.
        remote: Address of the caller.
        is_secure: Whether it came over TLS.
        takes_gzip: Whether the caller unpacks gzip.
        cookie: Of the session, as it came.
        prefix: Under which the service stands, without the last slash: of the server (``SCRIPT_NAME``) or of a proxy.
    """

    service: Service
    now: datetime
    request_id: str
    headers: Mapping[str, str]
    query_string: str = ""
    remote: str = ""
    is_secure: bool = False
    takes_gzip: bool = False
    cookie: str = ""
    prefix: str = ""

    @property
    def runtime(self) -> Runtime:
        """The opened store and live graphs."""
        return self.service.runtime

    @property
    def session(self) -> Session | None:
        """The session of the cookie, when that is valid."""
        return self.service.guard.session(self.cookie, self.now.timestamp())

    def address(self, path: str) -> str:
        """Give the address of a path of ours as the caller sees it: what goes into headers."""
        return f"{self.prefix}{path}"

    @property
    def actor(self) -> str:
        """Who asks, for the audit: there are no users, so by which way and from where."""
        is_token = self.service.guard.token is not None and "authorization" in self.headers
        way = "token" if is_token else "session" if self.session is not None else "anonymous"
        return f"{way} {self.remote}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a handler gives back.

    Attributes:
        status: HTTP status.
        body: Whole, or in pieces.
        media_type: Of the body; ``None`` without one.
        headers: Beside those that every answer has.
        after: Called once the answer is sent.
    """

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] | None = None


def json_answer(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, after: Callable[[], None] | None = None
) -> Answer:
    """Answer with JSON."""
    return Answer(
        status=status, body=orjson.dumps(value), media_type="application/json", headers=headers or {}, after=after
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Produces:
    """One way in which a route answers, for the OpenAPI document.

    Attributes:
        status: HTTP status.
        description: A sentence.
        content: Media type -> JSON schema.
        headers: Name -> description.
    """

    status: int
    description: str
    content: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method on one path.

    Attributes:
        method: ``GET``, ``POST`` …; HEAD and OPTIONS come by themselves.
        path: As in OpenAPI: ``/api/performance/snapshots/{snapshot_id}``.
        handler: Called with the :class:`Call`, the parts of the path by name, and ``query`` and ``body`` where given.
        operation_id: Its name for generated clients.
        summary: A few words.
        description: What a user has to know; Markdown.
        tag: The chapter of the documentation.
        parts: Name of each variable part of the path -> description.
        query: What the query string may say.
        body: What the JSON body may say; always optional to send unless ``body_required``.
        body_required: Whether a request without a body is refused.
        request_headers: Name -> (description, JSON schema) of headers that it reads.
        produces: Its good answers.
        errors: Its bad answers, beside those that every route has.
        is_open: Answered without a token and for every Host (probes).
    """

    method: str
    path: str
    handler: Callable[..., Answer]
    operation_id: str
    summary: str
    description: str = ""
    tag: str
    parts: Mapping[str, str] = field(default_factory=dict)
    query: type[Query] = Query
    body: type[Body] | None = None
    body_required: bool = False
    request_headers: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    produces: tuple[Produces, ...]
    errors: tuple[type[SnapgraphError], ...] = ()
    is_open: bool = False
