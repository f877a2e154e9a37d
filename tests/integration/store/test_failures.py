"""When Postgres is away, slow, full or of another version: the errors say so, in time."""

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

from snapgraph.adapters.store import open_store, snapshots
from snapgraph.engine import columns
from snapgraph.errors import (
    BusyError,
    ConfigurationError,
    InvalidInputError,
    SnapgraphError,
    StoreUnavailableError,
)
from tests.fixtures.timing import in_time
from tests.integration.store.graphs import graph


def kill_others(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "postgresql:/", "sqlite://"])
def test_a_url_that_is_no_postgres_is_a_configuration_error(url):
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        open_store(url, codec=columns).check()


def test_a_postgres_that_is_away_is_unavailable_at_once():
    store = open_store("postgresql://postgres@127.0.0.1:1/nothing", codec=columns)
    with pytest.raises(StoreUnavailableError) as caught:
        store.check()
    assert caught.value.retry_after_seconds
    assert "127.0.0.1" not in str(caught.value)


def test_a_postgres_that_never_answers_is_unavailable_within_five_seconds():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = open_store(f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}/x", codec=columns)
        started = time.perf_counter()
        with pytest.raises(StoreUnavailableError):
            store.check()
        assert time.perf_counter() - started < 5


def test_connections_that_broke_in_the_pool_give_no_error_to_the_next_request(store, store_url):
    threads = [threading.Thread(target=store.check) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kill_others(store_url)
    for _ in range(4):
        store.check()


@contextmanager
def standing_still(store):
    """The server process of a pooled connection, stopped: alive for the kernel, dead for us."""
    with store.read() as tx:
        pid = tx.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_pooled_connection_whose_server_stands_still_is_left_for_a_new_one(store_url):
    store = open_store(store_url, codec=columns)
    with standing_still(store):
        started = time.perf_counter()
        store.check()
        assert time.perf_counter() - started < 5
    store.close()


def test_a_call_whose_server_stands_still_is_ended(store_url):
    store = open_store(store_url, codec=columns, call_seconds=0.6)

    def call():
        with store.read() as tx:
            pid = tx.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            os.kill(pid, signal.SIGSTOP)
            try:
                tx.execute(sa.text("SELECT 1"))
            finally:
                os.kill(pid, signal.SIGCONT)

    def ended():
        with pytest.raises(StoreUnavailableError):
            call()

    started = time.perf_counter()
    in_time(ended, 3)
    assert time.perf_counter() - started > 0.5
    store.check()
    store.close()


def test_a_call_in_time_is_left_alone_by_the_watchdog(store_url):
    store = open_store(store_url, codec=columns, call_seconds=5)
    with store.read() as tx:
        for _ in range(12):
            tx.execute(sa.text("SELECT pg_sleep(0.5)"))
    store.close()


def test_a_connection_that_breaks_under_a_capture_is_unavailable_and_leaves_nothing(store, store_url, draft):
    def capture():
        with store.begin() as tx:
            snapshots.insert(tx, draft(), graph({"a:T": {}}), at=lambda _name: kill_others(store_url))

    with pytest.raises(StoreUnavailableError):
        capture()
    with store.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM snapshot")).scalar_one() == 0


def test_a_pool_without_a_free_connection_says_so_within_three_seconds(store_url):
    small = open_store(store_url, codec=columns, pool_size=1)

    def refused():
        with pytest.raises(StoreUnavailableError, match="in use"):
            small.check()

    with small.read():
        in_time(refused, 3)
    small.close()


def test_a_lock_that_is_not_given_is_busy(store, store_url, draft):
    with store.begin() as tx:
        snapshots.insert(tx, draft(), graph({}))
    with psycopg.connect(store_url) as other:
        other.execute("SELECT * FROM live_graph FOR UPDATE")
        with pytest.raises(BusyError), store.begin() as tx:
            wait_shortly_for_the_graph(tx, draft)


def wait_shortly_for_the_graph(tx, draft):
    tx.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
    snapshots.insert(tx, draft(), graph({}))


def test_a_statement_that_takes_too_long_is_ended(store):
    def sleep():
        with store.read() as tx:
            tx.execute(sa.text("SET LOCAL statement_timeout = '100ms'"))
            tx.execute(sa.text("SELECT pg_sleep(5)"))

    with pytest.raises(StoreUnavailableError):
        sleep()


def test_deadlines_stand_on_every_connection(store):
    with store.begin() as tx:
        shown = {
            name: tx.execute(sa.text(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }
    assert list(shown.values()) == ["30s", "10s", "1min"]


def test_a_read_is_of_one_moment_and_writes_nothing(store, draft):
    with store.read() as reading:
        count = sa.text("SELECT count(*) FROM snapshot")
        before = reading.execute(count).scalar_one()
        with store.begin() as tx:
            snapshots.insert(tx, draft(), graph({}))
        assert reading.execute(count).scalar_one() == before
        with pytest.raises(SnapgraphError):
            reading.execute(sa.text("DELETE FROM snapshot"))


def test_a_standby_that_takes_no_writes_is_unavailable(store, draft):
    def insert():
        with store.begin() as tx:
            tx.execute(sa.text("SET TRANSACTION READ ONLY"))
            snapshots.insert(tx, draft(), graph({}))

    with pytest.raises(StoreUnavailableError, match="ReadOnlySqlTransaction"):
        insert()


def test_values_that_postgres_refuses_are_the_callers_fault(store):
    for statement in ("SELECT '1e400'::float8", "SELECT 'x'::int", "SELECT 2147483648::int"):
        with pytest.raises(InvalidInputError), store.read() as tx:
            tx.execute(sa.text(statement.replace(":", "\\:")))


def test_a_database_without_the_schema_says_what_to_run(postgres_url):
    store = open_store(postgres_url, codec=columns)
    with pytest.raises(StoreUnavailableError, match="snapgraph db upgrade"), store.read() as tx:
        snapshots.get(tx, "latest")
    store.close()


def test_what_is_done_after_the_commit_is_not_done_after_a_rollback(store):
    done = []

    def fail():
        with store.begin() as tx:
            tx.after_commit(lambda: done.append("rolled back"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.begin() as tx:
        tx.after_commit(lambda: done.append("committed"))
        assert done == []
    assert done == ["committed"]
