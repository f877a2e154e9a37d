"""Partitions: ahead, on demand, by anybody who may write, and without holding anyone up."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.graphs import performance_graph
from snapgraph.adapters.store import clock, open_store, partitions, payloads, snapshots
from snapgraph.engine import columns
from snapgraph.errors import InvalidInputError
from snapgraph.model.partitions import class_number, partition_range, ranges_ahead
from snapgraph.model.vocabulary import RetentionClass
from tests.integration.store.graphs import graph


def listed(store):
    with store.read() as tx:
        return partitions.status(tx)


def drop_all(store):
    with store.begin() as tx:
        for each in partitions.status(tx):
            tx.execute(sa.text(f"DROP TABLE {each.name}"))
    store.caches.partitions.clear()
    store.caches.horizon_seen_at = None


@contextmanager
def long_reader(url):
    """A transaction that has read both parents and stays open."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM chunk").fetchall()
        connection.execute("SELECT count(*) FROM manifest").fetchall()
        yield


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment=st.datetimes(datetime(2000, 1, 3), datetime(2027, 1, 1)),  # noqa: DTZ001 - hypothesis adds the zone
    retention_class=st.sampled_from(list(RetentionClass)),
)
def test_the_database_computes_the_ranges_of_the_model(store, moment, retention_class):
    wanted = partition_range(retention_class, moment.replace(tzinfo=UTC))
    with store.begin() as tx:
        tx.execute(sa.text("SET LOCAL timezone = 'America/New_York'"))
        tx.execute(
            sa.text("SELECT ensure_partition(CAST(:c AS smallint), :t)"),
            {"c": class_number(retention_class), "t": moment.replace(tzinfo=UTC)},
        )
        tx.execute(sa.text("SET LOCAL timezone = 'UTC'"))
        bounds = tx.execute(
            sa.text(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relpartbound IS NOT NULL AND relname = :name"
            ),
            {"name": f"chunk_{retention_class}_{wanted.since:%Y%m%d}"},
        ).scalar_one()
    shown = [
        f"('{class_number(retention_class)}', '{each:%Y-%m-%d} 00:00:00+00')" for each in (wanted.since, wanted.until)
    ]
    assert bounds == f"FOR VALUES FROM {shown[0]} TO {shown[1]}"


def test_partitions_are_made_for_every_class_seven_days_ahead(store):
    drop_all(store)
    partitions.ensure_ahead(store)
    with store.read() as tx:
        now = clock.now(tx)
    there = {(each.parent, each.range) for each in listed(store)}
    assert there == {(parent, each) for parent in ("chunk", "manifest") for each in ranges_ahead(now, days_ahead=7)}
    assert sum(each.range.retention_class is RetentionClass.SCHEDULED for each in listed(store)) == 16
    assert not any(each.detach_pending for each in listed(store))


def test_a_horizon_that_comes_near_is_moved_and_a_far_one_is_left(store):
    drop_all(store)
    partitions.ensure_ahead(store, days_ahead=2)
    with store.read() as tx:
        now = clock.now(tx)
    partitions.keep_ahead(store, now)
    assert max(each.range.since for each in listed(store)) >= now + timedelta(days=6)
    before = listed(store)
    store.caches.horizon_seen_at = None
    partitions.keep_ahead(store, now + timedelta(days=3))
    assert listed(store) == before


def test_a_capture_of_a_day_without_partition_makes_it(store, capture, at_noon):
    drop_all(store)
    made = capture(performance_graph(20, 50), captured_at=at_noon, retention_class=RetentionClass.SCHEDULED)
    names = [each.name for each in listed(store)]
    assert names == ["chunk_scheduled_20250106", "manifest_scheduled_20250106"]
    with store.read() as tx:
        assert len(payloads.read_graph(tx, made).edges) == 50


def test_a_partition_that_vanished_behind_our_back_is_made_again(store, capture, at_noon):
    capture(performance_graph(20, 50), captured_at=at_noon)
    with store.begin() as tx:
        for each in partitions.status(tx):
            tx.execute(sa.text(f"DROP TABLE {each.name}"))
    made = capture(performance_graph(20, 50, seed=2), captured_at=at_noon)
    with store.read() as tx:
        assert len(payloads.read_graph(tx, made).edges) == 50


def test_thirty_days_of_captures_meet_no_missing_partition(store, capture, at_noon):
    for day in range(30):
        moment = at_noon + timedelta(days=day)
        capture(graph({"a:T": {}}), captured_at=moment, retention_class=RetentionClass.SCHEDULED)
        partitions.keep_ahead(store, moment)


def test_a_partition_is_attached_beside_a_long_reader_and_a_writer(store, store_url, draft, at_noon):
    with long_reader(store_url), store.begin() as tx:
        snapshots.insert(tx, draft(captured_at=at_noon), performance_graph(20, 50))
        started = time.perf_counter()
        partitions.ensure(store, partition_range(RetentionClass.INCIDENT, datetime(2024, 5, 5, tzinfo=UTC)))
        assert time.perf_counter() - started < 5, "who waits for the reader waits for ever"


def test_partition_of_on_a_live_parent_would_wait_for_the_reader(store_url):
    """The control: what the function avoids by LIKE and ATTACH."""
    statement = "CREATE TABLE chunk_control PARTITION OF chunk FOR VALUES FROM (0, '2001-01-01') TO (0, '2001-01-02')"
    with long_reader(store_url), psycopg.connect(store_url) as other:
        other.execute("SET lock_timeout = '300ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(statement)


def test_makers_at_once_make_one(store):
    drop_all(store)
    wanted = partition_range(RetentionClass.MANUAL, datetime(2024, 5, 5, tzinfo=UTC))
    failures = []

    def make():
        try:
            store.caches.partitions.clear()
            partitions.ensure(store, wanted)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [each.range for each in listed(store)] == [wanted, wanted]


def test_a_role_that_owns_nothing_can_capture_and_get_partitions(store_url, draft, at_noon):
    with psycopg.connect(store_url, autocommit=True) as owner:
        # a role belongs to the cluster, which other workers share: the name is of this test alone
        owner.execute("DROP ROLE IF EXISTS owns_nothing")
        owner.execute("CREATE ROLE owns_nothing LOGIN PASSWORD 'app'")
        owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO owns_nothing")
    host = store_url.rpartition("@")[2]
    app = open_store(f"postgresql://owns_nothing:app@{host}", codec=columns)
    try:
        with app.begin() as tx:
            made = snapshots.insert(tx, draft(captured_at=at_noon - timedelta(days=400)), performance_graph(20, 50))
        with app.read() as tx:
            assert len(payloads.read_graph(tx, made).edges) == 50
    finally:
        app.close()
        with psycopg.connect(store_url, autocommit=True) as owner:
            owner.execute("DROP OWNED BY owns_nothing")
            owner.execute("DROP ROLE owns_nothing")


def test_a_table_that_somebody_else_attached_is_left_alone(store, capture, at_noon):
    capture(performance_graph(5, 5), captured_at=at_noon)
    bounds = "FOR VALUES FROM (1, '1990-01-01') TO (1, '1990-01-02')"
    with store.begin() as tx:
        tx.execute(sa.text(f"CREATE TABLE archive PARTITION OF chunk {bounds}"))
    try:
        assert "archive" not in {each.name for each in listed(store)}
        assert listed(store)
    finally:
        with store.begin() as tx:
            tx.execute(sa.text("DROP TABLE archive"))


@pytest.mark.parametrize("moment", [datetime(1999, 12, 31, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)])
def test_a_time_far_away_is_refused(capture, moment):
    with pytest.raises(InvalidInputError, match="2000"):
        capture(graph({}), captured_at=moment)


def test_statements_lock_only_their_own_partitions(store, capture):
    made = capture(performance_graph(20, 50))
    for days in range(40):
        partitions.ensure(
            store, partition_range(RetentionClass.SCHEDULED, datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=days))
        )
    with store.read() as tx:
        payloads.read_graph(tx, made)
        locked = tx.execute(
            sa.text(
                "SELECT count(DISTINCT relation) FROM pg_locks JOIN pg_class ON pg_class.oid = relation "
                "WHERE pid = pg_backend_pid() AND relispartition"
            )
        ).scalar_one()
    assert locked <= 4, "chunk and manifest of one range, with their indexes"
