"""The ways in: checks before the handshake, flask-sock for the handshake itself, then the socket goes to the hub.

The worker that shook hands keeps a dummy in place of the socket, whose other end is closed already: whatever it still
does to it (it shuts it down) ends at once. With an open one, workers hung.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from flask_sock import Sock
from simple_websocket import Server

from snapgraph.errors import InvalidInputError, MalformedRequestError, SnapgraphError, UnavailableError
from snapgraph.live.events import EVENTS_HEAD, EVENTS_PATH, LIVE_PATH, read_wish
from snapgraph.live.hub import Hub
from snapgraph.live.protocol import PROTOCOL, SubscribeMessage
from snapgraph.model.sessions import Session
from snapgraph.web.guard import SESSION_COOKIE, Guard, Visit

__all__ = ["serve_live"]

_SOCKET_NAMES = ("gunicorn.socket", "werkzeug.socket")
_WEBSOCKET, _EVENTS = _ENDPOINTS = ("live", "live_events")
_KEY_BYTES = 16
_VERSION = "13"


class _NoThread:
    """Stands in for the receiver thread of simple-websocket, which would eat the first frames."""

    def __init__(self, target: Callable[[], None]) -> None:
        self.name = getattr(target, "__name__", "")

    def start(self) -> None:
        """Do nothing."""


class _Handed(Response):
    """What a worker answers on a connection that is no longer its own: nothing, as flask-sock does it."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if "gunicorn.socket" in environ:
            raise StopIteration
        return super().__call__(environ, start_response)


def serve_live(app: Flask, hub: Hub, *, guard: Guard) -> None:
    """Register the websocket, after the routes whose guards stand before it.

    Args:
        app: Has the guards and error handlers already.
        hub: Takes the sockets over.
        guard: The doors.
    """
    app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": _NoThread, "subprotocols": [PROTOCOL]}

    def after(_error: BaseException | None) -> None:
        place = g.pop("live_place", None)
        if place is not None:  # the handshake failed
            hub.places.give_back(place)

    def live(server: Server) -> None:
        _hand_over(hub, guard, _taken(server.sock))

    def events() -> Response:
        worker_socket = next(request.environ[name] for name in _SOCKET_NAMES if name in request.environ)
        sock = _taken(worker_socket)
        with contextlib.suppress(OSError):  # gone already: the hub finds out
            sock.sendall(EVENTS_HEAD)
        _hand_over(hub, guard, sock, stream=g.live_wish)
        return _Handed()

    def plain() -> Response:
        raise MalformedRequestError("This is a websocket: connect with one, or read the events at …/live/events.")

    app.before_request(lambda: _admit(hub, guard) if request.endpoint in _ENDPOINTS else None)
    app.teardown_request(after)
    Sock(app).route(LIVE_PATH, endpoint=_WEBSOCKET)(live)
    app.add_url_rule(LIVE_PATH, "live_plain", plain, methods=["GET"])
    app.add_url_rule(EVENTS_PATH, _EVENTS, events, methods=["GET"])


def _admit(hub: Hub, guard: Guard) -> None:
    """Check all that can be checked before the handshake, and take a place."""
    visit = _visit()
    guard.check_socket(visit)
    if request.endpoint == _WEBSOCKET:
        _check_handshake()
    else:
        g.live_wish = read_wish(request.query_string, request.headers.get("Last-Event-ID"))
        hub.check_graph(g.live_wish.graph)
    if not any(name in request.environ for name in _SOCKET_NAMES):
        raise UnavailableError("This process carries no live streams: run snapgraph serve.")
    hub.places.take(visit.remote)
    g.live_place = visit.remote
    g.live_session = guard.session_of(visit)
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # deflate would be accepted: 100 KiB a socket


def _hand_over(hub: Hub, guard: Guard, sock: socket.socket, *, stream: SubscribeMessage | None = None) -> None:
    """Give a socket to the hub, and look once more whether its session has ended.

    Who logs out after this look is heard by the hub; who did between the first look and this one is seen here.
    """
    session = g.live_session
    hub.adopt(sock, remote=g.pop("live_place"), session=session, stream=stream)
    if session is not None and _has_ended(guard, session):
        hub.end_session(session.id)


def _has_ended(guard: Guard, session: Session) -> bool:
    try:
        return guard.is_ended(session.id)
    except SnapgraphError:  # nobody can say: closed, the client comes back, and is told why in plain HTTP
        return True


def _visit() -> Visit:
    return Visit(
        method=request.method,
        headers={name.lower(): value for name, value in request.headers},
        cookie=request.cookies.get(SESSION_COOKIE, ""),
        remote=request.remote_addr or "",
        epoch_seconds=time.time(),
    )


def _check_handshake() -> None:
    """Refuse what simple-websocket would stumble over, and offers that we cannot take.

    Raises:
        InvalidInputError: It is no handshake of RFC 6455, or wants other subprotocols only.
    """
    headers = request.headers
    if headers.get("Sec-WebSocket-Version", "").strip() != _VERSION:
        raise MalformedRequestError("The websocket has to be of version 13 (Sec-WebSocket-Version).")
    try:
        key = base64.b64decode(headers.get("Sec-WebSocket-Key", "").strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise MalformedRequestError("Sec-WebSocket-Key has to be 16 bytes in base64.")
    offered = [each.strip() for each in headers.get("Sec-WebSocket-Protocol", "").split(",") if each.strip()]
    if offered and PROTOCOL not in offered:
        raise InvalidInputError(f"The subprotocol is {PROTOCOL}: offer it, or none.")


def _taken(worker_socket: socket.socket) -> socket.socket:
    """Take a connection from its worker, who is left a dummy."""
    ours = socket.socket(fileno=os.dup(worker_socket.fileno()))
    dummy, other = socket.socketpair()
    other.close()
    os.dup2(dummy.fileno(), worker_socket.fileno())
    dummy.close()
    return ours
