"""What is read of a real Postgres, 15 and 18, against what the server itself says."""

import time

import psycopg
import pytest

from snapgraph.adapters.observed import open_observed
from snapgraph.engine.attribution import shape_of
from snapgraph.errors import ConfigurationError, ObservedUnavailableError
from snapgraph.model.observations import TableName
from tests.faults.proxy import FaultProxy
from tests.integration.observed.cluster import JOIN, LOOKUP, SHOP, VERSIONS, cluster


@pytest.fixture(scope="module", params=VERSIONS)
def running(request):
    """A cluster of each version."""
    with cluster(request.param) as started:
        yield started


@pytest.fixture
def shop(running):
    """The address of a fresh shop."""
    return running.make_database("shop", SHOP)


@pytest.fixture
def observed(shop):
    """The shop under observation."""
    with open_observed(shop) as opened:
        yield opened


def test_counters_and_texts_are_those_of_the_server(running, shop):
    with running.connect("shop") as client:
        for _ in range(7):
            client.execute(JOIN, [1])
        for _ in range(3):
            client.execute(LOOKUP, [1])
    with open_observed(shop) as observed:
        sample = observed.read()

    counted = running.run(
        "SELECT queryid, calls, total_exec_time, query FROM pg_stat_statements"
        " WHERE query LIKE '%users%WHERE%' AND dbid = (SELECT oid FROM pg_database WHERE datname = 'shop')",
        "shop",
    )
    assert sorted(calls for _, calls, _, _ in counted) == [3, 7]
    for query_id, calls, milliseconds, text in counted:
        (counters,) = [counters for key, counters in sample.statements.items() if key.query_id == query_id]
        assert (counters.calls, counters.execution_ms) == (calls, milliseconds)
        assert sample.texts[query_id] == text
    assert sample.database.name == "shop"
    assert sample.taken_at.tzinfo is not None


def test_statements_of_other_databases_are_left_out(running, shop):
    running.make_database("other", "CREATE TABLE elsewhere (id int)")
    running.run("SELECT * FROM elsewhere", "other")

    with open_observed(shop) as observed:
        assert not [text for text in observed.read().texts.values() if "elsewhere" in text]


def test_only_texts_that_are_new_are_read(running, observed):
    known = set(observed.read().texts)
    known |= set(observed.read(known).texts)
    running.run("SELECT max(total) FROM orders", "shop")

    later = observed.read(known)

    assert list(later.texts.values()) == ["SELECT max(total) FROM orders"]


def test_every_statement_of_our_own_is_known_as_such(observed):
    """The observer logs in as the same user as everyone else here, and leaves nothing that looks like their work."""
    observed.check()
    before = set(observed.read().statements)
    for _ in range(8):  # psycopg prepares a statement that it runs a sixth time
        sample = observed.read()

    new = {key.query_id for key in sample.statements} - {key.query_id for key in before}
    own = [query_id for query_id, text in sample.texts.items() if shape_of(text).is_own]
    assert new <= set(own)
    assert len(own) >= 7
    assert not [text for text in sample.texts.values() if text.startswith(("SET", "BEGIN", "DEALLOCATE", "SHOW"))]


def test_tables_come_with_their_counters_indexes_and_sizes(running, observed):
    tables = {table.name: table for table in observed.read().tables}

    assert set(tables) == {"users", "orders"}
    assert tables["orders"].row_estimate == 20_000
    assert tables["orders"].indexes == (
        "CREATE INDEX orders_by_user ON public.orders USING btree (user_id)",
        "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)",
    )
    assert tables["orders"].size_bytes == running.run("SELECT pg_total_relation_size('orders')", "shop")[0][0]


def test_an_index_that_cannot_be_used_is_not_listed(running, observed):
    with running.connect("shop") as client, pytest.raises(psycopg.errors.UniqueViolation):
        client.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON orders (user_id)")

    assert not [index for table in observed.read().tables for index in table.indexes if "broken" in index]


def test_partitions_stand_within_their_partitioned_table(running, observed):
    running.run(
        "CREATE SCHEMA old; CREATE TABLE events (day int, n int) PARTITION BY RANGE (day);"
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE old.events_2 PARTITION OF events FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (day);"
        "CREATE TABLE old.events_2a PARTITION OF old.events_2 FOR VALUES FROM (10) TO (15);"
        "CREATE INDEX events_by_day ON events (day);"
        "INSERT INTO events SELECT i % 15, i FROM generate_series(1, 150) AS i; ANALYZE",
        "shop",
    )
    observed.read()
    running.run("SET enable_indexscan = off; SET enable_bitmapscan = off; SELECT sum(n) FROM events", "shop")
    events = next(table for table in observed.read().tables if table.name == "events")
    names = {table.name for table in observed.read().tables}

    assert names == {"users", "orders", "events"}
    assert set(events.partitions) == {
        TableName("public", "events_1"),
        TableName("old", "events_2"),
        TableName("old", "events_2a"),
    }
    assert events.row_estimate == 150
    assert events.sequential_scans >= 2
    assert events.indexes == ("CREATE INDEX events_by_day ON ONLY public.events USING btree (day)",)


def test_views_come_with_their_current_definition(running, observed):
    running.run("CREATE VIEW rich AS SELECT u.id FROM users u JOIN orders o ON o.user_id = u.id", "shop")
    (first,) = observed.read().views
    (again,) = observed.read().views
    running.run("CREATE OR REPLACE VIEW rich AS SELECT id FROM users", "shop")
    (changed,) = observed.read().views

    assert (first.schema, first.name) == ("public", "rich")
    assert shape_of(first.text).joins
    assert again == first
    assert not shape_of(changed.text).joins


def test_a_table_that_somebody_holds_exclusively_is_not_waited_for(running, observed):
    running.run("CREATE VIEW rich AS SELECT * FROM orders", "shop")
    with running.connect("shop") as holder:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        locked = observed.read()
        waited = time.monotonic() - began
        holder.execute("ROLLBACK")
    freed = observed.read()

    unknown = {table.name: (table.size_bytes is None, table.indexes is None) for table in locked.tables}
    assert waited < 5.0  # that nothing was waited for shows in what is known of the other table
    assert unknown == {"orders": (True, True), "users": (False, False)}
    assert [view.text == "" for view in locked.views] == [True]
    assert [view.text == "" for view in freed.views] == [False]
    assert all(table.indexes for table in freed.tables)


def test_what_is_known_of_a_table_stays_while_it_is_locked(running, observed):
    before = observed.read()
    with running.connect("shop") as holder:
        holder.execute("BEGIN")
        holder.execute("ALTER TABLE orders ADD COLUMN note text")
        for _ in range(12):  # the twelfth would read sizes and definitions again
            locked = observed.read()

    assert [(table.size_bytes, table.indexes) for table in locked.tables] == [
        (table.size_bytes, table.indexes) for table in before.tables
    ]


def test_a_dropped_index_is_gone_from_the_next_read(running, observed):
    observed.read()
    running.run("DROP INDEX orders_by_user", "shop")

    orders = next(table for table in observed.read().tables if table.name == "orders")

    assert orders.indexes == ("CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)",)


@pytest.mark.usefixtures("shop")
def test_an_observer_with_the_right_needs_no_other(running):
    running.run("DROP ROLE IF EXISTS watcher; CREATE ROLE watcher LOGIN PASSWORD 'secret'")
    running.run("SELECT count(*) FROM orders", "shop")
    url = running.url("shop", username="watcher")
    with (
        open_observed(url) as observed,
        pytest.raises(ConfigurationError, match='GRANT pg_read_all_stats TO "watcher";'),
    ):
        observed.check()

    running.run("GRANT pg_read_all_stats TO watcher")
    with open_observed(url) as observed:
        assert "SELECT count(*) FROM orders" in observed.read().texts.values()


@pytest.mark.usefixtures("shop")
def test_statistics_that_were_locked_away_say_which_role_opens_them(running):
    running.run("DROP ROLE IF EXISTS barred; CREATE ROLE barred LOGIN PASSWORD 'secret' IN ROLE pg_read_all_stats")
    running.run("REVOKE EXECUTE ON FUNCTION pg_stat_statements(boolean) FROM PUBLIC", "shop")

    with (
        open_observed(running.url("shop", username="barred")) as observed,
        pytest.raises(ConfigurationError, match="GRANT pg_monitor"),
    ):
        observed.read()


def test_an_extension_that_an_upgrade_left_behind_says_how_to_update_it(running):
    url = running.make_database("upgraded", extension=False)
    running.run("CREATE EXTENSION pg_stat_statements VERSION '1.9'", "upgraded")

    with (
        open_observed(url) as observed,
        pytest.raises(ConfigurationError, match="ALTER EXTENSION pg_stat_statements UPDATE"),
    ):
        observed.read()


def test_a_database_without_the_extension_says_the_two_lines(running):
    url = running.make_database("bare", extension=False)

    with open_observed(url) as observed, pytest.raises(ConfigurationError) as refused:
        observed.read()

    assert "shared_preload_libraries = 'pg_stat_statements'" in str(refused.value)
    assert "CREATE EXTENSION pg_stat_statements;" in str(refused.value)


def test_an_extension_that_is_dropped_and_made_again_is_noticed(running, observed):
    observed.read()
    running.run("DROP EXTENSION pg_stat_statements", "shop")
    with pytest.raises(ConfigurationError, match="CREATE EXTENSION"):
        observed.read()
    running.run("CREATE SCHEMA stats; CREATE EXTENSION pg_stat_statements SCHEMA stats", "shop")

    assert observed.read().statements


def test_a_server_that_did_not_load_the_library_says_the_two_lines():
    with cluster(18, shared_preload_libraries="") as unprepared:
        url = unprepared.make_database("shop")
        with open_observed(url) as observed, pytest.raises(ConfigurationError, match="shared_preload_libraries"):
            observed.check()


@pytest.mark.parametrize(
    "url", ["postgresql//user:hunter2@host", "postgresql://user:hunter2@[::1/db", "user=u password=hunter2 x"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(url):
    with pytest.raises(ConfigurationError) as refused:
        open_observed(url).check()

    assert "SNAPGRAPH_OBSERVED_URL" in str(refused.value)
    assert "hunter2" not in f"{refused.value!r} {refused.value.__cause__!r}"


def test_a_server_that_is_away_is_said_to_be_at_once(running):
    with open_observed(running.url(port=1)) as observed, pytest.raises(ObservedUnavailableError) as away:
        observed.check()

    assert away.value.retry_after_seconds
    assert running.server.password not in str(away.value)


def test_a_lost_connection_is_made_again_by_the_next_read(running, observed):
    observed.read()
    running.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'snapgraph'")
    with pytest.raises(ObservedUnavailableError):
        observed.read()

    assert observed.read().statements


@pytest.mark.usefixtures("shop")
def test_a_server_that_stops_answering_is_given_up_in_time(running):
    with FaultProxy(upstream_port=running.port) as proxy:
        url = running.url("shop", port=proxy.port)
        with open_observed(url, statement_timeout_seconds=0.5) as observed:
            observed.read()
            proxy.set_mode("blackhole")
            began = time.monotonic()
            with pytest.raises(ObservedUnavailableError):
                observed.read()
            gave_up_after = time.monotonic() - began
            proxy.set_mode("pass")

            assert 1.4 < gave_up_after < 10.0
            assert observed.read().statements


def test_a_statement_that_takes_too_long_ends_on_the_server(shop):
    with open_observed(shop, statement_timeout_seconds=0.05) as observed:
        observed.check()
        with pytest.raises(ObservedUnavailableError, match=r"longer than 0\.05 s"), observed._connected():
            observed._connection.execute("SELECT pg_sleep(1)")


def test_nothing_can_be_written(observed):
    observed.check()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        observed._connection.execute("CREATE TABLE public.mine (id int)")
