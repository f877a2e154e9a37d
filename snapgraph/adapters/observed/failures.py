"""Failures of the observed Postgres, translated into our own error tree: what happened, and what mends it."""

from __future__ import annotations

import psycopg
from psycopg import errors

from snapgraph.errors import ConfigurationError, ObservedUnavailableError, SnapgraphError

__all__ = ["missing_extension", "missing_rights", "old_extension", "translate", "unreadable_address"]

RETRY_AFTER_SECONDS = 5


def missing_extension(database: str) -> ConfigurationError:
    """Say how to install pg_stat_statements: the two lines."""
    return ConfigurationError(
        f"The observed database {database!r} has no pg_stat_statements. Two lines mend it:\n"
        "  shared_preload_libraries = 'pg_stat_statements'   # in postgresql.conf (keep what is there), then restart\n"
        f"  CREATE EXTENSION pg_stat_statements;              -- as a superuser, in the database {database!r}"
    )


def old_extension(version: str) -> ConfigurationError:
    """Say how to bring an extension up to date that a pg_upgrade left behind."""
    return ConfigurationError(
        f"The observed database has pg_stat_statements {version}; 1.10 (PostgreSQL 15) is the oldest that is read. "
        "This line mends it, as a superuser:\n  ALTER EXTENSION pg_stat_statements UPDATE;"
    )


def missing_rights(username: str) -> ConfigurationError:
    """Say which right is missing."""
    quoted = '"' + username.replace('"', '""') + '"'
    return ConfigurationError(
        f"The user {username!r} of the observed database may not read the statements of others. This line mends it, "
        f"as a superuser:\n  GRANT pg_read_all_stats TO {quoted};"
    )


def unreadable_address() -> ConfigurationError:
    """Say what an address looks like; never what was given, since it holds a password."""
    return ConfigurationError(
        "The address of the observed Postgres cannot be read: write SNAPGRAPH_OBSERVED_URL as "
        "postgresql://user:password@host:5432/database."
    )


def translate(error: psycopg.Error, *, database: str, seconds: float) -> SnapgraphError:
    """Make one of our errors of a failure of the driver or the server.

    Args:
        error: What psycopg raised.
        database: Name of the database, for the message.
        seconds: Time limit of a statement, for the message.
    """
    match error:
        case errors.ObjectNotInPrerequisiteState() | errors.UndefinedFunction() | errors.UndefinedTable():
            return missing_extension(database)
        case errors.InvalidSchemaName() | errors.UndefinedFile():
            return missing_extension(database)
        case errors.InsufficientPrivilege():
            return ConfigurationError(
                f"The observed database refuses its statistics ({' '.join(str(error).split())}). As a superuser: "
                "GRANT pg_monitor TO the user of SNAPGRAPH_OBSERVED_URL, which brings all rights that are needed."
            )
        case errors.QueryCanceled():
            reason = f"it took longer than {seconds:g} s to answer"
        case _:
            reason = " ".join(str(error).split()) or type(error).__name__
    return ObservedUnavailableError(
        f"The observed Postgres does not answer: {reason}.", retry_after_seconds=RETRY_AFTER_SECONDS
    )
