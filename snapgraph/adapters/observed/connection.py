"""The connection to an observed Postgres: read only, with a limit on every wait, made again after a failure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from snapgraph.adapters.observed.deadlines import deadline
from snapgraph.adapters.observed.failures import (
    missing_extension,
    missing_rights,
    old_extension,
    translate,
    unreadable_address,
)
from snapgraph.adapters.observed.reading import (
    Facts,
    ViewEdition,
    read_facts,
    read_moment,
    read_sizes,
    read_statements,
    read_tables,
    read_texts,
    read_view_editions,
    read_view_texts,
    version_number,
)
from snapgraph.model.observations import ObservedSample, ViewDefinition

__all__ = ["ObservedPostgres", "open_observed"]

CONNECT_SECONDS = 3
TCP_USER_TIMEOUT_MS = 5000
"""After this long without an acknowledgement a connection is dead: 4.0 s measured, against 45 s and more without."""
LOCK_TIMEOUT_MS = 200
"""Only sizes and view definitions ever wait for a lock, and both can wait for the next tick."""
GRACE_SECONDS = 1.0
"""The server's own timeout comes first; the socket is broken this much later."""
TICKS_PER_SIZES = 12
"""Sizes change slowly and cost a file system call per file: once a minute at 5 s."""
OLDEST_VERSION = (1, 10)
"""Of the extension: PostgreSQL 15."""


def open_observed(url: str, *, statement_timeout_seconds: float = 5.0) -> ObservedPostgres:
    """Name the Postgres to observe; the first read connects.

    Args:
        url: ``postgresql://user:password@host:port/database``, or a libpq string.
        statement_timeout_seconds: Limit of one query; a whole read gets a second more.

    Raises:
        ConfigurationError: The address cannot be read.
    """
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise unreadable_address() from None  # libpq's own message repeats the address with its password
    return ObservedPostgres(parameters, statement_timeout_seconds=statement_timeout_seconds)


class ObservedPostgres:
    """A Postgres under observation; not for use by several threads at once.

    Whatever fails closes the connection, and the next call makes a new one: there is no state to mend.
    """

    def __init__(self, parameters: dict[str, str | int | None], *, statement_timeout_seconds: float) -> None:
        self._parameters = parameters
        self._seconds = statement_timeout_seconds
        self._connection: psycopg.Connection | None = None
        self._facts = Facts(str(parameters.get("dbname") or ""), "", reads_all=False, schema=None, version=None)
        self._sizes: dict[int, int] = {}
        self._view_texts: dict[ViewEdition, str] = {}
        self._reads = 0
        self._transactions = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def check(self) -> None:
        """Connect, and see whether everything that a read needs is there.

        Raises:
            ConfigurationError: The extension, its version or a right is missing; the message says what mends it.
            ObservedUnavailableError: It does not answer.
        """
        with self._connected() as (connection, schema):
            read_moment(connection, schema)

    def read(self, known_query_ids: Collection[int] = ()) -> ObservedSample:
        """Read everything for one tick.

        Args:
            known_query_ids: Statements whose text need not be read.

        Raises:
            ConfigurationError: The extension, its version or a right is missing; the message says what mends it.
            ObservedUnavailableError: It does not answer, or not in time.
        """
        with self._connected() as (connection, schema):
            transactions, self._transactions = self._transactions, 0
            moment = read_moment(connection, schema)
            statements = read_statements(connection, schema, self._facts.version or "")
            unknown = {key.query_id for key in statements}.difference(known_query_ids)
            texts = read_texts(connection, schema, unknown)
            if self._reads % TICKS_PER_SIZES == 0:
                self._sizes |= read_sizes(connection)
                self._transactions += 1
            tables = read_tables(connection, self._sizes)
            views = self._views(connection)
            self._reads += 1
            self._transactions += 5 + bool(unknown)
        return ObservedSample(
            taken_at=moment.taken_at,
            started_at=moment.started_at,
            statements_reset_at=moment.statements_reset_at,
            evictions=moment.evictions,
            database=moment.database,
            statements=statements,
            texts=texts,
            tables=tables,
            views=views,
            own_transactions=transactions,
        )

    def _views(self, connection: psycopg.Connection) -> tuple[ViewDefinition, ...]:
        editions = read_view_editions(connection)
        new = {edition.id: edition for edition in editions if edition not in self._view_texts}
        known = {edition: text for edition, text in self._view_texts.items() if edition in editions}
        known |= {new[id_]: text for id_, text in read_view_texts(connection, new).items()}
        self._transactions += bool(new)
        self._view_texts = known
        return tuple(ViewDefinition(view.schema, view.name, known.get(view, "")) for view in editions)

    @contextmanager
    def _connected(self) -> Iterator[tuple[psycopg.Connection, str]]:
        """Give the connection and the schema of the extension; translate what fails, and hang up then."""
        try:
            connection = self._connection or self._connect()
            with deadline(connection, self._seconds + GRACE_SECONDS):
                yield connection, self._facts.schema or self._require(connection)
        except psycopg.Error as error:
            self.close()
            raise translate(
                error, database=self._facts.database, username=self._facts.username, seconds=self._seconds
            ) from error
        except BaseException:
            self.close()
            raise

    def _connect(self) -> psycopg.Connection:
        """Connect; the settings travel with the start of the session, so that no SET is ever run."""
        settings = {
            "search_path": "pg_catalog",  # nobody's function of the same name comes first
            "default_transaction_read_only": "on",
            "statement_timeout": f"{round(self._seconds * 1000)}ms",
            "lock_timeout": f"{LOCK_TIMEOUT_MS}ms",
            "jit": "off",  # compiling our small queries would cost 100 times their run
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        given = self._parameters.get("options")
        parameters: dict[str, Any] = {
            "application_name": "snapgraph",
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": TCP_USER_TIMEOUT_MS,
            **self._parameters,
        }
        self._facts = self._facts._replace(schema=None, version=None)
        parameters["options"] = f"{given} {options}" if given else options
        self._connection = psycopg.connect(make_conninfo(**parameters), autocommit=True)
        return self._connection

    def _require(self, connection: psycopg.Connection) -> str:
        """Read the facts of a new connection; give the schema of the extension."""
        facts = read_facts(connection)
        self._facts = facts._replace(schema=None)
        self._transactions += 1
        if facts.schema is None or facts.version is None:
            raise missing_extension(facts.database)
        if version_number(facts.version) < OLDEST_VERSION:
            raise old_extension(facts.version)
        if not facts.reads_all:
            raise missing_rights(facts.username)
        self._facts = facts
        return facts.schema
