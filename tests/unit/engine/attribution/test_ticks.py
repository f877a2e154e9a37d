"""Two samples make one tick: every value of the seven types, and every way in which counters can lie."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.attribution import ObserverState, TickOptions, tick
from snapgraph.model.metrics import DEFAULT_METRICS
from snapgraph.model.observations import (
    DatabaseCounters,
    ObservedSample,
    StatementCounters,
    StatementKey,
    TableCounters,
    TickGap,
    ViewDefinition,
)

START = datetime(2026, 1, 6, 14, 0, tzinfo=UTC)
TICK = 5.0
TEXTS = {
    1: "SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = $1",
    2: "SELECT * FROM users WHERE id = $1",
    3: "BEGIN",
    4: "SELECT /* snapgraph:observe */ calls FROM public.pg_stat_statements($1)",
    5: "SELECT * FROM users u JOIN products p ON p.u = u.id JOIN inventory i ON i.p = p.id",
    6: "SELECT broken(",
}
TABLES = ("inventory", "orders", "products", "users")


class World:
    """An observed database in memory: change its counters, then tick."""

    def __init__(self):
        self.state = ObserverState()
        self.seconds = 0.0
        self.statements = {}
        self.tables = {
            name: TableCounters("public", name, 1_234_567, 0, 0, 0, 8192, ("CREATE INDEX …",)) for name in TABLES
        }
        self.database = DatabaseCounters(name="shop", commits=100, rollbacks=10, deadlocks=3, reset_at=START)
        self.changes = {}

    def call(self, query_id, calls, ms, *, toplevel=True, since=None):
        """Add to the counters of a statement."""
        key = StatementKey(10, 5, query_id, toplevel)
        before = self.statements.get(key, StatementCounters(0, 0.0, since))
        self.statements[key] = StatementCounters(before.calls + calls, before.execution_ms + ms, before.since)

    def enter(self, query_id, calls, ms, *, since=None):
        """Set the counters of an entry, as after an eviction."""
        self.statements[StatementKey(10, 5, query_id, True)] = StatementCounters(calls, ms, since)

    def scan(self, name, *, sequential=0, rows=0, index=0):
        """Add to the counters of a table."""
        before = self.tables[name]
        self.tables[name] = before._replace(
            sequential_scans=before.sequential_scans + sequential,
            sequential_rows=before.sequential_rows + rows,
            index_scans=before.index_scans + index,
        )

    def sample(self):
        """Give what would be read now."""
        return ObservedSample(
            taken_at=START + timedelta(seconds=self.seconds),
            started_at=START - timedelta(days=1),
            statements_reset_at=START,
            evictions=0,
            database=self.database,
            statements=dict(self.statements),
            texts={key.query_id: TEXTS[key.query_id] for key in self.statements},
            tables=tuple(self.tables[name] for name in sorted(self.tables)),
        )

    def tick(self, seconds=TICK, **changes):
        """Let time pass and take a tick; ``changes`` are of the sample."""
        self.seconds += seconds
        sample = replace(self.sample(), **changes)
        at = START + timedelta(seconds=self.seconds)
        written, self.state = tick(self.state, sample, taken_at=at, options=TickOptions(tick_seconds=TICK))
        return written


@pytest.fixture
def world():
    """A world that has had its first tick."""
    made = World()
    made.tick()
    return made


def values(written, field="value"):
    return {
        (type_, edge.source.name, edge.target.name): edge.properties[field]
        for type_, edges in written.edges.items()
        for edge in edges
    }


def node(written, name):
    return next(write.properties for write in written.nodes if write.node.name == name)


def test_the_first_tick_makes_the_nodes_and_no_edges():
    written = World().tick()

    assert written.gap is TickGap.FIRST_SAMPLE
    assert written.edges == {}
    assert [write.node for write in written.nodes] == [
        ("Database", "shop"),
        *(("Table", name) for name in sorted(TABLES)),
    ]
    assert node(written, "users")["indexes"] == ["CREATE INDEX …"]
    assert node(written, "users")["row_estimate"] == 1_230_000
    assert node(written, "users")["hotspot_score"] is None


def test_every_value_of_a_tick_is_what_the_definitions_say(world):
    world.call(1, 20, 300.0)
    world.call(2, 10, 100.0)
    world.scan("users", index=25, sequential=5, rows=5)
    world.scan("orders", sequential=20, rows=20_000)
    world.database = replace(world.database, commits=125, rollbacks=15)

    written = world.tick()

    assert values(written) == {
        ("QUERIES_PER_SEC", "users", "orders"): 4.0,
        ("QUERIES_PER_SEC", "users", "users"): 2.0,
        ("AVG_LATENCY_MS", "users", "orders"): 15.0,
        ("AVG_LATENCY_MS", "users", "users"): 10.0,
        ("JOIN_FREQUENCY", "users", "orders"): 4.0,
        ("LOAD_FACTOR", "users", "orders"): 0.75,
        ("LOAD_FACTOR", "users", "users"): 0.25,
        ("INDEX_EFFICIENCY", "users", "orders"): 0.0,
        ("INDEX_EFFICIENCY", "users", "users"): 0.8333,
        ("HOTSPOT_SCORE", "orders", "orders"): round(40 * 0.75 + 30 * 15 / 115 + 30 * 0.5, 3),
        ("HOTSPOT_SCORE", "users", "users"): round(40 + 30 * (400 / 30) / (400 / 30 + 100) + 30 * 5 / 30 / 1001, 3),
        ("ERROR_RATE", "shop", "shop"): round(100 * 5 / 30, 4),
    }
    assert node(written, "shop") == {
        "database_type": "postgresql",
        "queries_per_sec": 6.0,
        "deadlocks_total": 3,
        "error_rate": 16.6667,
        "tick_seconds": 5.0,
        "unparsed": 0,
        "timestamp": written.taken_at.timestamp(),
        "updated_at": written.taken_at.timestamp(),
    }
    assert node(written, "users")["total_queries"] == 30
    assert node(written, "orders")["sequential_scans_per_sec"] == 4.0
    assert node(written, "users")["index_scans_per_sec"] == 5.0
    assert node(written, "orders")["hotspot_score"] == values(written)["HOTSPOT_SCORE", "orders", "orders"]
    assert values(written, "severity")["ERROR_RATE", "shop", "shop"] == "critical"
    assert values(written, "calls")["HOTSPOT_SCORE", "users", "users"] == 30
    assert values(written, "calls")["AVG_LATENCY_MS", "users", "orders"] == 20


def test_a_chain_of_joins_goes_from_table_to_table(world):
    world.call(5, 5, 50.0)

    pairs = {key[1:] for key in values(world.tick()) if key[0] == "QUERIES_PER_SEC"}

    assert pairs == {("users", "products"), ("products", "inventory")}


def test_values_are_rounded_to_the_decimals_of_their_metric(world):
    world.call(1, 1, 1 / 3)
    world.call(2, 2, 2 / 3)

    for (type_, *_), value in values(world.tick(seconds=3.0)).items():
        assert round(value, DEFAULT_METRICS[type_].decimals) == value


def test_own_statements_and_session_statements_are_no_queries(world):
    world.call(2, 10, 100.0)
    world.call(3, 100, 100.0)
    world.call(4, 1000, 10_000.0)

    written = world.tick()

    assert node(written, "shop")["queries_per_sec"] == 2.0
    assert values(written)["LOAD_FACTOR", "users", "users"] == 0.5  # of 200 ms: BEGIN took time too, our own did not


def test_a_statement_inside_a_function_counts_for_its_table_and_not_for_the_database(world):
    world.call(2, 10, 100.0, toplevel=False)

    written = world.tick()

    assert values(written)["QUERIES_PER_SEC", "users", "users"] == 2.0
    assert node(written, "shop")["queries_per_sec"] == 0.0


def test_what_cannot_be_parsed_is_counted(world):
    world.call(6, 10, 100.0)
    world.call(2, 10, 100.0)

    written = world.tick()

    assert node(written, "shop")["unparsed"] == 1
    assert node(written, "shop")["queries_per_sec"] == 4.0


def test_an_idle_pair_has_rates_of_zero_and_keeps_its_averages_with_their_time(world):
    world.call(1, 10, 100.0)
    world.scan("orders", index=10)
    world.database = replace(world.database, commits=110)
    busy = world.tick()

    idle = world.tick()

    assert {key[0]: value for key, value in values(idle).items() if key[1:] == ("users", "orders")} == {
        "QUERIES_PER_SEC": 0.0,
        "JOIN_FREQUENCY": 0.0,
        "LOAD_FACTOR": 0.0,
        "AVG_LATENCY_MS": 10.0,
        "INDEX_EFFICIENCY": 1.0,
    }
    then, now = busy.taken_at.timestamp(), idle.taken_at.timestamp()
    assert {key[0]: time for key, time in values(idle, "timestamp").items()} == {
        "QUERIES_PER_SEC": now,
        "JOIN_FREQUENCY": now,
        "LOAD_FACTOR": now,
        "AVG_LATENCY_MS": then,
        "INDEX_EFFICIENCY": then,
        "HOTSPOT_SCORE": then,
        "ERROR_RATE": then,
    }
    assert set(values(idle, "updated_at").values()) == {now}


def test_a_stale_score_leaves_the_node_and_stays_on_the_edge(world):
    world.call(2, 10, 100.0)
    score = node(world.tick(), "users")["hotspot_score"]

    ticks = [world.tick() for _ in range(4)]

    assert [node(written, "users")["hotspot_score"] for written in ticks] == [score, score, score, None]
    assert values(ticks[-1])["HOTSPOT_SCORE", "users", "users"] == score


def test_calls_are_those_of_the_last_twelve_ticks(world):
    for _ in range(15):
        world.call(2, 3, 1.0)
        written = world.tick()

    assert values(written, "calls")["QUERIES_PER_SEC", "users", "users"] == 36
    assert node(written, "users")["total_queries"] == 45


def test_a_rising_rate_is_called_a_trend(world):
    for calls in range(10, 70, 10):
        world.call(2, calls, calls * 2.0)
        written = world.tick()

    assert values(written, "trend")["QUERIES_PER_SEC", "users", "users"] == "increasing"
    assert values(written, "trend")["AVG_LATENCY_MS", "users", "users"] == "stable"


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"statements_reset_at": START + timedelta(seconds=7)}, TickGap.STATISTICS_RESET),
        ({"started_at": START + timedelta(seconds=7)}, TickGap.SERVER_RESTARTED),
        (
            {"database": DatabaseCounters(name="shop", commits=0, rollbacks=0, deadlocks=0, reset_at=None)},
            TickGap.STATISTICS_RESET,
        ),
    ],
)
def test_a_tick_across_a_reset_or_a_restart_has_no_differences_and_the_next_one_has(world, changes, gap):
    world.call(2, 10, 100.0)
    world.tick()
    world.statements.clear()
    world.call(2, 4, 40.0)

    broken = world.tick(**changes)
    world.call(2, 20, 20.0)
    mended = world.tick(**changes)

    assert broken.gap is gap
    assert broken.edges == {}
    assert mended.gap is None
    assert values(mended)["QUERIES_PER_SEC", "users", "users"] == 4.0
    assert values(mended)["AVG_LATENCY_MS", "users", "users"] == 1.0


@pytest.mark.parametrize(("seconds", "gap"), [(15.1, TickGap.TOO_LONG), (0.0, TickGap.CLOCK_STOOD), (14.9, None)])
def test_samples_too_far_apart_or_not_apart_are_no_tick(world, seconds, gap):
    world.call(2, 10, 100.0)

    assert world.tick(seconds=seconds).gap is gap


@pytest.mark.parametrize(
    ("before", "after", "calls"),
    [
        ((100, 1.0, None), (130, 2.0, None), 30),  # went on
        ((100, 1.0, None), (30, 2.0, None), 30),  # evicted and made anew
        ((100, 1.0, 50.0), (130, 2.0, 50.0), 30),  # went on
        ((100, 1.0, 50.0), (130, 2.0, 60.0), 130),  # made anew, and since then called more often than before
        ((100, 1.0, 50.0), (100, 2.0, 60.0), 100),  # made anew, and since then called as often
        (None, (30, 2.0, None), 30),  # new
    ],
)
def test_an_entry_that_was_made_anew_counts_from_zero(before, after, calls):
    world = World()
    if before is not None:
        world.enter(2, before[0], before[1], since=before[2])
    world.tick()
    world.enter(2, after[0], after[1], since=after[2])

    assert values(world.tick())["QUERIES_PER_SEC", "users", "users"] == calls / TICK


def test_an_entry_that_is_evicted_between_two_ticks_takes_nothing_back(world):
    world.call(2, 10, 100.0)
    world.tick()
    world.statements.clear()

    assert values(world.tick())["QUERIES_PER_SEC", "users", "users"] == 0.0


def test_scan_counters_that_went_back_count_from_zero(world):
    world.scan("users", index=100)
    world.tick()
    world.tables["users"] = world.tables["users"]._replace(index_scans=3, sequential_scans=1, sequential_rows=1)
    world.call(2, 4, 4.0)

    assert values(world.tick())["INDEX_EFFICIENCY", "users", "users"] == 0.75


def test_own_transactions_are_none_of_the_database(world):
    world.database = replace(world.database, commits=106)
    only_own = world.tick(own_transactions=6)
    world.database = replace(world.database, commits=121, rollbacks=11)
    of_others = world.tick(own_transactions=6)

    assert "ERROR_RATE" not in only_own.edges
    assert values(of_others)["ERROR_RATE", "shop", "shop"] == 10.0


def test_a_dropped_table_takes_its_node_and_its_edges_along(world):
    world.call(1, 10, 100.0)
    world.call(2, 10, 100.0)
    world.tick()
    del world.tables["orders"]

    written = world.tick()

    assert "orders" not in [write.node.name for write in written.nodes]
    assert {key[1:] for key in values(written)} == {("users", "users")}
    assert written.forgotten == {}


def test_a_table_that_comes_back_starts_anew(world):
    world.call(2, 10, 100.0)
    world.tick()
    kept = world.tables.pop("users")
    world.tick()
    world.tables["users"] = kept
    world.call(2, 5, 50.0)

    written = world.tick()

    assert node(written, "users")["total_queries"] == 5


def test_a_pair_without_calls_for_a_day_is_forgotten(world):
    world.call(1, 10, 100.0)
    world.call(2, 10, 100.0)
    world.tick()
    day = 24 * 3600.0
    world.call(2, 1, 1.0)
    world.tick(seconds=day - TICK)  # too long for a tick: nothing is counted
    world.call(2, 1, 1.0)

    written = world.tick()

    gone = {(type_, edge.source.name, edge.target.name) for type_, edges in written.forgotten.items() for edge in edges}
    assert gone == {
        *(
            (type_, "users", "orders")
            for type_ in ("QUERIES_PER_SEC", "AVG_LATENCY_MS", "JOIN_FREQUENCY", "LOAD_FACTOR")
        ),
        ("HOTSPOT_SCORE", "orders", "orders"),
    }
    assert {key[1:] for key in values(written)} == {("users", "users")}
    assert world.tick().forgotten == {}
    assert node(world.tick(), "orders")["total_queries"] == 10


def test_a_view_that_changes_changes_where_its_statements_belong(world):
    view = ViewDefinition("public", "v", "SELECT * FROM public.users")
    TEXTS[7] = "SELECT * FROM v"
    world.call(7, 10, 10.0)
    before = world.tick(views=(view,))
    world.call(7, 10, 10.0)
    after = world.tick(views=(view._replace(text="SELECT * FROM public.orders"),))

    assert values(before)["QUERIES_PER_SEC", "users", "users"] == 2.0
    assert values(after)["QUERIES_PER_SEC", "orders", "orders"] == 2.0


def test_a_text_is_parsed_once(world):
    world.call(2, 10, 10.0)
    world.tick()
    shape = world.state.shapes[2]
    world.call(2, 10, 10.0)

    world.tick(texts={})

    assert world.state.shapes[2] is shape


def test_what_comes_back_under_the_same_id_may_be_another_statement(world):
    """PostgreSQL 18: ``SELECT x.n FROM a x`` and ``SELECT x.n FROM b x`` have one query id."""
    world.call(2, 10, 10.0)
    world.tick()
    world.statements.clear()
    world.tick()

    assert 2 not in world.state.shapes


def test_the_state_before_is_left_as_it_was(world):
    world.call(2, 10, 100.0)
    before = world.state
    sample = replace(world.sample(), taken_at=START + timedelta(seconds=10))
    arguments = {"taken_at": START, "options": TickOptions(tick_seconds=TICK)}

    once, _ = tick(before, sample, **arguments)
    again, _ = tick(before, sample, **arguments)

    assert once == again


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from([1, 2, 5]), st.integers(1, 50)), max_size=4),
            st.sets(st.sampled_from([1, 2, 5])),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_no_call_is_lost_or_counted_twice_whatever_is_evicted(history):
    """With ``since`` (PostgreSQL 17 on) every call that the server still knows of is counted exactly once."""
    world = World()
    world.tick()
    counted = dict.fromkeys(
        [("users", "orders"), ("users", "users"), ("users", "products"), ("products", "inventory")], 0
    )
    expected = dict(counted)
    pairs = {1: [("users", "orders")], 2: [("users", "users")], 5: [("users", "products"), ("products", "inventory")]}
    for moment, (calls, evicted) in enumerate(history):
        for query_id in evicted:
            world.statements.pop(StatementKey(10, 5, query_id, True), None)
        for query_id, count in calls:
            world.call(query_id, count, float(count), since=float(moment))
            for pair in pairs[query_id]:
                expected[pair] += count
        for key, value in values(world.tick()).items():
            if key[0] == "QUERIES_PER_SEC":
                counted[key[1:]] += round(value * TICK)

    assert counted == expected
