"""Problem details of the server (RFC 9457) back into the error tree that they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import orjson

from snapgraph.errors import Problem, ServerUnavailableError, SnapgraphError

__all__ = ["error_of"]

_GATEWAY_STATUSES = frozenset({502, 503, 504})
"""What a proxy answers when the server behind it is away."""


def error_of(response: httpx.Response) -> SnapgraphError:
    """Make the error that the server meant.

    The class is found by ``code``, so that ``except GoneError`` means the same on both sides of the wire; an answer
    that is no problem document (a proxy's page) is graded by its status.

    Args:
        response: A read response with status 400 or more.
    """
    document = _document(response)
    detail = str(document.get("detail") or f"{response.status_code} {response.reason_phrase} from {response.url.host}")
    return _class_of(response.status_code, document.get("code"))(
        detail,
        problems=tuple(_problems(document.get("problems"))),
        retry_after_seconds=_retry_after(response),
    )


def _document(response: httpx.Response) -> Mapping[str, Any]:
    try:
        document = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _class_of(status: int, code: object) -> type[SnapgraphError]:
    classes = tuple(_tree(SnapgraphError))
    for cls in classes:
        if cls.code == code:
            return cls
    if status in _GATEWAY_STATUSES:
        return ServerUnavailableError
    return next((cls for cls in classes if cls.status == status), SnapgraphError)


def _tree(cls: type[SnapgraphError]) -> Iterator[type[SnapgraphError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from _tree(child)


def _problems(items: object) -> Iterator[Problem]:
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            allowed = item.get("allowed")
            yield Problem(
                pointer=str(item.get("pointer", "")),
                detail=str(item.get("detail", "")),
                allowed=tuple(map(str, allowed)) if isinstance(allowed, list) else (),
            )


def _retry_after(response: httpx.Response) -> int | None:
    text = response.headers.get("Retry-After", "")
    return int(text) if text.isascii() and text.isdigit() else None
