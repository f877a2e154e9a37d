"""Rows for Grafana's Node graph panel: its field names, one line for a pair, the worst first."""

from __future__ import annotations

import pytest

from snapgraph.engine.formats.graph_states import graph_from_elements
from snapgraph.engine.formats.node_graph import NodeGraph
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS

NODES = [
    ("users:Table", {"hotspot_score": 10.0, "indexes": ["a", "b"], "rows": 2**60}),
    ("orders:Table", {"hotspot_score": 99.0, "note": "busy"}),
    ("quiet:Table", {}),
    ("a%7C|b:View", {"hotspot_score": 1.0}),
]
EDGES = [
    ("users:Table", "AVG_LATENCY_MS", "orders:Table", 1200.0, False),
    ("users:Table", "QUERIES_PER_SEC", "orders:Table", 50.0, False),
    ("orders:Table", "AVG_LATENCY_MS", "users:Table", 60.0, False),
    ("orders:Table", "AVG_LATENCY_MS", "orders:Table", 150.0, False),
    ("users:Table", "AVG_LATENCY_MS", "a%7C|b:View", 5000.0, True),
    ("users:Table", "CALLS", "a%7C|b:View", 7.0, False),
]


@pytest.fixture
def written():
    nodes = [{"id": key, "type": key.rpartition(":")[2], "properties": properties} for key, properties in NODES]
    edges = [
        {"source": source, "type": type_, "target": target, "stale": stale, "properties": {"value": value}}
        for source, type_, target, value, stale in EDGES
    ]

    def write(**options):
        graph = graph_from_elements(nodes, edges)
        return NodeGraph(graph=graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS, **options)

    return write


def named(rows):
    return {row["id"]: row for row in rows}


def test_a_node_says_its_name_its_score_and_how_its_relationships_are_graded(written):
    rows = named(written().nodes())
    orders = rows["orders:Table"]
    assert (orders["title"], orders["subtitle"], orders["mainstat"]) == ("orders", "Table", 99.0)
    assert orders["secondarystat"] == 3, "itself, the critical and the high relationship"
    arcs = {severity: orders[f"arc__{severity}"] for severity in ("low", "medium", "high", "critical")}
    assert arcs == {"low": 0.25, "medium": 0.25, "high": 0.25, "critical": 0.25}
    assert (orders["detail__note"], orders["detail__stale"]) == ("busy", False)


def test_the_circle_of_every_node_is_whole_and_every_row_has_the_same_fields(written):
    rows = written().nodes()
    assert {sum(value for name, value in row.items() if name.startswith("arc__")) for row in rows} == {1.0}
    assert len({tuple(row) for row in rows}) == 1
    assert named(rows)["quiet:Table"]["mainstat"] is None


def test_what_no_panel_can_show_is_text(written):
    users = named(written().nodes())["users:Table"]
    assert users["detail__indexes"] == '["a","b"]'
    assert str(2**60) in users["detail__rows"]


def test_the_relationships_of_a_pair_are_one_line_coloured_by_the_worst(written):
    rows = named(written().edges())
    line = rows["users:Table|orders:Table"]
    assert (line["source"], line["target"]) == ("users:Table", "orders:Table")
    assert (line["mainstat"], line["secondarystat"], line["color"]) == (1200.0, 50.0, "red")
    assert (line["detail__latency"], line["detail__qps"], line["detail__calls"]) == (1200.0, 50.0, None)
    assert line["thickness"] == 5.0
    assert rows["orders:Table|users:Table"]["color"] == "yellow"
    assert rows["orders:Table|orders:Table"]["color"] == "orange"
    assert len(rows) == 4


def test_what_was_not_observed_lately_alarms_nobody_and_names_with_bars_stay_apart(written):
    (row,) = [row for row in written().edges() if row["target"] == "a%7C|b:View"]
    assert (row["color"], row["mainstat"]) == ("green", 5000.0)
    assert row["id"].count("|") == 1


def test_with_a_limit_the_worst_stay_and_the_lines_between_them(written):
    graph = written(most_nodes=2)
    assert [row["id"] for row in graph.nodes()] == ["orders:Table", "users:Table"]
    assert {row["id"] for row in graph.edges()} == {
        "users:Table|orders:Table",
        "orders:Table|users:Table",
        "orders:Table|orders:Table",
    }


def test_an_empty_graph_has_no_rows():
    graph = NodeGraph(graph=graph_from_elements([], []), metrics={}, thresholds=DEFAULT_THRESHOLDS)
    assert (graph.nodes(), graph.edges()) == ([], [])
