"""Who may ask: the checks that stand before every handler, as pure functions of what a request says of itself.

Three doors, in this order:

1. *Reach*: without a token (and without ``insecure``) only this machine is answered, and only under a loopback name:
   a page that lets its own name resolve to 127.0.0.1 (DNS rebinding) is same-origin to itself, so Host is checked.
2. *Origin*: an unsafe method from another site is refused, whatever it carries. Host and Origin are compared without
   the scheme, since a proxy that ends TLS hides it (as Go's ``http.CrossOriginProtection`` does).
3. *Token*: bearer, or the session cookie that the page got for it. The cookie says of itself until when it is valid,
   signed; only whether it was logged out before has to be asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from snapgraph.errors import ForbiddenError, NotAuthorizedError
from snapgraph.model.sessions import Session
from snapgraph.settings import is_loopback

__all__ = ["SAFE_METHODS", "SESSION_COOKIE", "Guard", "Visit"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_COOKIE = "snapgraph_session"

_FOREIGN_SITES = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a request says of itself.

    Attributes:
        method: HTTP method.
        headers: By lower-case name.
        cookie: Value of the session cookie, or empty.
        remote: Address of the caller; empty on a Unix socket.
        epoch_seconds: When it came.
    """

    method: str
    headers: Mapping[str, str]
    cookie: str = ""
    remote: str = ""
    epoch_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The doors, as the settings want them.

    Attributes:
        token: What a caller must show; ``None``: nothing.
        insecure: Answer other machines without a token.
        allowed_hosts: Further Host names that are answered without a token.
        session_seconds: How long a session lives.
        is_ended: Whether the session of an id was logged out; asked for sessions of ours only.
    """

    token: str | None = None
    insecure: bool = False
    allowed_hosts: tuple[str, ...] = ()
    session_seconds: float = 12 * 3600.0
    is_ended: Callable[[str], bool] = lambda _id: False

    def check(self, visit: Visit, *, is_open: bool = False) -> None:
        """Let a request in, or not.

        Args:
            visit: The request.
            is_open: Whether the route is for everyone (probes).

        Raises:
            ForbiddenError: It comes from another machine or another site.
            NotAuthorizedError: It shows no valid token or session.
            StoreUnavailableError: It cannot be said whether its session was logged out.
        """
        if not is_open:
            self._check_reach(visit)
        self._check_origin(visit)
        if not is_open:
            self._check_token(visit)

    def check_socket(self, visit: Visit) -> None:
        """Let a websocket in, or not; after :meth:`check`, since browsers let any page open one to any address.

        Browsers always send the Origin of the page with a websocket. So one that is there has to be ours, and one that
        is missing comes from a program, which sends the token and no cookie.

        Raises:
            ForbiddenError: A page of another site asks, or a cookie comes without a page.
        """
        origin = visit.headers.get("origin")
        if origin is not None and not _is_same_origin(origin, visit.headers.get("host", "")):
            raise ForbiddenError
        if origin is None and visit.cookie and "authorization" not in visit.headers and self.token is not None:
            raise ForbiddenError("A session needs the Origin of the page; programs send the token.")

    def session_of(self, visit: Visit) -> Session | None:
        """Give the session that lets a visit in; ``None`` for a token, or where none is needed."""
        return None if "authorization" in visit.headers else self.session(visit.cookie, visit.epoch_seconds)

    def accepts(self, token: str) -> bool:
        """Compare a token in constant time; everything is right where none is set."""
        return self.token is None or hmac.compare_digest(_digest(token), _digest(self.token))

    def issue_session(self, epoch_seconds: float) -> str:
        """Make the value of a session cookie: its end and a nonce, signed with the token (a new token ends it)."""
        claim = f"{int(epoch_seconds + self.session_seconds)}.{secrets.token_urlsafe(12)}"
        return f"{claim}.{self._sign(claim)}"

    def session(self, cookie: str, epoch_seconds: float) -> Session | None:
        """Give the session that a cookie stands for; ``None`` when it is none of ours, or its time is over."""
        claim, _, signature = cookie.rpartition(".")
        if self.token is None or not hmac.compare_digest(_digest(signature), _digest(self._sign(claim))):
            return None
        end, _, nonce = claim.partition(".")
        return Session(id=nonce, ends_at=int(end)) if epoch_seconds < int(end) else None

    def _sign(self, claim: str) -> str:
        key = _digest(f"snapgraph session {self.token}")
        return hmac.new(key, claim.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _check_reach(self, visit: Visit) -> None:
        if self.token is not None or self.insecure:
            return
        if visit.remote and not is_loopback(visit.remote):
            raise ForbiddenError(
                "Without a token only this machine is answered: set SNAPGRAPH_API_TOKEN on the server."
            )
        host = _host_name(visit.headers.get("host", ""))
        if not (is_loopback(host) or host in self.allowed_hosts):
            raise ForbiddenError(
                "Without a token only the names localhost and 127.0.0.1 are answered: set SNAPGRAPH_API_TOKEN on the "
                "server, or add the name to server.allowed_hosts."
            )

    def _check_origin(self, visit: Visit) -> None:
        if visit.method in SAFE_METHODS:
            return
        origin = visit.headers.get("origin")
        if origin is None:
            if visit.headers.get("sec-fetch-site") in _FOREIGN_SITES:
                raise ForbiddenError
        elif not _is_same_origin(origin, visit.headers.get("host", "")):
            raise ForbiddenError

    def _check_token(self, visit: Visit) -> None:
        if self.token is None:
            return
        scheme, _, token = visit.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.accepts(token.strip()):
            return
        session = None if scheme else self.session_of(visit)
        if session is None:
            raise NotAuthorizedError
        self._check_session_origin(visit)
        if self.is_ended(session.id):
            raise NotAuthorizedError

    def _check_session_origin(self, visit: Visit) -> None:
        """A cookie is sent by the browser, not by the page: the page's origin has to be ours too.

        Browsers leave Origin out of a same-origin GET, and then say so in Sec-Fetch-Site.
        """
        origin = visit.headers.get("origin")
        host = visit.headers.get("host", "")
        if visit.headers.get("sec-fetch-site") in _FOREIGN_SITES:
            raise ForbiddenError
        if origin is None and visit.method not in SAFE_METHODS:
            raise ForbiddenError("A session needs the Origin of the page with every change; programs send the token.")
        if origin is not None and not _is_same_origin(origin, host):
            raise ForbiddenError


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _host_name(host: str) -> str:
    """Take the name out of a Host header.

    >>> _host_name("[::1]:8000"), _host_name("LocalHost:80"), _host_name("127.0.0.1")
    ('::1', 'localhost', '127.0.0.1')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_same_origin(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    is_plain = parts.scheme in {"http", "https"} and not (parts.path or parts.query or parts.fragment)
    return is_plain and bool(host) and parts.netloc.lower() == host.lower()
