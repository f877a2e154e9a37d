"""A real workload on a real Postgres becomes the live graph that it should be, whatever happens meanwhile."""

import threading
import time
from collections import Counter
from contextlib import contextmanager

import psycopg
import pytest
from structlog.testing import capture_logs

from snapgraph.adapters.livegraph import open_live_graph
from snapgraph.adapters.observed import open_observed
from snapgraph.errors import ConfigurationError, ObservedUnavailableError
from snapgraph.model.observations import TickGap
from snapgraph.usecases.observe import Observation, observe
from tests.faults.proxy import FaultProxy
from tests.integration.observed.cluster import JOIN, LOOKUP, SHOP, VERSIONS, cluster

EDGES = "MATCH (a)-[r]->(b) RETURN a.name AS source, type(r) AS type, b.name AS target, properties(r) AS properties"
NODES = "MATCH (n) RETURN labels(n)[0] AS label, properties(n) AS properties"


@pytest.fixture(scope="module", params=VERSIONS)
def running(request):
    """A cluster of each version; few entries, so that statements are evicted when somebody tries."""
    with cluster(request.param, **{"pg_stat_statements.max": "100"}) as started:
        yield started


@pytest.fixture
def shop(running):
    """The address of a fresh shop, with clean statistics."""
    url = running.make_database("shop", SHOP)
    running.run("SELECT pg_stat_statements_reset()", "shop")
    return url


@contextmanager
def observing(shop, server, *, tick_seconds=30.0, uri=None):
    """Give an observation of the shop into a live graph; its ticks may be 90 s apart, for a busy machine."""
    with (
        open_observed(shop, statement_timeout_seconds=1.0) as observed,
        open_live_graph(
            uri or server.uri, username=server.username, password=server.password, database=server.database
        ) as live_graph,
    ):
        yield Observation(observed=observed, writer=live_graph, tick_seconds=tick_seconds)


@pytest.fixture
def observation(shop, clean_bolt):
    """An observation of the shop into the embedded server, after its first tick."""
    with observing(shop, clean_bolt) as begun:
        begun.tick()
        yield begun


def edges(server):
    return {(row["type"], row["source"], row["target"]): row["properties"] for row in server.run(EDGES)}


def nodes(server):
    return {row["properties"]["name"]: row["properties"] for row in server.run(NODES)}


def values(written):
    return {
        (type_, edge.source.name, edge.target.name): edge.properties["value"]
        for type_, listed in written.edges.items()
        for edge in listed
    }


def settle(running):
    """Wait until the sessions that were closed have ended: only then is all that they did counted."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND application_name <> 'snapgraph'"
    deadline = time.monotonic() + 30
    while running.run(others) != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def seconds_between(before, after):
    return (after.taken_at - before.taken_at).total_seconds()


def test_a_workload_becomes_the_edges_that_an_independent_count_expects(shop, clean_bolt):
    """Several clients run known statements; what they counted is what stands in the graph."""
    work = [(JOIN, 2), (LOOKUP, 3), ("UPDATE orders SET total = total + 1 WHERE id = %s", 1)]
    ran = Counter()
    with observing(shop, clean_bolt) as observation:
        observation.tick()
        before = observation.state.sample

        def client(number):
            with psycopg.connect(shop, autocommit=True) as connection:
                for round_ in range(20):
                    for statement, times in work:
                        for _ in range(times):
                            connection.execute(statement, [number * 20 + round_ + 1])

        threads = [threading.Thread(target=client, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ran.update({statement: 80 * times for statement, times in work})
        written = observation.tick()
        seconds = seconds_between(before, observation.state.sample)

    found, said = edges(clean_bolt), nodes(clean_bolt)
    calls = {("users", "orders"): ran[JOIN], ("users", "users"): ran[LOOKUP], ("orders", "orders"): ran[work[2][0]]}
    assert written.gap is None
    for pair, count in calls.items():
        assert found["QUERIES_PER_SEC", *pair]["value"] == pytest.approx(count / seconds, abs=0.001)
        assert found["QUERIES_PER_SEC", *pair]["calls"] == count
        assert found["AVG_LATENCY_MS", *pair]["value"] > 0
    assert {key[1:] for key in found if key[0] == "QUERIES_PER_SEC"} == set(calls)
    assert found["JOIN_FREQUENCY", "users", "orders"]["value"] == pytest.approx(160 / seconds, abs=0.001)
    assert sum(edge["value"] for key, edge in found.items() if key[0] == "LOAD_FACTOR") == pytest.approx(1.0, abs=1e-5)
    assert found["INDEX_EFFICIENCY", "users", "orders"]["value"] == 1.0
    assert found["ERROR_RATE", "shop", "shop"]["value"] == 0.0
    assert said["users"]["total_queries"] == ran[JOIN] + ran[LOOKUP]
    assert said["shop"]["queries_per_sec"] == pytest.approx(ran.total() / seconds, abs=0.001)
    assert said["shop"]["unparsed"] == 0
    assert said["orders"]["row_estimate"] == 20_000
    assert {key[0] for key in found} == {
        "QUERIES_PER_SEC",
        "AVG_LATENCY_MS",
        "JOIN_FREQUENCY",
        "INDEX_EFFICIENCY",
        "HOTSPOT_SCORE",
        "LOAD_FACTOR",
        "ERROR_RATE",
    }


def test_rolled_back_transactions_are_an_error_rate(running, observation):
    settle(running)
    observation.tick()
    with running.connect("shop") as client:
        client.prepare_threshold = None  # preparing would be a transaction too
        for _ in range(5):
            with pytest.raises(psycopg.errors.DivisionByZero):
                client.execute("SELECT 1 / 0")
        for _ in range(15):
            client.execute(LOOKUP, [1])

    settle(running)
    rates = [values(observation.tick()).get(("ERROR_RATE", "shop", "shop")) for _ in range(2)]

    assert rates == [round(100 * 5 / 21, 4)] * 2  # 20 statements and the login; then nothing but our own


def test_an_idle_database_has_rates_of_zero_old_averages_and_no_work_of_ours(running, observation, clean_bolt):
    running.run("SELECT count(*) FROM users u JOIN orders o ON o.user_id = u.id", "shop")
    busy = observation.tick()
    for _ in range(3):
        idle = observation.tick()

    before, after = values(busy), values(idle)
    pair = ("users", "orders")
    assert [after[type_, *pair] for type_ in ("QUERIES_PER_SEC", "JOIN_FREQUENCY", "LOAD_FACTOR")] == [0, 0, 0]
    assert after["AVG_LATENCY_MS", *pair] == before["AVG_LATENCY_MS", *pair]
    stored = edges(clean_bolt)
    assert stored["AVG_LATENCY_MS", *pair]["timestamp"] == round(busy.taken_at.timestamp(), 3)
    assert stored["QUERIES_PER_SEC", *pair]["timestamp"] == round(idle.taken_at.timestamp(), 3)
    assert nodes(clean_bolt)["shop"]["queries_per_sec"] == 0.0


def test_a_dropped_index_shows_in_the_node_and_in_the_efficiency(running, observation, clean_bolt):
    def work():
        with running.connect("shop") as client:
            for number in range(30):
                client.execute(JOIN, [number])

    work()
    observation.tick()
    before, indexes = edges(clean_bolt), nodes(clean_bolt)["orders"]["indexes"]
    running.run("DROP INDEX orders_by_user", "shop")
    work()
    observation.tick()
    after, left = edges(clean_bolt), nodes(clean_bolt)["orders"]["indexes"]

    pair = ("users", "orders")
    assert set(indexes) - set(left) == {"CREATE INDEX orders_by_user ON public.orders USING btree (user_id)"}
    assert before["INDEX_EFFICIENCY", *pair]["value"] == 1.0
    assert after["INDEX_EFFICIENCY", *pair]["value"] == 0.0
    assert after["AVG_LATENCY_MS", *pair]["value"] > 3 * before["AVG_LATENCY_MS", *pair]["value"]
    assert after["HOTSPOT_SCORE", "orders", "orders"]["value"] > before["HOTSPOT_SCORE", "orders", "orders"]["value"]


def test_a_statistics_reset_costs_one_tick_and_no_wrong_value(running, observation, clean_bolt):
    running.run("SELECT name FROM users WHERE id = 1", "shop")
    observation.tick()
    rates = {"users": {"hotspot_score", "index_scans_per_sec"}, "shop": {"queries_per_sec", "error_rate"}}
    assert all(names <= nodes(clean_bolt)[name].keys() for name, names in rates.items())
    running.run("SELECT pg_stat_statements_reset()", "shop")

    reset = observation.tick()
    said = nodes(clean_bolt)
    assert all(names.isdisjoint(said[name]) for name, names in rates.items()), "rates of before stand as if of now"
    running.run("SELECT name FROM users WHERE id = 1", "shop")
    after = observation.tick()

    assert reset.gap is TickGap.STATISTICS_RESET
    assert values(after)["QUERIES_PER_SEC", "users", "users"] > 0
    assert edges(clean_bolt)["QUERIES_PER_SEC", "users", "users"]["calls"] == 2


def test_evicted_statements_are_counted_anew_and_never_negative(running, observation, clean_bolt):
    """With room for 100 statements, 300 others push ours out; when it comes back its counter begins at one."""
    lookup = "SELECT name FROM users WHERE id = 1"
    for _ in range(5):
        running.run(lookup, "shop")
    observation.tick()
    with capture_logs() as logs, running.connect("shop") as client:
        for number in range(300):
            for _ in range(9):  # more often than ours, so that ours goes first
                client.execute(f"SELECT {', '.join(['total'] * (number + 1))} FROM orders WHERE id = 1")
        while_evicted = observation.tick()
    running.run(lookup, "shop")
    back = observation.tick()

    assert "statements_evicted" in [entry["event"] for entry in logs]
    assert min(values(while_evicted).values()) >= 0
    assert edges(clean_bolt)["QUERIES_PER_SEC", "users", "users"]["calls"] == 6
    assert values(back)["QUERIES_PER_SEC", "users", "users"] > 0


def test_a_dropped_table_is_deleted_with_its_relationships(running, observation, clean_bolt):
    running.run("SELECT count(*) FROM users u JOIN orders o ON o.user_id = u.id", "shop")
    running.run("SELECT count(*) FROM users", "shop")
    observation.tick()
    running.run("DROP TABLE orders", "shop")

    observation.tick()

    assert set(nodes(clean_bolt)) == {"users", "shop"}
    assert {(source, target) for _, source, target in edges(clean_bolt)} <= {("users", "users"), ("shop", "shop")}


def test_tables_of_other_schemas_and_views_go_by_their_real_names(running, observation, clean_bolt):
    running.run(
        "CREATE SCHEMA sales; CREATE TABLE sales.leads (id int, user_id int);"
        "CREATE VIEW hot AS SELECT u.id FROM users u JOIN sales.leads l ON l.user_id = u.id",
        "shop",
    )
    observation.tick()
    running.run("SELECT * FROM hot", "shop")
    written = observation.tick()

    assert values(written)["JOIN_FREQUENCY", "users", "sales.leads"] > 0
    assert nodes(clean_bolt)["sales.leads"]["schema"] == "sales"


def test_a_restart_of_the_observed_server_is_survived(running, observation):
    running.run("SELECT name FROM users WHERE id = 1", "shop")
    observation.tick()
    running.stop()
    with pytest.raises(ObservedUnavailableError):
        observation.tick()
    running.start()

    restarted, before = observation.tick(), observation.state.sample
    running.run("SELECT name FROM users WHERE id = 1", "shop")
    after = observation.tick()

    seconds = seconds_between(before, observation.state.sample)
    assert restarted.gap is TickGap.SERVER_RESTARTED
    assert values(after)["QUERIES_PER_SEC", "users", "users"] == pytest.approx(1 / seconds, abs=0.001)


def test_the_loop_ends_after_its_ticks_and_keeps_its_beat(shop, clean_bolt):
    with observing(shop, clean_bolt) as prepared:
        begun = time.monotonic()
        count = observe(
            observed=prepared._observed, writer=prepared._writer, tick_seconds=0.4, stop=threading.Event(), ticks=5
        )
        spent = time.monotonic() - begun

    assert count == 5
    assert spent >= 4 * 0.4  # a busy machine may be late, the loop never early


def test_the_loop_ends_when_it_is_told_to(shop, clean_bolt):
    stop, ended = threading.Event(), []
    with observing(shop, clean_bolt) as prepared:
        ends = {"observed": prepared._observed, "writer": prepared._writer}
        thread = threading.Thread(target=lambda: ended.append(observe(**ends, tick_seconds=300.0, stop=stop)))
        with capture_logs() as logs:
            thread.start()
            deadline = time.monotonic() + 60
            while "tick_written" not in [entry["event"] for entry in list(logs)]:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            stop.set()
            thread.join(60.0)

    assert ended == [1]


@pytest.mark.usefixtures("shop")
def test_the_loop_waits_for_either_database_and_goes_on(running, clean_bolt):
    """Both are taken away in turn; ticks go on afterwards, and what went wrong is in the log."""
    stop = threading.Event()
    bolt_port = int(clean_bolt.uri.rpartition(":")[2])
    with FaultProxy(upstream_port=running.port) as postgres, FaultProxy(upstream_port=bolt_port) as bolt:
        url, uri = running.url("shop", port=postgres.port), f"bolt://127.0.0.1:{bolt.port}"
        with observing(url, clean_bolt, uri=uri) as prepared, capture_logs() as logs:
            ends = {"observed": prepared._observed, "writer": prepared._writer}
            thread = threading.Thread(target=lambda: observe(**ends, tick_seconds=0.3, stop=stop))
            thread.start()
            for proxy in (postgres, bolt):
                wait_for(logs, "tick_written", 3)
                proxy.set_mode("refuse")
                wait_for(logs, "tick_failed", 1)
                proxy.set_mode("pass")
                wait_for(logs, "tick_recovered", 1)
            wait_for(logs, "tick_written", 3)
            stop.set()
            thread.join(10)

    reasons = {entry["reason"] for entry in logs if entry["event"] == "tick_failed"}
    assert reasons == {"observed_unavailable", "live_graph_unavailable"}
    assert not thread.is_alive()


def wait_for(logs, event, more):
    """Wait until an event was logged so many times more."""
    already = sum(entry["event"] == event for entry in logs)
    deadline = time.monotonic() + 20
    while sum(entry["event"] == event for entry in list(logs)) < already + more:
        assert time.monotonic() < deadline, f"no {event} in 20 s: {[entry['event'] for entry in logs][-10:]}"
        time.sleep(0.05)


def test_what_has_to_be_mended_by_a_person_ends_the_loop(running, clean_bolt):
    bare = running.make_database("bare", extension=False)

    with observing(bare, clean_bolt) as prepared, pytest.raises(ConfigurationError, match="CREATE EXTENSION"):
        observe(observed=prepared._observed, writer=prepared._writer, stop=threading.Event())
