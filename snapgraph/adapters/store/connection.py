"""The connection to the store: one pool, deadlines on everything, and transactions of our own type."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import orjson
import psycopg
import sqlalchemy as sa

from snapgraph.adapters.store.caches import Caches
from snapgraph.adapters.store.failures import translated
from snapgraph.adapters.store.watchdog import Watchdog
from snapgraph.errors import ConfigurationError, SnapgraphError, StoreUnavailableError
from snapgraph.model.codecs import ColumnCodec

__all__ = ["CALL_SECONDS", "Store", "Transaction", "open_store", "parsed_url"]

_CONNECT_SECONDS = 3
_UNACKNOWLEDGED_MS = 5_000
"""A peer that does not acknowledge for this long is gone (``tcp_user_timeout``); without it that took 45 s and more."""
_CHECKOUT_SECONDS = 2.0
_PING_SECONDS = 1.5
"""For a pooled connection to prove itself; with a new one's three seconds behind it an answer comes within five."""
CALL_SECONDS = 35.0
"""A little more than ``statement_timeout``, which ends a call before it when the server is alive."""
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

    __slots__ = ("_after_commit", "_connection", "_driver", "is_reading", "store")

    def __init__(self, connection: sa.Connection, store: Store, *, is_reading: bool) -> None:
        self._connection = connection
        self._driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
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

    def begin_reading(self) -> None:
        """Have all statements see one state; before the first of them.

        An engine's options for that are set and set back on each connection: 0.1 ms and more of a cold processor.
        """
        with self.watched():
            _exec(self._driver, b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", psycopg.pq.ExecStatus.COMMAND_OK)

    def execute(
        self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """Run a statement of SQLAlchemy Core."""
        with self.watched():
            return self._connection.execute(statement, parameters)

    def fetch(self, statement: LiteralString, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement of psycopg and fetch all rows, in binary: bodies of chunks come twice as fast."""
        with self.watched(), self._driver.cursor(binary=True) as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def copy_in(self, statement: LiteralString, data: bytes) -> None:
        """Send ready-made COPY data."""
        with self.watched(), self._driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(data)

    def copy_out(self, statement: LiteralString, parameters: Sequence[Any]) -> bytes:
        """Receive COPY data as one piece."""
        with self.watched(), self._driver.cursor() as cursor, cursor.copy(statement, parameters) as copy:
            return b"".join(copy)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Make what is done inside undo itself when it raises."""
        with self.watched():
            nested = self._connection.begin_nested()
        try:
            yield
        except BaseException:
            with contextlib.suppress(StoreUnavailableError), self.watched():  # with the connection it is undone too
                nested.rollback()
            raise
        with self.watched():
            nested.commit()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Have something done once the transaction is committed, and not when it is not."""
        self._after_commit.append(action)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Translate the errors of a call, and end it when it takes too long."""
        with translated(), self.store.watchdog.watch(self._driver, self.store.call_seconds):
            yield

    def committed(self) -> None:
        """Do what was put off until the commit."""
        for action in self._after_commit:
            action()


class Store:
    """The snapshot store; safe to share between threads.

    Attributes:
        codec: How columns become bytes.
        caches: What this process remembers of what never changes.
        url: Of the app role, with its password.
        call_seconds: After this long a call is ended, even when the server stands still.
        watchdog: Who ends it.
    """

    def __init__(
        self, url: sa.URL, *, codec: ColumnCodec, owner_url: sa.URL | None, pool_size: int, call_seconds: float
    ) -> None:
        self.codec = codec
        self.caches = Caches()
        self.url = url
        self.call_seconds = call_seconds
        self.watchdog = Watchdog()
        self._engine = _engine(url, pool_size=pool_size)
        _check_on_checkout(self._engine, self.watchdog)
        self._direct = _engine(owner_url or url)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction that writes; commits at the end of the block, rolls back when it raises."""
        with _transaction(self._engine, self, is_reading=False) as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that reads one state of everything: REPEATABLE READ, READ ONLY."""
        with _transaction(self._engine, self, is_reading=True) as transaction:
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


def open_store(
    url: str,
    *,
    codec: ColumnCodec,
    owner_url: str | None = None,
    pool_size: int = 10,
    call_seconds: float = CALL_SECONDS,
) -> Store:
    """Open the store; nothing is connected before the first transaction.

    Args:
        url: ``postgresql://…`` of the app role.
        codec: ``snapgraph.engine.columns``.
        owner_url: Of the role that owns the tables, for maintenance; the app's when there is none.
        pool_size: Most connections at once.
        call_seconds: After this long a call is ended, even when the server stands still.

    Raises:
        ConfigurationError: That is no URL of a Postgres.
    """
    owner = parsed_url(owner_url) if owner_url else None
    return Store(parsed_url(url), codec=codec, owner_url=owner, pool_size=pool_size, call_seconds=call_seconds)


@contextmanager
def _transaction(engine: sa.Engine, store: Store, *, is_reading: bool) -> Iterator[Transaction]:
    with translated():
        connection = engine.connect()
    try:
        transaction = Transaction(connection, store, is_reading=is_reading)
        begun = connection.begin()
        try:
            if is_reading:
                transaction.begin_reading()
            with translated():  # what the caller does with a connection of ours by other ways than ours
                yield transaction
        except BaseException:
            with contextlib.suppress(SnapgraphError), transaction.watched():
                begun.rollback()
            raise
        with transaction.watched():
            begun.commit()
    finally:
        with translated():
            connection.close()
    transaction.committed()


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


def _check_on_checkout(engine: sa.Engine, watchdog: Watchdog) -> None:
    """Have each pooled connection prove itself before it is lent, so that a broken one is nobody's error.

    SQLAlchemy's ``pool_pre_ping`` does the same without a deadline: a server that stands still would hold it for ever.
    Its ping by the driver's cursor took 0.3 ms of a cold processor, an empty statement by libpq takes 0.06.
    """

    @sa.event.listens_for(engine, "connect")
    def _note_new(_connection: psycopg.Connection[Any], record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["new"] = True

    @sa.event.listens_for(engine, "checkout")
    def _prove(connection: psycopg.Connection[Any], record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.pop("new", False):
            return
        try:
            with watchdog.watch(connection, _PING_SECONDS):
                _exec(connection, b"", psycopg.pq.ExecStatus.EMPTY_QUERY)
        except psycopg.Error as error:
            raise sa.exc.InvalidatePoolError from error


def _exec(connection: psycopg.Connection[Any], command: bytes, expected: psycopg.pq.ExecStatus) -> None:
    """Run a command by libpq alone: one call instead of the hundreds of a cursor's."""
    answer = connection.pgconn.exec_(command)
    if answer.status != expected:
        raise psycopg.OperationalError(answer.get_error_message())
