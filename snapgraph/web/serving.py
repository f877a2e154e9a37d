"""The route table on Flask: guards first, strict reading, one shape of refusal, the same headers on every answer."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import BaseConverter, Map

from snapgraph import meters
from snapgraph.errors import SnapgraphError, TooLargeError, UnsupportedMediaTypeError
from snapgraph.web.etags import ENCODING_SUFFIX
from snapgraph.web.guard import SAFE_METHODS, SESSION_COOKIE, Visit
from snapgraph.web.identity import request_id_of
from snapgraph.web.parameters import Body, read_body, read_query, read_segment
from snapgraph.web.problems import plain_problem, problem_answer
from snapgraph.web.routes import Answer, Call, Route, Service
from snapgraph.web.strict_json import read_json

__all__ = ["serve_routes"]

COMPRESS_FROM_BYTES = 1024
"""Below that a packet carries it anyway."""
COMPRESSION_LEVEL = 1
"""Of 9: JSON shrinks to a sixth at a third of the time of level 6."""

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_LOG = structlog.get_logger(__name__)


def serve_routes(app: Flask, routes: Sequence[Route], *, service: Service) -> None:
    """Register every route of the table, the guards before them, and the handlers of everything that goes wrong."""
    named = {route.operation_id: route for route in routes}
    app.url_map.converters["part"] = _Part
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False

    def before() -> None:
        g.started = time.perf_counter()
        g.request_id = request_id_of(request.headers.get("X-Request-Id"))
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        route = named.get(request.endpoint or "")
        service.guard.check(_visit(), is_open=route is not None and route.is_open)

    def after(response: Response) -> Response:
        route = named.get(request.endpoint or "")
        return _finish(response, route.path if route else "unmatched")

    app.before_request(before)
    app.after_request(after)
    app.teardown_request(lambda _error: structlog.contextvars.unbind_contextvars("request_id"))
    app.register_error_handler(SnapgraphError, _on_problem)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_failure)
    for route in routes:
        rule = _rule(route.path, routes)
        app.add_url_rule(rule, route.operation_id, _view(route, service), methods=[route.method])


class _Part(BaseConverter):
    """A variable part of a path: anything but the words that mean something else in its place.

    Without that, ``DELETE …/snapshots/compare`` would look for a snapshot of that name in place of answering 405.
    """

    def __init__(self, url_map: Map, *words: str) -> None:
        super().__init__(url_map)
        self.regex = f"(?!(?:{'|'.join(map(re.escape, words))})$)[^/]+" if words else "[^/]+"


def _rule(path: str, routes: Sequence[Route]) -> str:
    """Write a path as Flask does, with the words that other routes have in place of each variable part."""
    pieces = path.split("/")
    for place, piece in enumerate(pieces):
        if piece.startswith("{"):
            others = [route.path.split("/") for route in routes]
            words = {
                other[place] for other in others if len(other) > place and other[:place] == path.split("/")[:place]
            }
            taken = ", ".join(f'"{word}"' for word in sorted(words) if not word.startswith("{"))
            pieces[place] = f"<part({taken}):{piece[1:-1]}>" if taken else f"<part:{piece[1:-1]}>"
    return "/".join(pieces)


def _visit() -> Visit:
    return Visit(
        method=request.method,
        headers={name.lower(): value for name, value in request.headers},
        cookie=request.cookies.get(SESSION_COOKIE, ""),
        remote=request.remote_addr or "",
        epoch_seconds=time.time(),
    )


def _view(route: Route, service: Service) -> Callable[..., Response]:
    def view(**parts: str) -> Response:
        now = datetime.now(UTC)
        arguments: dict[str, Any] = {name: read_segment(name, text) for name, text in parts.items()}
        query = read_query(route.query, request.query_string, now=now)
        if route.query.model_fields:
            arguments["query"] = query
        if route.method not in SAFE_METHODS:
            body = read_body(route.body or Body, _json_body(required=route.body_required))
            if route.body is not None:
                arguments["body"] = body
        call = Call(
            service=service,
            now=now,
            request_id=g.request_id,
            headers={name.lower(): value for name, value in request.headers},
            query_string=request.query_string.decode("ascii"),
            remote=request.remote_addr or "",
            is_secure=request.is_secure,
            takes_gzip=_takes_gzip(),
            prefix=_prefix(request.script_root),
            cookie=request.cookies.get(SESSION_COOKIE, ""),
        )
        return _respond(route.handler(call, **arguments))

    return view


def _prefix(root: str) -> str:
    """Write what stands before every path; exactly one slash leads it, else it could name another host.

    >>> _prefix(""), _prefix("/tools/snap graph/"), _prefix("//evil.example")
    ('', '/tools/snap%20graph', '/evil.example')
    """
    return quote(f"/{root.strip('/')}").rstrip("/")


def _json_body(*, required: bool) -> Any:
    """Read the body, which must be declared as JSON when there is one: a form of another site never is."""
    raw = request.get_data(cache=False)
    if not raw and not required:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaTypeError
    return read_json(raw)


def _respond(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status)
    response.headers.remove("Content-Type")
    if answer.media_type:
        response.headers["Content-Type"] = answer.media_type
    for name, value in answer.headers.items():
        response.headers[name] = value
    if answer.after is not None:
        response.call_on_close(answer.after)
    return _compressed(response, answer.body)


def _compressed(response: Response, body: bytes | Iterator[bytes]) -> Response:
    """Pack the body when the caller takes it packed; what brings its own encoding or digest is left as it is."""
    media_type = response.headers.get("Content-Type", "")
    is_small = isinstance(body, bytes) and len(body) < COMPRESS_FROM_BYTES
    is_text = "json" in media_type or media_type.startswith("text/")
    if is_small or not is_text or "Content-Encoding" in response.headers or "Repr-Digest" in response.headers:
        return response
    response.headers.add("Vary", "Accept-Encoding")
    if not _takes_gzip():
        return response
    if isinstance(body, bytes):
        response.set_data(b"".join(_gzip(iter((body,)))))
    else:
        response.response = _gzip(body)
    response.headers["Content-Encoding"] = "gzip"
    if etag := response.headers.get("ETag"):
        response.headers["ETag"] = f'{etag[:-1]}{ENCODING_SUFFIX}"'
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(COMPRESSION_LEVEL, wbits=31)  # 31: with the head and tail of gzip
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _finish(response: Response, path: str) -> Response:
    """Add what every answer carries, and count it under the pattern of its address."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    method = request.method if request.method in {*SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE"} else "other"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    meters.count_request(method, path, response.status_code, seconds)
    _LOG.debug("request", method=method, route=path, status=response.status_code, milliseconds=round(seconds * 1000, 1))
    return response


def _on_problem(error: SnapgraphError) -> Response:
    meters.count_error(error.code)
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.error("request_failed", code=error.code, exc_info=error)
    else:
        _LOG.info("request_refused", code=error.code, status=error.status, detail=str(error)[:300])
    return _respond(problem_answer(error, request_id=g.get("request_id", "")))


def _on_http(error: HTTPException) -> Response:
    status = error.code or int(HTTPStatus.INTERNAL_SERVER_ERROR)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = request.max_content_length
        return _on_problem(TooLargeError(f"The body is larger than {limit} bytes, the limit of this server."))
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    meters.count_error("method_not_allowed" if headers else str(status))
    detail = _DETAILS.get(status, error.description or HTTPStatus(status).phrase)
    return _respond(plain_problem(status, detail, request_id=g.get("request_id", ""), headers=headers))


_DETAILS: Mapping[int, str] = {
    404: "There is nothing at this address: /docs lists what there is.",
    405: "This address does not know that method: Allow lists those that it knows.",
}


def _on_failure(error: Exception) -> Response:
    meters.count_error(SnapgraphError.code)
    _LOG.error("request_failed", code=SnapgraphError.code, exc_info=error)
    return _respond(problem_answer(SnapgraphError(), request_id=g.get("request_id", "")))
