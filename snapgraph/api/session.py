"""``/api/performance/session``: the page exchanges the token for a cookie, so that it need not keep the token."""

from __future__ import annotations

from snapgraph.api.models import SessionBody
from snapgraph.errors import NotAuthorizedError, StoreUnavailableError
from snapgraph.usecases.log_out import log_out
from snapgraph.web.guard import SESSION_COOKIE
from snapgraph.web.routes import Answer, Call, Produces, Route

__all__ = ["ROUTES"]

_PATH = "/api/performance/session"
_TAG = "session"


def begin(call: Call, *, body: SessionBody) -> Answer:
    """Exchange the token for a cookie; a server without a token has nothing to exchange."""
    guard = call.service.guard
    if not guard.accepts(body.token):
        raise NotAuthorizedError("That is not the token of this server.")
    if guard.token is None:
        return Answer(status=204)
    value = guard.issue_session(call.now.timestamp())
    return Answer(status=204, headers={"Set-Cookie": _cookie(call, value, int(guard.session_seconds))})


def end(call: Call) -> Answer:
    """End the session of the cookie, and take that back."""
    session = call.session
    if session is not None:
        log_out(session, store=call.runtime.store, actor=call.actor)
    return Answer(status=204, headers={"Set-Cookie": _cookie(call, "", 0)})


def _cookie(call: Call, value: str, seconds: int) -> str:
    secure = "; Secure" if call.is_secure else ""
    return f"{SESSION_COOKIE}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict{secure}"


ROUTES = (
    Route(
        method="POST",
        path=_PATH,
        handler=begin,
        operation_id="beginSession",
        summary="Exchange the token for a cookie",
        description="The cookie is HttpOnly and SameSite=Strict, and is taken from pages of this server only.",
        tag=_TAG,
        body=SessionBody,
        body_required=True,
        produces=(Produces(status=204, description="The cookie is set.", headers={"Set-Cookie": "The session."}),),
        errors=(NotAuthorizedError,),
        is_open=True,
    ),
    Route(
        method="DELETE",
        path=_PATH,
        handler=end,
        operation_id="endSession",
        summary="Log out",
        description="The session ends: its cookie opens nothing any more, whoever has a copy of it, and the live "
        "streams that it opened are closed (websockets with 1008), in every process of the server.",
        tag=_TAG,
        produces=(
            Produces(
                status=204,
                description="The session has ended, if there was one, and the cookie is taken back.",
                headers={"Set-Cookie": "Empty."},
            ),
        ),
        errors=(StoreUnavailableError,),
        is_open=True,
    ),
)
