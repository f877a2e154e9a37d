"""Failures of the driver and the server, translated into our own error tree.

A message says what to do and never repeats what the server or the driver said: their texts may carry addresses with
credentials. The original is chained for the log.
"""

from __future__ import annotations

from neo4j.exceptions import AuthError, DriverError, Neo4jError, TransientError

from snapgraph.errors import LiveGraphUnavailableError, SnapgraphError, TooLargeError

__all__ = ["RETRY_AFTER_SECONDS", "is_foreign", "is_vanished", "translate"]

RETRY_AFTER_SECONDS = 5
"""How long a client should wait: a Neo4j that restarts answers after about 10 s."""

_AUTH = (
    "The live graph refuses the user name or the password: check NEO4J_USERNAME and NEO4J_PASSWORD "
    "(after three wrong attempts Neo4j refuses everyone for 5 s)."
)
_AWAY = "The live graph does not answer: check that Neo4j runs and that NEO4J_URI names it."
_BY_CODE_END = {
    "DatabaseNotFound": "The live graph has no database of that name: check NEO4J_DATABASE.",
    "AuthenticationRateLimit": _AUTH,
    "Unauthorized": _AUTH,
    "Forbidden": "The user of the live graph may not read it: give it the role reader.",
}


def is_foreign(error: BaseException) -> bool:
    """Say whether an error comes from the driver, the server or the network, and not from our own code."""
    return isinstance(error, (Neo4jError, DriverError, OSError))


def is_vanished(error: BaseException) -> bool:
    """Say whether something that was matched was deleted before it was read: one more way to be torn."""
    return isinstance(error, Neo4jError) and (error.code or "").endswith("EntityNotFound")


def translate(error: Exception, *, seconds: float) -> SnapgraphError:
    """Make one of our errors of a failure on the way to the live graph.

    Args:
        error: What the driver raised; anything at all, since a server may send garbage.
        seconds: The time limit of the call, for the message.
    """
    if isinstance(error, SnapgraphError):
        return error
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    ending = code.rpartition(".")[2]
    if isinstance(error, TransientError) and "OutOfMemory" in ending:
        return TooLargeError(
            "The live graph is too large for the memory of its server: raise dbms.memory.transaction.total.max "
            "or the heap there, or read fewer relationship types."
        )
    if "TransactionTimedOut" in ending:
        return TooLargeError(
            f"The live graph could not be read within {seconds:g} s: raise limits.seconds or read fewer types."
        )
    message = _BY_CODE_END.get(ending, _AUTH if isinstance(error, AuthError) else _AWAY)
    if message is _AWAY and code:
        message = f"The live graph cannot carry out the read ({code}): look into the log of Neo4j."
    return LiveGraphUnavailableError(message, retry_after_seconds=RETRY_AFTER_SECONDS)
