"""The smaller suite, on the embedded Bolt server: what the demo lives on."""

import pytest

from snapgraph.engine.formats.values import column_values
from snapgraph.errors import LiveGraphUnavailableError, TooLargeError
from snapgraph.model.live_graphs import CaptureLimits, LiveGraph
from snapgraph.model.vocabulary import ColumnKind, QualityGrade

SHOP = """
CREATE (users:Table {name: 'users', hotspot_score: 89.5, indexes: ['a', 'b']}), (products:Table {name: 'products'}),
       (:Table {name: 'idle'}),
       (users)-[:QUERIES_PER_SEC {value: 89.2, timestamp: 1736173385.0, trend: 'stable', rare: 1}]->(products),
       (users)-[:QUERIES_PER_SEC {value: 3.5, timestamp: 1736173384.0, trend: 'stable'}]->(users),
       (products)-[:AVG_LATENCY_MS {value: 12, timestamp: datetime('2025-01-06T14:23:05Z')}]->(users)
"""


def test_a_graph_is_read(clean_bolt, connect, now):
    clean_bolt.run(SHOP)

    reading = connect(clean_bolt).read(LiveGraph(), now=now)

    graph = reading.graph
    assert list(graph.nodes.keys) == ["idle:Table", "products:Table", "users:Table"]
    assert graph.edges.types == ("AVG_LATENCY_MS", "QUERIES_PER_SEC")
    assert column_values(graph.edges.columns["value"]) == [12.0, 89.2, 3.5]
    assert graph.edges.columns["timestamp"].kind is ColumnKind.TIME
    assert column_values(graph.edges.columns["rare"]) == [None, 1, None]
    assert column_values(graph.nodes.columns["indexes"]) == [None, None, ["a", "b"]]
    assert reading.quality.grade is QualityGrade.CLEAN
    assert reading.timestamp_forms == {"unix_seconds": 2, "datetime": 1}


def test_a_star_reads_every_type(clean_bolt, connect, now):
    clean_bolt.run(SHOP)
    clean_bolt.run("MATCH (u:Table {name: 'users'}) CREATE (u)-[:LIKES {value: 1.0}]->(u)")

    assert "LIKES" in connect(clean_bolt).read(LiveGraph(types=("*",)), now=now).graph.edges.types


def test_an_empty_graph_is_a_graph(clean_bolt, connect, now):
    for types in (LiveGraph().types, ("*",)):
        assert len(connect(clean_bolt).read(LiveGraph(types=types), now=now).graph.nodes) == 0


def test_parallel_edges_get_ordinals(clean_bolt, connect, now):
    clean_bolt.run(
        "CREATE (a:Table {name: 'a'}) CREATE (a)-[:LOAD_FACTOR {value: 1.0}]->(a)"
        " CREATE (a)-[:LOAD_FACTOR {value: 2.0}]->(a)"
    )

    reading = connect(clean_bolt).read(LiveGraph(), now=now)

    assert column_values(reading.graph.edges.discriminators) == ["", "#2"]
    assert reading.quality.grade is QualityGrade.PARTIAL


def test_hostile_names_come_back_as_they_are(clean_bolt, connect, now):
    names = ["back`tick", r"\u0060", "quote\"'", "new\nline", "a:b%c|d", "') DETACH DELETE n //", "🎉"]
    clean_bolt.run("UNWIND $names AS name CREATE (n:Table {name: name})", names=names)

    graph = connect(clean_bolt).read(LiveGraph(), now=now).graph

    assert set(column_values(graph.nodes.columns["name"])) == set(names)


def test_slices_give_the_same_graph(clean_bolt, connect, now, monkeypatch):
    clean_bolt.run("UNWIND range(0, 9) AS i CREATE (:Table {name: 't' + toString(i)})")
    clean_bolt.run("MATCH (a:Table), (b:Table) CREATE (a)-[:LOAD_FACTOR {value: 1.0}]->(b)")
    monkeypatch.setattr("snapgraph.adapters.livegraph.passes.SLICE", 20)

    reading = connect(clean_bolt).read(LiveGraph(), now=now)

    assert len(reading.graph.edges) == 100
    assert reading.quality.grade is QualityGrade.CLEAN


def test_limits_hold(clean_bolt, connect, now):
    clean_bolt.run(SHOP)

    with pytest.raises(TooLargeError):
        connect(clean_bolt).read(LiveGraph(limits=CaptureLimits(elements=2)), now=now)


def test_a_wrong_password_is_told(bolt, connect):
    with pytest.raises(LiveGraphUnavailableError, match="NEO4J_PASSWORD"):
        connect(bolt, password="not this one").check()  # noqa: S106 - it is wrong on purpose
