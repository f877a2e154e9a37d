"""What is read: nodes, edges, keys and order, on a real Neo4j."""

import re
from itertools import pairwise

import pytest

from snapgraph.engine.formats.values import column_values
from snapgraph.model.keys import edge_key, split_node_key
from snapgraph.model.live_graphs import LiveGraph, PropertyNames
from snapgraph.model.vocabulary import ColumnKind, QualityGrade

SHOP = """
CREATE (users:Table {name: 'users', hotspot_score: 89.5, total_queries: 15420}),
       (products:Table {name: 'products'}), (inventory:Table {name: 'inventory'}), (:Table {name: 'audit'}),
       (:Note {name: 'nobody asked for this'}), (shop:Database {name: 'shop', queries_per_sec: 1247.5}),
       (users)-[:QUERIES_PER_SEC
           {value: 89.2, timestamp: 1736173385, trend: 'increasing', severity: 'low'}]->(products),
       (users)-[:AVG_LATENCY_MS {value: 1200, timestamp: 1736173385}]->(products),
       (products)-[:QUERIES_PER_SEC {value: 10.5, timestamp: 1736173385}]->(inventory),
       (users)-[:QUERIES_PER_SEC {value: 3.0, timestamp: 1736173385}]->(users),
       (shop)-[:ERROR_RATE {value: 0.5, timestamp: 1736173385}]->(shop),
       (users)-[:IS_FRIEND_OF {since: 1999}]->(products)
"""


def edge_keys(graph):
    edges = graph.edges
    discriminators = [""] * len(edges) if edges.discriminators is None else column_values(edges.discriminators)
    return [
        edge_key(graph.nodes.keys[source], edges.types[type_], graph.nodes.keys[target], discriminator)
        for source, type_, target, discriminator in zip(
            edges.sources, edges.type_codes, edges.targets, discriminators, strict=True
        )
    ]


def edge_property(graph, name):
    column = graph.edges.columns.get(name)
    return dict(zip(edge_keys(graph), column_values(column), strict=True)) if column is not None else {}


def node_property(graph, name):
    return dict(zip(graph.nodes.keys, column_values(graph.nodes.columns[name]), strict=True))


def test_a_graph_is_read_with_its_idle_tables_and_without_foreign_nodes(clean_neo4j, connect, now):
    clean_neo4j.run(SHOP)

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert list(reading.graph.nodes.keys) == [
        "audit:Table",
        "inventory:Table",
        "products:Table",
        "shop:Database",
        "users:Table",
    ]
    assert edge_keys(reading.graph) == [
        "products:Table|QUERIES_PER_SEC|inventory:Table",
        "shop:Database|ERROR_RATE|shop:Database",
        "users:Table|AVG_LATENCY_MS|products:Table",
        "users:Table|QUERIES_PER_SEC|products:Table",
        "users:Table|QUERIES_PER_SEC|users:Table",
    ]
    assert edge_property(reading.graph, "value")["users:Table|AVG_LATENCY_MS|products:Table"] == 1200.0
    assert reading.graph.edges.columns["value"].kind is ColumnKind.FLOAT
    assert node_property(reading.graph, "hotspot_score")["users:Table"] == 89.5
    assert node_property(reading.graph, "hotspot_score")["audit:Table"] is None
    assert reading.quality.grade is QualityGrade.CLEAN
    assert reading.quality.freshness.newest_seconds == 0.0
    assert reading.timestamp_forms == {"unix_seconds": 5}


def test_a_star_reads_every_type_and_the_labels_seen_on_its_ends(clean_neo4j, connect, now):
    clean_neo4j.run(SHOP)
    clean_neo4j.run("MATCH (n:Note) CREATE (n)-[:`a type with ``ticks` {value: 1.0}]->(n), (:Note {name: 'idle'})")

    graph = connect(clean_neo4j).read(LiveGraph(types=("*",)), now=now).graph

    assert set(graph.edges.types) == {
        "QUERIES_PER_SEC",
        "AVG_LATENCY_MS",
        "ERROR_RATE",
        "IS_FRIEND_OF",
        "a type with `ticks",
    }
    assert "idle:Note" in graph.nodes.keys
    assert len(graph.edges) == 7


def test_an_empty_graph_is_a_graph(clean_neo4j, connect, now):
    for types in (LiveGraph().types, ("*",)):
        reading = connect(clean_neo4j).read(LiveGraph(types=types), now=now)

        assert len(reading.graph.nodes) == len(reading.graph.edges) == 0
        assert reading.quality.grade is QualityGrade.CLEAN


def test_recreated_relationships_and_nodes_keep_their_keys(clean_neo4j, connect, now):
    connection = connect(clean_neo4j)
    clean_neo4j.run(SHOP)
    before = connection.read(LiveGraph(), now=now).graph
    clean_neo4j.run("MATCH (n) DETACH DELETE n")
    clean_neo4j.run(SHOP)
    after = connection.read(LiveGraph(), now=now).graph

    assert edge_keys(after) == edge_keys(before)
    assert list(after.nodes.keys) == list(before.nodes.keys)


def test_the_type_of_a_node_is_its_first_configured_label_else_the_first_of_the_alphabet(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (a:Zebra:Table:Audited {name: 'a'}), (b:Zebra:Monkey {name: 'b'}), (c {name: 'c'}),"
        " (a)-[:LOAD_FACTOR {value: 1.0}]->(b), (b)-[:LOAD_FACTOR {value: 1.0}]->(c)"
    )

    graph = connect(clean_neo4j).read(LiveGraph(), now=now).graph

    assert list(graph.nodes.keys) == ["a:Table", "b:Monkey", "c:"]
    assert node_property(graph, "@labels") == {
        "a:Table": ["Audited", "Table", "Zebra"],
        "b:Monkey": ["Monkey", "Zebra"],
        "c:": None,
    }


def test_the_name_of_a_node_may_stand_in_another_property(clean_neo4j, connect, now):
    clean_neo4j.run("CREATE (:Shard {number: 7}), (:Table {name: 'users'})")
    live_graph = LiveGraph(node_labels=("Table", "Shard"), name_properties={"Shard": "number"})

    assert list(connect(clean_neo4j).read(live_graph, now=now).graph.nodes.keys) == ["7:Shard", "users:Table"]


def test_standard_properties_may_have_other_names(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (a:Table {name: 'a'})-[:LOAD_FACTOR {val: 2, at: '2025-01-06T14:23:05Z', value: 'mine', `@x`: 1}]->(a)"
    )
    live_graph = LiveGraph(properties=PropertyNames(value="val", timestamp="at"))

    columns = connect(clean_neo4j).read(live_graph, now=now).graph.edges.columns

    assert column_values(columns["value"]) == [2.0]
    assert columns["timestamp"].kind is ColumnKind.TIME
    assert column_values(columns["@value"]) == ["mine"]
    assert column_values(columns["@@x"]) == [1]


def test_nodes_without_a_name_are_left_out_with_their_edges_and_counted(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (a:Table {name: 'a'}), (n:Table), (m:Table {name: [1]}), (a)-[:LOAD_FACTOR {value: 1.0}]->(n),"
        " (n)-[:LOAD_FACTOR {value: 1.0}]->(a), (a)-[:LOAD_FACTOR {value: 1.0}]->(a)"
    )

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert edge_keys(reading.graph) == ["a:Table|LOAD_FACTOR|a:Table"]
    assert reading.quality.grade is QualityGrade.PARTIAL
    assert (reading.quality.unnamed_nodes, reading.quality.dropped_edges) == (2, 2)
    assert "2 nodes are left out" in " ".join(reading.quality.reasons)


def test_declared_parallel_edges_are_told_apart_by_their_property(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (a:Table {name: 'a'}) CREATE (a)-[:JOIN_FREQUENCY {value: 1.0, method: 'hash'}]->(a),"
        " (a)-[:JOIN_FREQUENCY {value: 2.0, method: 'merge'}]->(a), (a)-[:JOIN_FREQUENCY {value: 3.0}]->(a),"
        " (a)-[:LOAD_FACTOR {value: 4.0, method: 'hash'}]->(a)"
    )

    reading = connect(clean_neo4j).read(LiveGraph(discriminators={"JOIN_FREQUENCY": "method"}), now=now)

    assert edge_property(reading.graph, "value") == {
        "a:Table|JOIN_FREQUENCY|a:Table": 3.0,
        "a:Table|JOIN_FREQUENCY|a:Table|hash": 1.0,
        "a:Table|JOIN_FREQUENCY|a:Table|merge": 2.0,
        "a:Table|LOAD_FACTOR|a:Table": 4.0,
    }
    assert reading.quality.grade is QualityGrade.CLEAN


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_undeclared_parallel_edges_get_ordinals_by_their_properties_whatever_the_scan_order(
    clean_neo4j, connect, now, order
):
    clean_neo4j.run(
        "CREATE (a:Table {name: 'a'}) WITH a UNWIND $order AS n"
        " CREATE (a)-[:JOIN_FREQUENCY {value: 10.0 - n, method: 'm' + n, timestamp: n}]->(a)",
        order=list(order),
    )

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert edge_property(reading.graph, "method") == {
        "a:Table|JOIN_FREQUENCY|a:Table": "m1",
        "a:Table|JOIN_FREQUENCY|a:Table|#2": "m2",
        "a:Table|JOIN_FREQUENCY|a:Table|#3": "m3",
    }
    assert reading.quality.grade is QualityGrade.PARTIAL
    assert reading.quality.ordinals == 3


def test_nodes_of_one_name_and_label_get_ordinals_that_no_other_node_has(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (:Table {name: 'a', size: 2}), (:Table {name: 'a', size: 1}), (:Table {name: 'a', size: 3}),"
        " (:Table {name: 'a#2', size: 9})"
    )

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert node_property(reading.graph, "size") == {"a:Table": 1, "a#3:Table": 2, "a#4:Table": 3, "a#2:Table": 9}
    assert reading.quality.ordinals == 3
    assert reading.quality.grade is QualityGrade.PARTIAL


HOSTILE = [
    "back`tick",
    "``",
    r"\u0060",
    r"\\u0060",
    "quote\"and'quote",
    "new\nline\r\n",
    "a:b%c|d",
    "%3A",
    "') DETACH DELETE n //",
    "=cmd()",
    "NUL\x00byte",
    "Ünïcode 🎉",
    " ",
    "",
]


def test_hostile_names_come_back_as_they_are(clean_neo4j, connect, now):
    clean_neo4j.run(
        "UNWIND $names AS name CREATE (n:Table {name: name})-[:LOAD_FACTOR {value: 1.0, text: name}]->(n)",
        names=HOSTILE,
    )

    graph = connect(clean_neo4j).read(LiveGraph(), now=now).graph

    assert {split_node_key(key)[0] for key in graph.nodes.keys} == set(HOSTILE)
    assert set(column_values(graph.edges.columns["text"])) == set(HOSTILE)
    assert all("\x00" not in key for key in graph.nodes.keys)
    assert list(graph.nodes.keys) == sorted(graph.nodes.keys)


def test_hostile_labels_types_and_property_names_come_back_as_they_are(clean_neo4j, connect, now):
    quoted = ["back``tick", "with space", "semi;colon", "') //", "@stale", "@labels", "a:b|c"]
    for position, name in enumerate(quoted):
        clean_neo4j.run(
            f"CREATE (n:`{name}` {{name: $name, `{name}`: $position}})"
            f"-[:`{name}` {{value: 1.0, `{name}`: $position}}]->(n)",
            name=f"n{position}",
            position=position,
        )
    names = [re.sub("``", "`", name) for name in quoted]

    graph = connect(clean_neo4j).read(LiveGraph(types=("*",)), now=now).graph

    assert graph.edges.types == tuple(sorted(names))
    assert {split_node_key(key)[1] for key in graph.nodes.keys} == set(names)
    columns = {f"@{name}" if name.startswith("@") else name for name in names}
    assert columns <= set(graph.edges.columns)
    assert columns <= set(graph.nodes.columns)
    for position, name in enumerate(names):
        column = f"@{name}" if name.startswith("@") else name
        assert position in column_values(graph.edges.columns[column])


def test_more_relationships_than_one_scan_holds_are_read_in_slices_to_the_same_graph(
    clean_neo4j, connect, now, monkeypatch
):
    clean_neo4j.run(
        "UNWIND range(0, 19) AS i CREATE (:Table {name: 't' + i}) WITH count(*) AS _ MATCH (a:Table), (b:Table)"
        " CREATE (a)-[:LOAD_FACTOR {value: 1.0, extra: a.name}]->(b), (a)-[:ERROR_RATE {value: 2.0}]->(b)"
    )
    clean_neo4j.run("MATCH (a:Table {name: 't3'}), (b:Table) CREATE (a)-[:QUERIES_PER_SEC {value: 3.0}]->(b)")
    whole = connect(clean_neo4j).read(LiveGraph(), now=now).graph
    monkeypatch.setattr("snapgraph.adapters.livegraph.passes.SLICE", 50)
    texts = []

    sliced = connect(clean_neo4j, record=texts.append).read(LiveGraph(), now=now).graph

    assert edge_keys(sliced) == edge_keys(whole)
    assert edge_property(sliced, "extra") == edge_property(whole, "extra")
    assert sum("id(a) IN $ids" in text for text in texts) > 10


def test_edges_stand_in_canonical_order(clean_neo4j, connect, now):
    clean_neo4j.run(
        "UNWIND range(0, 12) AS i CREATE (:Table {name: 't' + i}) WITH count(*) AS _ MATCH (a:Table), (b:Table)"
        " WHERE a <> b CREATE (a)-[:LOAD_FACTOR {value: 1.0}]->(b), (b)-[:ERROR_RATE {value: 2.0}]->(a)"
    )

    graph = connect(clean_neo4j).read(LiveGraph(), now=now).graph

    edges, keys = graph.edges, graph.nodes.keys
    order = [
        (keys[source], edges.types[type_], keys[target])
        for source, type_, target in zip(edges.sources, edges.type_codes, edges.targets, strict=True)
    ]
    assert all(first < second for first, second in pairwise(order))
