"""The ways in: checks before the handshake, flask-sock for the handshake itself, then the socket goes to the hub.

The worker that shook hands keeps a dummy in place of the socket, whose other end is closed already: whatever it still
does to it (it shuts it down) ends at once. With an open one, workers hung.
"""

from __future__ import annotations

import base64
import binascii
import os
import socket
import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from flask_sock import Sock
from simple_websocket import Server

from snapgraph.errors import InvalidInputError, MalformedRequestError, UnavailableError
from snapgraph.live.hub import Hub
from snapgraph.live.protocol import PROTOCOL
from snapgraph.web.guard import SESSION_COOKIE, Guard, Visit

__all__ = ["EVENTS_PATH", "LIVE_PATH", "serve_live"]

LIVE_PATH = "/api/performance/live"
EVENTS_PATH = "/api/performance/live/events"

_SOCKET_NAMES = ("gunicorn.socket", "werkzeug.socket")
_KEY_BYTES = 16
_VERSION = "13"


class _NoThread:
    """Stands in for the receiver thread of simple-websocket, which would eat the first frames."""

    def __init__(self, target: Callable[[], None]) -> None:
        self.name = getattr(target, "__name__", "")

    def start(self) -> None:
        """Do nothing."""


def serve_live(app: Flask, hub: Hub, *, guard: Guard) -> None:
    """Register the websocket, after the routes whose guards stand before it.

    Args:
        app: Has the guards and error handlers already.
        hub: Takes the sockets over.
        guard: The doors.
    """
    app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": _NoThread, "subprotocols": [PROTOCOL]}

    def before() -> None:
        if request.endpoint == "live" and request.path == LIVE_PATH:
            visit = _visit()
            guard.check_socket(visit)
            _check_handshake()
            hub.reserve(visit.remote)
            g.live_place = visit.remote
            g.live_ends_at = guard.session_end(visit)
            request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # deflate would be accepted: 100 KiB a socket

    def after(_error: BaseException | None) -> None:
        place = g.pop("live_place", None)
        if place is not None:  # the handshake failed
            hub.release(place)

    def live(server: Server) -> None:
        sock = _taken(server.sock)
        hub.adopt(sock, remote=g.pop("live_place"), ends_at=g.live_ends_at)

    def plain() -> Response:
        raise MalformedRequestError("This is a websocket: connect with one, or read the events at …/live/events.")

    app.before_request(before)
    app.teardown_request(after)
    Sock(app).route(LIVE_PATH, endpoint="live")(live)
    app.add_url_rule(LIVE_PATH, "live_plain", plain, methods=["GET"])


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
        UnavailableError: The process cannot hand its sockets over.
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
    if not any(name in request.environ for name in _SOCKET_NAMES):
        raise UnavailableError("This process carries no websockets: run snapgraph serve.")


def _taken(worker_socket: socket.socket) -> socket.socket:
    """Take a connection from its worker, who is left a dummy."""
    ours = socket.socket(fileno=os.dup(worker_socket.fileno()))
    dummy, other = socket.socketpair()
    other.close()
    os.dup2(dummy.fileno(), worker_socket.fileno())
    dummy.close()
    return ours
