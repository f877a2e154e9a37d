"""The worst part of a graph: which nodes are kept, and that nothing is cut without a word."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from snapgraph.engine.formats.graph_states import graph_from_elements
from snapgraph.engine.summary import (
    bottleneck_scores,
    bottlenecks,
    mark_stale,
    metric_scores,
    part_of_nodes,
    worst_nodes,
)
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS, Levels, Thresholds, unknown_metric
from tests.fixtures.graphs import build

LATENCY, QPS, INDEX = "AVG_LATENCY_MS", "QUERIES_PER_SEC", "INDEX_EFFICIENCY"
CASES = json.loads((Path(__file__).parents[4] / "frontend" / "src" / "model" / "worst.cases.json").read_text())
"""What the page is held by too: it picks the part that it draws of a graph that it has."""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_worst_nodes_and_the_bottlenecks_are_those_of_the_page(case):
    nodes = [
        {"id": key, "type": "T", "properties": properties, "stale": key in case.get("stale_nodes", ())}
        for key, properties in case["nodes"].items()
    ]
    edges = [
        {
            "id": str(place),
            "source": source,
            "target": target,
            "type": type_,
            "properties": {"value": value},
            "stale": place in case.get("stale_edges", ()),
        }
        for place, (source, type_, target, value) in enumerate(case["edges"])
    ]
    graph = graph_from_elements(nodes, edges)
    thresholds = Thresholds(levels={type_: Levels(**given) for type_, given in case["levels"].items()})
    scores = bottleneck_scores(graph, metrics=DEFAULT_METRICS, thresholds=thresholds)
    keys = graph.nodes.keys
    assert dict(zip(keys.tolist(), scores.tolist(), strict=True)) == case["scores"]
    firsts = [set(keys[worst_nodes(graph, scores, most)].tolist()) for most in range(1, len(keys) + 1)]
    assert firsts == [set(case["worst"][:most]) for most in range(1, len(keys) + 1)]
    over = [
        [each.kind, each.key, each.metric, each.value, each.severity]
        for each in bottlenecks(graph, metrics=DEFAULT_METRICS, thresholds=thresholds)
    ]
    assert sorted(over) == sorted(case["bottlenecks"])


def scored(graph):
    scores = bottleneck_scores(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)
    return dict(zip(graph.nodes.keys.tolist(), scores.tolist(), strict=True))


def test_a_score_of_one_is_where_a_bottleneck_begins(graph_of):
    graph = graph_of([("a", LATENCY, "b", 100.0), ("b", LATENCY, "c", 250.0), ("c", QPS, "d", 9e9)])
    assert scored(graph) == {"a:Table": 1.0, "b:Table": 2.5, "c:Table": 2.5, "d:Table": 0.0}


def test_a_property_of_the_node_counts_like_an_edge(graph_of):
    graph = graph_of(nodes=[("a", {"hotspot_score": 160.0}), ("b", {"hotspot_score": 40.0}), ("c", {})])
    assert scored(graph) == {"a:Table": 2.0, "b:Table": 0.5, "c:Table": 0.0}


def test_the_part_has_the_worst_nodes_and_the_edges_among_them(graph_of):
    graph = graph_of([("a", LATENCY, "b", 900.0), ("b", LATENCY, "c", 800.0), ("c", LATENCY, "d", 3.0)])
    rows = worst_nodes(graph, np.array(list(scored(graph).values())), 3)
    part = part_of_nodes(graph, rows)
    assert part.graph.nodes.keys.tolist() == ["a:Table", "b:Table", "c:Table"]
    assert part.graph.edges.columns["value"].values.tolist() == [900.0, 800.0]
    assert part.edge_rows.tolist() == [0, 1]
    assert (part.whole_nodes, part.whole_edges, part.is_complete) == (4, 3, False)


def test_all_of_it_is_complete(graph_of):
    graph = graph_of([("a", LATENCY, "b", 900.0)])
    assert part_of_nodes(graph, np.arange(2)).is_complete


def test_among_equals_the_busier_goes_first(graph_of):
    graph = graph_of([("a", QPS, "b", 1.0), ("y", QPS, "z", 500.0)])
    assert worst_nodes(graph, np.zeros(4), 2).tolist() == [2, 3]


def test_of_a_share_that_should_be_high_the_lowest_is_the_worst_and_of_a_rate_the_highest(graph_of):
    graph = graph_of([("a", INDEX, "b", 0.9), ("c", INDEX, "d", 0.1), ("e", QPS, "f", 5.0), ("a", QPS, "b", 50.0)])
    by_index = worst_nodes(graph, metric_scores(graph, DEFAULT_METRICS[INDEX]), 2)
    by_rate = worst_nodes(graph, metric_scores(graph, DEFAULT_METRICS[QPS]), 2)
    assert graph.nodes.keys[by_index].tolist() == ["c:Table", "d:Table"]
    assert graph.nodes.keys[by_rate].tolist() == ["a:Table", "b:Table"]


def test_nodes_without_the_metric_come_last(graph_of):
    graph = graph_of([("a", "T", "b", -7.0), ("c", "U", "d", 9.0)])
    assert worst_nodes(graph, metric_scores(graph, unknown_metric("T")), 2).tolist() == [0, 1]


def test_what_is_stale_scores_nothing(graph_of):
    old = {"value": 900.0, "timestamp": 1_000.0}
    graph = graph_of([("a", LATENCY, "b", old)])
    marked = mark_stale(graph, captured_at=datetime(2025, 1, 1, tzinfo=UTC), tick_seconds=5.0)
    assert set(scored(marked).values()) == {0.0}
    assert set(scored(graph).values()) == {9.0}


def test_an_empty_graph_has_an_empty_part():
    graph = build(([], []))
    assert part_of_nodes(graph, worst_nodes(graph, np.zeros(0), 5)).is_complete
