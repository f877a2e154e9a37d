"""One connected session: asks the named queries, and counts what it asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg import errors

from snapgraph.adapters.observed.failures import missing_extension, missing_rights, old_extension
from snapgraph.adapters.observed.queries import query, query_in

__all__ = ["Facts", "Session", "read_facts"]

OLDEST_VERSION = (1, 10)
"""Of the extension: PostgreSQL 15."""
SINCE_VERSION = (1, 11)
"""Of the extension (PostgreSQL 17): from here on it says since when an entry counts."""


class Facts(NamedTuple):
    """What decides how to read; ``schema`` and ``version`` are those of the extension, ``None`` when it is missing."""

    database: str
    username: str
    reads_all: bool
    schema: str | None
    version: str | None

    def require(self) -> str:
        """Give the schema of the extension, if everything that a read needs is there.

        Raises:
            ConfigurationError: It is not; the message says what mends it.
        """
        if self.schema is None or self.version is None:
            raise missing_extension(self.database)
        if _number(self.version) < OLDEST_VERSION:
            raise old_extension(self.version)
        if not self.reads_all:
            raise missing_rights(self.username)
        return self.schema

    def says_since(self) -> bool:
        """Say whether an entry of pg_stat_statements tells since when it counts."""
        return self.version is not None and _number(self.version) >= SINCE_VERSION


class Session:
    """A connection whose facts are known.

    Attributes:
        facts: What decides how to read.
    """

    def __init__(self, connection: psycopg.Connection, facts: Facts) -> None:
        self.facts = facts
        self._asked = 1  # the facts; the login is counted at once
        self._reported = 0
        self._connection = connection
        self._schema = facts.require()

    def ask(
        self, name: str, parameters: Mapping[str, Any] | None = None, *, binary: bool = False
    ) -> list[tuple[Any, ...]]:
        """Run the query ``<name>.sql`` and give its rows."""
        self._asked += 1
        return self._connection.execute(query_in(self._schema, name), parameters, binary=binary).fetchall()

    def report(self) -> None:
        """Have the server count our transactions now: a session does so once a second at most."""
        self.ask("flush")
        self._reported, self._asked = self._reported + self._asked, 0

    def take_reported(self) -> int:
        """Give how many of our transactions the server has counted since this was asked last."""
        reported, self._reported = self._reported, 0
        return reported

    def ask_unless_locked(self, name: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query that may meet a lock; no rows then: what is not read now is read in a later tick."""
        try:
            return self.ask(name, parameters)
        except errors.LockNotAvailable:
            return []


def read_facts(connection: psycopg.Connection) -> Facts:
    """Read whether, and how, this database can be observed."""
    row = connection.execute(query("facts")).fetchone()
    return Facts(*row) if row else Facts("", "", reads_all=False, schema=None, version=None)


def _number(version: str) -> tuple[int, ...]:
    """Read the version of an extension.

    >>> _number("1.10") < _number("1.11")
    True
    """
    return tuple(int(part) for part in version.split(".") if part.isdigit())
