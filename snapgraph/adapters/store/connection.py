"""The connection to the store: one pool, deadlines on everything, and transactions of our own type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import orjson
import psycopg
import sqlalchemy as sa

from snapgraph.adapters.store.caches import Caches
from snapgraph.adapters.store.failures import translated
from snapgraph.errors import ConfigurationError
from snapgraph.model.codecs import ColumnCodec

__all__ = ["Store", "Transaction", "open_store", "parsed_url"]

_CONNECT_SECONDS = 3
_UNACKNOWLEDGED_MS = 5_000
"""A peer that does not acknowledge for this long is gone (``tcp_user_timeout``); without it that took 45 s and more."""
_CHECKOUT_SECONDS = 2.0
_SERVER_SETTINGS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}


class Transaction:
    """One open transaction; the use case that began it owns it, and no function of the store commits.

    Attributes:
        store: That it is one of.
        is_reading: It sees one state of what is committed, and writes nothing.
    """

    __slots__ = ("_after_commit", "_connection", "is_reading", "store")

    def __init__(self, connection: sa.Connection, store: Store, *, is_reading: bool) -> None:
        self._connection = connection
        self.is_reading = is_reading
        self._after_commit: list[Callable[[], None]] = []
        self.store = store

    @property
    def codec(self) -> ColumnCodec:
        """How columns become bytes."""
        return self.store.codec

    @property
    def caches(self) -> Caches:
        """What this process remembers."""
        return self.store.caches

    def execute(
        self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """Run a statement of SQLAlchemy Core."""
        with translated():
            return self._connection.execute(statement, parameters)

    def fetch(self, statement: LiteralString, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement of psycopg and fetch all rows, in binary: bodies of chunks come twice as fast."""
        with translated(), self._driver.cursor(binary=True) as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def copy_in(self, statement: LiteralString, data: bytes) -> None:
        """Send ready-made COPY data."""
        with translated(), self._driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(data)

    def copy_out(self, statement: LiteralString, parameters: Sequence[Any]) -> bytes:
        """Receive COPY data as one piece."""
        with translated(), self._driver.cursor() as cursor, cursor.copy(statement, parameters) as copy:
            return b"".join(copy)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Make what is done inside undo itself when it raises."""
        with translated():
            nested = self._connection.begin_nested()
        try:
            yield
        except BaseException:
            with translated():
                nested.rollback()
            raise
        with translated():
            nested.commit()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Have something done once the transaction is committed, and not when it is not."""
        self._after_commit.append(action)

    def _committed(self) -> None:
        for action in self._after_commit:
            action()

    @property
    def _driver(self) -> psycopg.Connection[Any]:
        return cast("psycopg.Connection[Any]", self._connection.connection.driver_connection)


class Store:
    """The snapshot store; safe to share between threads.

    Attributes:
        codec: How columns become bytes.
        caches: What this process remembers of what never changes.
        url: Of the app role, with its password.
    """

    def __init__(self, url: sa.URL, *, codec: ColumnCodec, owner_url: sa.URL | None, pool_size: int) -> None:
        self.codec = codec
        self.caches = Caches()
        self.url = url
        self._engine = _engine(url, pool_size=pool_size)
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._direct = _engine(owner_url or url)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction that writes; commits at the end of the block, rolls back when it raises."""
        with _transaction(self._engine, self, is_reading=False) as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that reads one state of everything: REPEATABLE READ, READ ONLY."""
        with _transaction(self._reading, self, is_reading=True) as transaction:
            yield transaction

    @contextmanager
    def maintain(self) -> Iterator[Transaction]:
        """Open a transaction on a connection of its own, outside the pool, as the owner of the tables."""
        with _transaction(self._direct, self, is_reading=False) as transaction:
            yield transaction

    def check(self) -> None:
        """Ask for an answer.

        Raises:
            StoreUnavailableError: There is none.
        """
        with self.read() as transaction:
            transaction.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()
        self._direct.dispose()


def open_store(url: str, *, codec: ColumnCodec, owner_url: str | None = None, pool_size: int = 10) -> Store:
    """Open the store; nothing is connected before the first transaction.

    Args:
        url: ``postgresql://…`` of the app role.
        codec: ``snapgraph.engine.columns``.
        owner_url: Of the role that owns the tables, for maintenance; the app's when there is none.
        pool_size: Most connections at once.

    Raises:
        ConfigurationError: That is no URL of a Postgres.
    """
    owner = parsed_url(owner_url) if owner_url else None
    return Store(parsed_url(url), codec=codec, owner_url=owner, pool_size=pool_size)


@contextmanager
def _transaction(engine: sa.Engine, store: Store, *, is_reading: bool) -> Iterator[Transaction]:
    with translated():
        connection = engine.connect()
    try:
        transaction = Transaction(connection, store, is_reading=is_reading)
        with translated(), connection.begin():
            yield transaction
    finally:
        with translated():
            connection.close()
    transaction._committed()  # noqa: SLF001 (the other half of this function)


def parsed_url(url: str) -> sa.URL:
    """Read the URL of a Postgres, and name the driver in it.

    Raises:
        ConfigurationError: It is none.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        parsed = sa.URL.create("unreadable")
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise ConfigurationError(
            "The store's URL is none of a Postgres: set DATABASE_URL to postgresql://user:password@host:5432/database."
        )
    return parsed.set(drivername="postgresql+psycopg")


def _engine(url: sa.URL, *, pool_size: int | None = None) -> sa.Engine:
    options = " ".join(f"-c {name}={value}" for name, value in _SERVER_SETTINGS.items())
    pool: dict[str, Any] = {"poolclass": sa.NullPool}
    if pool_size is not None:
        pool = {
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_timeout": _CHECKOUT_SECONDS,
            "pool_pre_ping": True,
            "pool_use_lifo": True,
        }
    return sa.create_engine(
        url,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "tcp_user_timeout": _UNACKNOWLEDGED_MS,
            "application_name": "snapgraph",
            "prepare_threshold": None,  # a generic plan locks every partition, and poolers lose prepared statements
            "options": f"{url.query.get('options', '')} {options}".strip(),
        },
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        hide_parameters=True,
        **pool,
    )
