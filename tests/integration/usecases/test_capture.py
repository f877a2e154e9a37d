"""Capture, from a real Neo4j into a real Postgres: nothing or everything, and once for a key."""

import threading
from dataclasses import replace

import pytest

from snapgraph.adapters.livegraph import open_live_graph
from snapgraph.adapters.store import claims, history, idempotency, open_store, payloads, snapshots
from snapgraph.engine import columns as codec
from snapgraph.engine.formats.values import column_values
from snapgraph.errors import BusyError, ConflictError, LiveGraphUnavailableError, TooLargeError
from snapgraph.model.columns import STALE
from snapgraph.model.events import SnapshotCaptured
from snapgraph.model.live_graphs import CaptureLimits, LiveGraph
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.vocabulary import QualityGrade, RetentionClass, Severity, TriggerType
from snapgraph.usecases import capture as module
from snapgraph.usecases.capture import CaptureRequest, capture, capture_once
from snapgraph.usecases.look import look

SHOP = """
CREATE (users:Table {name: 'users', hotspot_score: 89.5}), (products:Table {name: 'products'}),
       (inventory:Table {name: 'inventory'}),
       (:Database {name: 'shop', database_type: 'postgresql', queries_per_sec: 12.5, tick_seconds: 5.0}),
       (users)-[:QUERIES_PER_SEC {value: 89.2, timestamp: timestamp(), trend: 'stable'}]->(products),
       (users)-[:AVG_LATENCY_MS {value: 1200.0, timestamp: timestamp()}]->(products),
       (products)-[:AVG_LATENCY_MS {value: 20.0, timestamp: timestamp()}]->(inventory),
       (inventory)-[:AVG_LATENCY_MS {value: 9000.0, timestamp: timestamp() - 16000}]->(users)
"""


@pytest.fixture
def store(store_url):
    opened = open_store(store_url, codec=codec)
    yield opened
    opened.close()


@pytest.fixture
def connection(clean_neo4j):
    with open_live_graph(
        clean_neo4j.uri,
        username=clean_neo4j.username,
        password=clean_neo4j.password,
        database=clean_neo4j.database,
    ) as opened:
        yield opened


@pytest.fixture
def live_graph(request):
    """A graph of its own for each test: a module shares one store."""
    return LiveGraph(name=request.node.name.replace("test_", "")[:60])


@pytest.fixture
def ways(store, connection, live_graph):
    return {"store": store, "connection": connection, "live_graph": live_graph}


def stored(store, live_graph):
    with store.read() as tx:
        return list(snapshots.page(tx, SnapshotFilter(graph=live_graph.name), limit=100, cursor=None).items)


def test_a_live_graph_becomes_a_snapshot_and_comes_back(clean_neo4j, ways, store, live_graph):
    clean_neo4j.run(SHOP)
    told = []

    snapshot = capture(
        CaptureRequest(description="Before: the deployment!", tags=("b", "a")), **ways, publish=told.append
    )

    assert snapshot.id.endswith("_before_the_deployment")
    assert snapshot.id.startswith(f"snap_{snapshot.captured_at:%Y%m%d_%H%M%S}_")
    assert (snapshot.version, snapshot.previous_id) == (1, None)
    assert snapshot.trigger_reason == "Before: the deployment!"
    assert snapshot.retention_class is RetentionClass.MANUAL
    assert (snapshot.counts.nodes, snapshot.counts.edges) == (4, 4)
    assert snapshot.summary.total_qps == 12.5
    assert snapshot.summary.avg_latency == 1200.0
    assert snapshot.summary.critical_paths == ("users->products->inventory",)
    assert snapshot.metadata.database_name == "shop"
    assert snapshot.metadata.types == live_graph.types
    assert set(snapshot.metadata.stage_ms) == {"clock", "read", "summarise"}
    assert snapshot.quality.grade is QualityGrade.CLEAN
    assert snapshot.quality.freshness.stale_edges == 1
    assert told == [SnapshotCaptured(snapshot=snapshot)]
    with store.read() as tx:
        assert snapshots.get(tx, snapshot.id, graph=live_graph.name) == snapshot
        graph = payloads.read_graph(tx, snapshot)
    assert column_values(graph.edges.columns[STALE]) == [True, False, False, False]
    assert column_values(graph.edges.columns["value"]) == [9000.0, 20.0, 1200.0, 89.2]


def test_versions_follow_each_other(clean_neo4j, ways):
    clean_neo4j.run(SHOP)
    first, second = (capture(CaptureRequest(description="one"), **ways) for _ in range(2))

    assert (second.version, second.previous_id) == (2, first.id)
    assert second.id != first.id
    assert second.trigger_reason == "one"


@pytest.mark.parametrize(
    ("request_", "slug", "reason", "class_"),
    [
        (CaptureRequest(), "manual", "manual", RetentionClass.MANUAL),
        (CaptureRequest(trigger=TriggerType.SCHEDULED), "scheduled", "scheduled", RetentionClass.SCHEDULED),
        (
            CaptureRequest(
                trigger=TriggerType.INCIDENT, kind="bottleneck", reason="High latency", severity=Severity.CRITICAL
            ),
            "bottleneck",
            "High latency",
            RetentionClass.INCIDENT,
        ),
        (CaptureRequest(kind="pre_deploy", description="42"), "pre_deploy", "42", RetentionClass.MANUAL),
        (CaptureRequest(pinned=True, description="x" * 99), "x" * 40, "x" * 99, RetentionClass.PERMANENT),
    ],
)
def test_id_reason_and_class_follow_the_trigger(ways, request_, slug, reason, class_):
    snapshot = capture(request_, **{**ways, "live_graph": replace(ways["live_graph"], name="triggers")})

    assert slug in snapshot.id.split("_", 3)[3]
    assert snapshot.trigger_reason == reason
    assert snapshot.retention_class is class_


def test_history_keeps_summaries_and_values_of_earlier_snapshots(clean_neo4j, ways, store):
    clean_neo4j.run(SHOP)
    earlier = [capture(CaptureRequest(description=f"n{number}"), **ways) for number in range(3)]

    snapshot = capture(CaptureRequest(include_historical=True), **ways)

    with store.read() as tx:
        entries = history.read(tx, snapshot)
    assert snapshot.has_history
    assert [entry.snapshot_id for entry in entries] == [header.id for header in earlier]
    assert entries[0].edge_values["users:Table|QUERIES_PER_SEC|products:Table"] == 89.2
    assert entries[0].summary == earlier[0].summary


def test_nothing_is_stored_when_the_graph_is_over_a_limit(clean_neo4j, ways, store, live_graph):
    clean_neo4j.run(SHOP)
    with pytest.raises(TooLargeError):
        capture(CaptureRequest(), **{**ways, "live_graph": replace(live_graph, limits=CaptureLimits(elements=3))})

    assert stored(store, live_graph) == []


def test_nothing_is_stored_when_the_live_graph_is_away(store, live_graph):
    away = open_live_graph("bolt://127.0.0.1:9", username="nobody", password="none", database="neo4j")  # noqa: S106
    with away, pytest.raises(LiveGraphUnavailableError):
        capture(CaptureRequest(), store=store, connection=away, live_graph=live_graph)

    assert stored(store, live_graph) == []


@pytest.mark.parametrize("point", ["after_read", "after_header", "mid_copy", "before_commit"])
def test_a_failure_before_the_commit_leaves_nothing(clean_neo4j, ways, store, live_graph, point):
    clean_neo4j.run(SHOP)

    def fail_at(name):
        if name == point:
            raise RuntimeError(name)

    with pytest.raises(RuntimeError, match=point):
        capture_once(CaptureRequest(), key=f"key of {point}", **ways, at=fail_at)

    assert stored(store, live_graph) == []
    assert capture_once(CaptureRequest(), key=f"key of {point}", **ways).version == 1


def test_every_crash_point_is_passed_once_in_order(clean_neo4j, ways):
    clean_neo4j.run(SHOP)
    passed = []
    capture(CaptureRequest(), **ways, at=passed.append)

    assert passed == ["after_read", "after_header", "mid_copy", "before_commit", "after_commit"]


def test_two_captures_of_one_graph_at_once_are_two_snapshots(clean_neo4j, ways):
    clean_neo4j.run(SHOP)
    found = []
    threads = [threading.Thread(target=lambda: found.append(capture(CaptureRequest(), **ways))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(snapshot.version for snapshot in found) == [1, 2, 3, 4]
    assert len({snapshot.id for snapshot in found}) == 4


def test_fifty_equal_requests_with_one_key_read_the_graph_once(clean_neo4j, ways, store, live_graph, monkeypatch):
    clean_neo4j.run(SHOP)
    reads, found = [], []
    read = ways["connection"].read
    monkeypatch.setattr(ways["connection"], "read", lambda *args, **named: reads.append(1) or read(*args, **named))
    request = CaptureRequest(description="same")
    threads = [
        threading.Thread(target=lambda: found.append(capture_once(request, key="fifty", **ways))) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(reads) == 1
    assert len(found) == 50
    assert {snapshot.id for snapshot in found} == {stored(store, live_graph)[0].id}
    assert len(stored(store, live_graph)) == 1


def test_a_key_with_another_body_is_a_conflict(ways):
    capture_once(CaptureRequest(description="one"), key="conflict", **ways)

    with pytest.raises(ConflictError):
        capture_once(CaptureRequest(description="two"), key="conflict", **ways)
    with pytest.raises(ConflictError):
        capture_once(
            CaptureRequest(description="one"),
            key="conflict",
            **{**ways, "live_graph": replace(ways["live_graph"], name="another")},
        )


def test_a_slow_capture_keeps_its_key_and_a_waiter_is_told_to_come_back(ways, monkeypatch):
    """The claim is free after 5 s without renewal: this one takes 7."""
    monkeypatch.setattr(claims, "WAIT_SECONDS", 0.5)
    reading, go_on = threading.Event(), threading.Event()
    found = []

    def slow(name):
        if name == "after_read":
            reading.set()
            assert go_on.wait(30)

    thread = threading.Thread(target=lambda: found.append(capture_once(CaptureRequest(), key="slow", **ways, at=slow)))
    thread.start()
    assert reading.wait(20)
    for _ in range(13):  # 6.5 s
        with pytest.raises(BusyError) as caught:
            capture_once(CaptureRequest(), key="slow", **ways)
        assert caught.value.retry_after_seconds
    go_on.set()
    thread.join()

    assert capture_once(CaptureRequest(), key="slow", **ways) == found[0]


def test_a_waiter_with_too_little_time_left_does_not_take_over_and_leaves_the_key_free(ways, store, monkeypatch):
    monkeypatch.setattr(claims, "TAKE_OVER_SECONDS", -1.0)
    with pytest.raises(BusyError) as caught:
        capture_once(CaptureRequest(), key="late", **ways)
    assert caught.value.retry_after_seconds == 1
    with store.begin() as tx:
        assert idempotency.claim(tx, "late", "any other request").state == "owned"


def test_a_capture_does_not_fail_for_the_partitions_of_days_to_come(ways, store, live_graph, monkeypatch):
    def busy(_store, _now):
        raise BusyError("Somebody holds a lock.")

    monkeypatch.setattr(module.partitions, "keep_ahead", busy)
    snapshot = capture(CaptureRequest(), **ways)
    assert stored(store, live_graph)[0].id == snapshot.id


def test_a_look_shows_the_same_graph_and_stores_nothing(clean_neo4j, ways, store, live_graph):
    clean_neo4j.run(SHOP)

    view = look(**ways)

    assert view.snapshot.id == "live"
    assert view.snapshot.version == 0
    assert view.snapshot.summary.total_qps == 12.5
    assert len(view.graph.edges) == view.snapshot.counts.edges == 4
    assert stored(store, live_graph) == []
