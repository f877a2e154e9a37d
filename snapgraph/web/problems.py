"""Problem details (RFC 9457): every refusal and failure over HTTP has this one shape."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from snapgraph.errors import MalformedRequestError, NotFoundError, SnapgraphError, TooLargeError
from snapgraph.web.routes import Answer

__all__ = ["PROBLEM_MEDIA_TYPE", "PROBLEM_SCHEMA", "plain_problem", "problem_answer"]

PROBLEM_MEDIA_TYPE = "application/problem+json"

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id", "retryable", "problems"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What happened and what to do, as a sentence."},
        "code": {"type": "string", "description": "Stable name of this kind of problem, for programs."},
        "request_id": {"type": "string", "description": "Stands in the server's log too."},
        "retryable": {"type": "boolean", "description": "Whether the same request may succeed later."},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "allowed"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body, or `?parameter`."},
                    "detail": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}

DEFAULT_RETRY_SECONDS = 5
"""What ``Retry-After`` says when the error does not: a database that restarts is back within some seconds."""

_CODES: Mapping[int, str] = {
    400: MalformedRequestError.code,
    404: NotFoundError.code,
    405: "method_not_allowed",
    413: TooLargeError.code,
}


def problem_answer(error: SnapgraphError, *, request_id: str, more: Mapping[str, Any] | None = None) -> Answer:
    """Turn an error of ours into the answer that it deserves.

    Args:
        error: What went wrong.
        request_id: Of the request.
        more: Members beside the standard ones.
    """
    is_ours_to_hide = error.code == SnapgraphError.code  # its text may quote a foreign error
    headers: dict[str, str] = {}
    if error.retryable:
        headers["Retry-After"] = str(error.retry_after_seconds or DEFAULT_RETRY_SECONDS)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="snapgraph"'
    detail = "Something failed inside; the log has it under this request id." if is_ours_to_hide else str(error)
    problems = [
        {"pointer": each.pointer, "detail": each.detail, "allowed": list(each.allowed)}
        for each in (() if is_ours_to_hide else error.problems)
    ]
    body = {"code": error.code, "retryable": error.retryable, "problems": problems, **(more or {})}
    return _answer(error.status, detail, request_id, body, headers)


def plain_problem(status: int, detail: str, *, request_id: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer what the router found (404, 405, 413 …) in the same shape."""
    code = _CODES.get(status, "internal" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused")
    return _answer(status, detail, request_id, {"code": code, "retryable": False, "problems": []}, dict(headers or {}))


def _answer(status: int, detail: str, request_id: str, members: Mapping[str, Any], headers: dict[str, str]) -> Answer:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
        **members,
    }
    headers["Cache-Control"] = "no-store"
    return Answer(status=status, body=_dumps(body), media_type=PROBLEM_MEDIA_TYPE, headers=headers)


def _dumps(body: dict[str, Any]) -> bytes:
    """Write a body that may quote what came in: a lone surrogate in a sentence becomes a question mark."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return orjson.dumps(body | {"detail": body["detail"].encode("utf-8", "replace").decode(), "problems": []})
