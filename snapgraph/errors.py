"""The one error tree of snapgraph: every failure that a caller may meet is one of these.

::

    SnapgraphError                          internal             500
    ├── InvalidInputError                   invalid_input        422
    │   ├── MalformedRequestError           malformed            400
    │   ├── UnsupportedMediaTypeError       unsupported_media    415
    │   └── TooLargeError                   too_large            413
    ├── NotAuthorizedError                  unauthorized         401
    ├── ForbiddenError                      forbidden            403
    ├── NotFoundError                       not_found            404
    │   └── GoneError                       gone                 410
    ├── TooManyMessagesError                too_many_messages    429
    ├── ConflictError                       conflict             409
    │   └── StaleRevisionError              stale_revision       412
    ├── UnavailableError                    unavailable          503   retryable
    │   ├── StoreUnavailableError           store_unavailable    503   retryable
    │   ├── LiveGraphUnavailableError       live_graph_unavailable 503 retryable
    │   ├── ObservedUnavailableError        observed_unavailable 503   retryable
    │   ├── ServerUnavailableError          server_unavailable   503   retryable
    │   └── BusyError                       busy                 503   retryable
    ├── ConfigurationError                  configuration        500
    └── IntegrityError                      integrity            500

Foreign exceptions never cross an adapter: each adapter translates them into this tree, with ``raise … from``.
A message says what happened and what to do; it never carries a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "BusyError",
    "ConfigurationError",
    "ConflictError",
    "ForbiddenError",
    "GoneError",
    "IntegrityError",
    "InvalidInputError",
    "LiveGraphUnavailableError",
    "MalformedRequestError",
    "NotAuthorizedError",
    "NotFoundError",
    "ObservedUnavailableError",
    "Problem",
    "ServerUnavailableError",
    "SnapgraphError",
    "StaleRevisionError",
    "StoreUnavailableError",
    "TooLargeError",
    "TooManyMessagesError",
    "UnavailableError",
    "UnsupportedMediaTypeError",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        pointer: Where: a JSON pointer into the body (``/tags/0``) or a parameter (``?limit``).
        detail: What is wrong and what to do, as a sentence.
        allowed: The values that would have been taken, when they can be listed.
    """

    pointer: str
    detail: str
    allowed: tuple[str, ...] = ()


class SnapgraphError(Exception):
    """Something failed inside snapgraph; the log has the details."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str | None = None,
        *,
        problems: tuple[Problem, ...] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.problems = problems
        self.retry_after_seconds = retry_after_seconds


class InvalidInputError(SnapgraphError):
    """The request is understood and cannot be carried out as it is: see ``problems``."""

    code = "invalid_input"
    status = 422


class MalformedRequestError(InvalidInputError):
    """The request cannot be read: send valid UTF-8 JSON."""

    code = "malformed"
    status = 400


class UnsupportedMediaTypeError(InvalidInputError):
    """The body has a type that is not taken here: send application/json."""

    code = "unsupported_media"
    status = 415


class TooLargeError(InvalidInputError):
    """It is over a limit: the message names the limit and the count."""

    code = "too_large"
    status = 413


class NotAuthorizedError(SnapgraphError):
    """A token is needed: send ``Authorization: Bearer <SNAPGRAPH_API_TOKEN>``."""

    code = "unauthorized"
    status = 401


class ForbiddenError(SnapgraphError):
    """The request comes from another origin, which is not allowed."""

    code = "forbidden"
    status = 403


class NotFoundError(SnapgraphError):
    """There is nothing by that name."""

    code = "not_found"
    status = 404


class GoneError(NotFoundError):
    """It was there and has been deleted."""

    code = "gone"
    status = 410


class TooManyMessagesError(SnapgraphError):
    """More than 100 messages a minute: this one was ignored, and so are the next until some time has passed."""

    code = "too_many_messages"
    status = 429


class ConflictError(SnapgraphError):
    """The state of the thing does not allow it."""

    code = "conflict"
    status = 409


class StaleRevisionError(ConflictError):
    """It has changed since you read it: read it again, then repeat the change."""

    code = "stale_revision"
    status = 412


class UnavailableError(SnapgraphError):
    """A system that this needs does not answer: try again."""

    code = "unavailable"
    status = 503
    retryable = True


class StoreUnavailableError(UnavailableError):
    """The snapshot store (Postgres) does not answer."""

    code = "store_unavailable"


class LiveGraphUnavailableError(UnavailableError):
    """The live graph (Neo4j) does not answer."""

    code = "live_graph_unavailable"


class ObservedUnavailableError(UnavailableError):
    """The observed Postgres does not answer."""

    code = "observed_unavailable"


class ServerUnavailableError(UnavailableError):
    """The snapgraph server does not answer."""

    code = "server_unavailable"


class BusyError(UnavailableError):
    """The same work is under way: try again."""

    code = "busy"


class ConfigurationError(SnapgraphError):
    """The settings do not make sense together: every problem is listed."""

    code = "configuration"


class IntegrityError(SnapgraphError):
    """Stored bytes do not match their hash."""

    code = "integrity"
