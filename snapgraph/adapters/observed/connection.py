"""The connection to an observed Postgres: read only, with a limit on every wait, made again after a failure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from snapgraph.adapters.observed.catalog import Catalog
from snapgraph.adapters.observed.deadlines import deadline
from snapgraph.adapters.observed.failures import translate, unreadable_address
from snapgraph.adapters.observed.reading import read_moment, read_statements, read_texts
from snapgraph.adapters.observed.session import Session, read_facts
from snapgraph.model.observations import ObservedSample

__all__ = ["ObservedPostgres", "open_observed"]

CONNECT_SECONDS = 3
TCP_USER_TIMEOUT_MS = 5000
"""After this long without an acknowledgement a connection is dead: 4.0 s measured, against 45 s and more without."""
LOCK_TIMEOUT_MS = 200
"""Only sizes and definitions ever wait for a lock, and both can wait for a later tick."""
GRACE_SECONDS = 1.0
"""The server's own timeout comes first; the socket is broken this much later."""


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

    def __init__(self, parameters: dict[str, Any], *, statement_timeout_seconds: float) -> None:
        self._parameters = parameters
        self._seconds = statement_timeout_seconds
        self._connection: psycopg.Connection | None = None
        self._session: Session | None = None
        self._catalog = Catalog()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        connection, self._connection, self._session = self._connection, None, None
        if connection is not None:
            connection.close()

    def check(self) -> None:
        """Connect, and see whether everything that a read needs is there.

        Raises:
            ConfigurationError: The extension, its version or a right is missing; the message says what mends it.
            ObservedUnavailableError: It does not answer.
        """
        with self._connected() as session:
            read_moment(session)

    def read(self, known_query_ids: Collection[int] = ()) -> ObservedSample:
        """Read everything for one tick.

        Args:
            known_query_ids: Statements whose text need not be read.

        Raises:
            ConfigurationError: The extension, its version or a right is missing; the message says what mends it.
            ObservedUnavailableError: It does not answer, or not in time.
        """
        with self._connected() as session:
            own = session.take_reported()
            moment = read_moment(session)
            statements = read_statements(session)
            unknown = {key.query_id for key in statements}.difference(known_query_ids)
            texts = read_texts(session, unknown)
            tables, views = self._catalog.read(session)
            session.report()
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
            own_transactions=own,
        )

    @contextmanager
    def _connected(self) -> Iterator[Session]:
        """Give the session; translate what fails, and hang up then."""
        try:
            connection = self._connection or self._connect()
            with deadline(connection, self._seconds + GRACE_SECONDS):
                if self._session is None:
                    self._session = Session(connection, read_facts(connection))
                yield self._session
        except psycopg.Error as error:
            database = str(self._parameters.get("dbname") or "")
            self.close()
            raise translate(error, database=database, seconds=self._seconds) from error
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
        parameters: dict[str, Any] = {
            "application_name": "snapgraph",
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": TCP_USER_TIMEOUT_MS,
            **self._parameters,
        }
        given = parameters.get("options")
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        parameters["options"] = f"{given} {options}" if given else options
        self._connection = psycopg.connect(
            make_conninfo(**parameters),
            autocommit=True,
            prepare_threshold=None,  # preparing is one more transaction, which the count of our own would miss
        )
        return self._connection
