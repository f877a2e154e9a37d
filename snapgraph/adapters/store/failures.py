"""Errors of psycopg and SQLAlchemy, translated into snapgraph's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from psycopg import errors as postgres

from snapgraph.errors import (
    BusyError,
    InvalidInputError,
    SnapgraphError,
    StoreUnavailableError,
)

__all__ = ["RETRY_AFTER_SECONDS", "PartitionMissingError", "translated"]

RETRY_AFTER_SECONDS = 2
"""What a caller is told to wait: a Postgres that restarts takes about this long."""

SCHEMA_RETRY_SECONDS = 30
"""The same while the schema is another version's: somebody is migrating it, or has to."""

_INVALID_TRANSACTION_STATE = "25"
"""Class of SQLSTATE: read only after a failover, or idle for too long while the process stood still."""

_NO_PARTITION = "no partition of relation"


class PartitionMissingError(SnapgraphError):
    """There is no partition for this class and time yet."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise snapgraph's errors in place of those of the driver and of SQLAlchemy."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise _translate(error.orig) from error
        raise StoreUnavailableError(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    except sa.exc.PendingRollbackError as error:  # the connection was lost in a statement before
        raise StoreUnavailableError(retry_after_seconds=RETRY_AFTER_SECONDS) from error
    except sa.exc.TimeoutError as error:
        raise StoreUnavailableError(
            "All connections to the snapshot store are in use: try again, or allow more (the pool size).",
            retry_after_seconds=RETRY_AFTER_SECONDS,
        ) from error
    except sa.exc.StatementError as error:
        raise InvalidInputError(f"A value cannot be stored: {error.orig}.") from error
    except psycopg.Error as error:
        raise _translate(error) from error


def _translate(error: psycopg.Error) -> SnapgraphError:
    """Give the error that stands for one of Postgres'."""
    if isinstance(error, postgres.CheckViolation) and _NO_PARTITION in str(error):
        return PartitionMissingError(str(error))
    if isinstance(error, postgres.LockNotAvailable | postgres.DeadlockDetected | postgres.SerializationFailure):
        return BusyError("The snapshot store is busy with the same rows: try again.", retry_after_seconds=1)
    if isinstance(error, psycopg.DataError):
        return InvalidInputError(f"Postgres refuses a value: {error}.")
    name = type(error).__name__
    return _unavailable(error, name) or SnapgraphError(f"Postgres answered with an error not expected ({name}).")


def _unavailable(error: psycopg.Error, name: str) -> StoreUnavailableError | None:
    """Say what keeps the store from working, where it is no fault of ours."""
    if isinstance(error, postgres.UndefinedTable | postgres.UndefinedFunction | postgres.UndefinedColumn):
        detail, seconds = "its schema is not this version's: run `snapgraph db upgrade`", SCHEMA_RETRY_SECONDS
    elif isinstance(error, postgres.InsufficientPrivilege):
        detail, seconds = "its role lacks a right: grant it as docs/howto/production.md says", SCHEMA_RETRY_SECONDS
    elif (error.sqlstate or "").startswith(_INVALID_TRANSACTION_STATE):
        detail, seconds = f"it refused or ended a transaction ({name}): try again", RETRY_AFTER_SECONDS
    elif isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        detail, seconds = f"it does not answer ({name}): try again", RETRY_AFTER_SECONDS
    else:
        return None
    return StoreUnavailableError(f"The snapshot store (Postgres): {detail}.", retry_after_seconds=seconds)
