"""One HTTP connection to a snapgraph server: token, time limits, retries, and every failure as an error of ours."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from snapgraph.client.problems import error_of
from snapgraph.errors import InvalidInputError, ServerUnavailableError, SnapgraphError, UnavailableError

__all__ = ["Request", "Transport"]

ATTEMPTS = 3
"""Of a call that may be repeated: rides out a restart of the server or a dropped connection."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2.0
"""A server that asks for more patience than this gets its error handed to the caller."""
CONNECT_SECONDS = 4.0
"""To be told within 5 s that nobody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call.

    Attributes:
        method: HTTP method.
        path: Below the server's address.
        query: Parameters; a name may stand several times.
        json: Body, written as JSON; ``None``: none.
        headers: Beside those of every call.
        is_repeatable: Whether doing it twice does no more than doing it once.
        silence_seconds: At least so long nothing need be heard; an answer that never ends is silent for longer than
            one that does.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    json: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    is_repeatable: bool = True
    silence_seconds: float = 0.0


class Transport:
    """Sends requests to one server.

    Args:
        url: Address of the server, ``http://127.0.0.1:8000``.
        token: Its ``SNAPGRAPH_API_TOKEN``.
        inner: How bytes get there; ``None``: by network. ``httpx.WSGITransport`` calls an app in this process.
        timeout_seconds: For an answer to begin, and between its parts.
    """

    def __init__(
        self, url: str, *, token: str | None, inner: httpx.BaseTransport | None, timeout_seconds: float
    ) -> None:
        headers = {"User-Agent": "snapgraph-client"}
        if token:
            headers["Authorization"] = f"Bearer {_printable('the token', token)}"
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._http = httpx.Client(
            base_url=_checked(url),
            headers=headers,
            transport=inner,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, request: Request) -> httpx.Response:
        """Send a request and read its whole answer.

        Raises:
            SnapgraphError: What the server answered, or ServerUnavailableError.
        """
        with self.stream(request) as response:
            response.read()
            return response

    @contextmanager
    def stream(self, request: Request) -> Iterator[httpx.Response]:
        """Send a request and give the answer before its body is read.

        Raises:
            SnapgraphError: What the server answered, or ServerUnavailableError.
        """
        response = self._send(request)
        try:
            yield response
        except httpx.HTTPError as error:
            raise ServerUnavailableError(f"The answer of {self._url} broke off: {error}") from error
        finally:
            response.close()

    def _send(self, request: Request) -> httpx.Response:
        """Try, and where it may be repeated, try again."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._send_once(request)
            except UnavailableError as error:
                pause = _pause(attempt, error)
                if pause > LONGEST_PAUSE_SECONDS or not (request.is_repeatable or _was_never_sent(error)):
                    raise
                time.sleep(pause)
        return self._send_once(request)

    def _send_once(self, request: Request) -> httpx.Response:
        built = self._built(request)
        try:
            response = self._http.send(built, stream=True)
            if not response.is_success:
                response.read()
        except httpx.HTTPError as error:
            raise ServerUnavailableError(
                f"The snapgraph server at {self._url} does not answer ({error or type(error).__name__}). "
                "Is it running? Start one with: snapgraph serve"
            ) from error
        if response.has_redirect_location:
            raise InvalidInputError(_redirected(response, request))
        if not response.is_success:
            raise error_of(response)
        return response

    def _built(self, request: Request) -> httpx.Request:
        headers = {name: _printable(name, value) for name, value in (request.headers or {}).items()}
        timeout = httpx.Timeout(max(self._timeout_seconds, request.silence_seconds), connect=CONNECT_SECONDS)
        try:
            return self._http.build_request(
                request.method,
                request.path,
                params=list(request.query),
                json=request.json,
                headers=headers,
                timeout=timeout,
            )
        except UnicodeEncodeError as error:
            raise _not_unicode(request) from error


def _printable(name: str, value: str) -> str:
    """Give the value of a header, of which only printable ASCII arrives as it was sent."""
    if not (value.isascii() and value.isprintable()):
        raise InvalidInputError(f"{name} is sent in a header: only printable ASCII can stand in it.")
    return value


def _not_unicode(request: Request) -> InvalidInputError:
    """Name what of a request is no Unicode text: an argument of the shell whose bytes are no UTF-8 becomes such."""
    given = [*request.query, *(request.json or {}).items()]
    names = [name for name, value in given if not _is_unicode(value)]
    return InvalidInputError(f"{' and '.join(names) or request.path} cannot be sent: it is no UTF-8 text.")


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _redirected(response: httpx.Response, request: Request) -> str:
    """Say where the server really is, when its answer is only that it is elsewhere.

    No redirect is followed: a client that is sent from http to https has sent its token in the clear by then, and a
    POST would become a GET.
    """
    target = str(response.url.join(response.headers["Location"]))
    base, found, _ = target.partition(request.path)
    cure = f"give {base} as its address" if found else "is this a snapgraph server?"
    return f"{response.url.copy_with(query=None)} is redirected to {target}: {cure}"


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidInputError(f"{url!r} is no address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise InvalidInputError(f"{url!r} is no address of a server: give one such as http://127.0.0.1:8000")
    return url


def _was_never_sent(error: SnapgraphError) -> bool:
    """Whether the request cannot have been carried out, since there was no connection."""
    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _pause(attempt: int, error: SnapgraphError) -> float:
    """Wait as long as the server asks, else 0.25, 0.5 … s, with jitter so that clients do not come back in step."""
    if error.retry_after_seconds is not None:
        return float(error.retry_after_seconds)
    return FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
