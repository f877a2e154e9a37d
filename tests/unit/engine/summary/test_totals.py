"""Totals, bottlenecks and staleness of small graphs."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.summary import bottlenecks, complexity, mark_stale, stale_counts, summarise
from snapgraph.model.columns import STALE
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS, Levels, Thresholds
from snapgraph.model.vocabulary import ElementKind, Severity

QPS, LATENCY, HOTSPOT, ERRORS = "QUERIES_PER_SEC", "AVG_LATENCY_MS", "HOTSPOT_SCORE", "ERROR_RATE"
NOW = datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC)
SECONDS = NOW.timestamp()


def summary_of(graph):
    return summarise(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)


def test_the_database_node_knows_the_queries_per_second(graph_of):
    edges = [("a", QPS, "b", 10.0), ("b", QPS, "c", 10.0)]

    with_node = summary_of(graph_of(edges, nodes=[("shop:Database", {"queries_per_sec": 10.0})]))
    without = summary_of(graph_of(edges))

    assert (with_node.total_qps, with_node.total_qps_basis) == (10.0, "database")
    assert (without.total_qps, without.total_qps_basis) == (20.0, "edges")


def test_a_number_without_a_decimal_point_beside_others_is_a_number_all_the_same(graph_of):
    nodes = [
        ("shop:Database", {"queries_per_sec": 120}),
        ("depot:Database", {"queries_per_sec": 80.5}),
        ("a:Table", {"hotspot_score": 97}),
        ("b:Table", {"hotspot_score": 12.5}),
        ("c:Table", {"hotspot_score": "none"}),
    ]
    summary = summary_of(graph_of([], nodes=nodes))

    assert summary.total_qps == 200.5
    assert [each.key for each in summary.bottlenecks] == ["a:Table"]


def test_what_is_beyond_a_float_is_no_total_and_no_average(graph_of):
    edges = [("a", QPS, "b", 1.7e308), ("b", QPS, "c", 1.7e308), ("a", LATENCY, "b", 1e300), ("b", LATENCY, "c", 1e300)]
    summary = summary_of(graph_of(edges))

    assert (summary.total_qps, summary.avg_latency) == (None, None)


def test_a_stale_database_node_is_not_asked(graph_of):
    node = ("shop:Database", {"queries_per_sec": 10.0, "@stale": True})

    assert summary_of(graph_of([("a", QPS, "b", 7.0)], nodes=[node])).total_qps_basis == "edges"


def test_latency_is_weighted_by_the_queries_of_the_same_pair(graph_of):
    edges = [("a", QPS, "b", 9.0), ("b", QPS, "c", 1.0), ("a", LATENCY, "b", 10.0), ("b", LATENCY, "c", 110.0)]

    assert summary_of(graph_of(edges)).avg_latency == pytest.approx(20.0)
    assert summary_of(graph_of(edges[2:])).avg_latency == pytest.approx(60.0)
    assert summary_of(graph_of([("a", QPS, "b", 0.0), *edges[2:]])).avg_latency == pytest.approx(60.0)


def test_an_empty_graph_has_no_figures(graph_of):
    summary = summary_of(graph_of())

    assert (summary.total_qps, summary.avg_latency, summary.bottlenecks_count) == (None, None, 0)
    assert summary.graph_complexity == "low"


def test_bottlenecks_are_high_or_critical_and_the_worst_comes_first(graph_of):
    graph = graph_of(
        [
            ("a", LATENCY, "b", 100.0),
            ("a", LATENCY, "c", 101.0),
            ("b", LATENCY, "c", 1200.0),
            ("c", HOTSPOT, "c", 90.0),
            ("shop:Database", ERRORS, "shop:Database", 5.5),
            ("a", QPS, "b", 1e9),
        ],
        nodes=[("c", {"hotspot_score": 96.0}), ("shop:Database", {"error_rate": 4.0})],
    )

    found = bottlenecks(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)

    assert [(one.kind, one.label, one.metric, one.severity) for one in found] == [
        (ElementKind.EDGE, "b->c", LATENCY, Severity.CRITICAL),
        (ElementKind.NODE, "c", HOTSPOT, Severity.CRITICAL),
        (ElementKind.EDGE, "shop", ERRORS, Severity.CRITICAL),
        (ElementKind.EDGE, "c", HOTSPOT, Severity.HIGH),
        (ElementKind.EDGE, "a->c", LATENCY, Severity.HIGH),
    ]
    assert found[0].key == "b:Table|AVG_LATENCY_MS|c:Table"
    assert summary_of(graph).bottlenecks == tuple(found)


def test_all_bottlenecks_are_counted_and_a_hundred_kept(graph_of):
    graph = graph_of([(f"t{i}", LATENCY, "hub", 200.0 + i) for i in range(150)])

    summary = summary_of(graph)

    assert summary.bottlenecks_count == 150
    assert len(summary.bottlenecks) == 100
    assert summary.bottlenecks[0].label == "t149->hub"


def test_levels_of_a_metric_that_should_be_high_are_not_applied(graph_of):
    thresholds = Thresholds(levels={QPS: Levels(high=1.0), "UNHEARD_OF": Levels(high=1.0), LATENCY: Levels()})
    graph = graph_of([("a", QPS, "b", 5.0), ("a", "UNHEARD_OF", "b", 5.0), ("a", LATENCY, "b", 5.0)])

    found = bottlenecks(graph, metrics=DEFAULT_METRICS, thresholds=thresholds)

    assert [one.metric for one in found] == ["UNHEARD_OF"]


@given(st.lists(st.floats(0, 3000), max_size=30))
def test_a_bottleneck_is_what_the_levels_say(values):
    from tests.unit.engine.summary.conftest import graph_of  # noqa: PLC0415 - a fixture is not reset between examples

    graph = graph_of([(f"t{i:02}", LATENCY, "hub", value) for i, value in enumerate(values)])
    found = bottlenecks(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)

    severe = {Severity.HIGH, Severity.CRITICAL}
    expected = [value for value in values if DEFAULT_THRESHOLDS.severity_of(LATENCY, value) in severe]
    assert [one.value for one in found] == sorted(expected, reverse=True)
    assert all(one.severity is DEFAULT_THRESHOLDS.severity_of(LATENCY, one.value) for one in found)


def test_what_is_older_than_three_ticks_is_stale_and_left_out(graph_of):
    graph = graph_of(
        [
            ("a", QPS, "b", {"value": 1.0, "timestamp": SECONDS - 15}),
            ("b", QPS, "c", {"value": 10.0, "timestamp": SECONDS - 15.1}),
            ("c", QPS, "d", {"value": 100.0}),
        ],
        nodes=[
            ("a", {"timestamp": SECONDS - 60, "updated_at": SECONDS}),
            ("b", {"updated_at": SECONDS - 60}),
            ("c", {}),
        ],
    )

    marked = mark_stale(graph, captured_at=NOW, tick_seconds=5.0)

    assert marked.edges.columns[STALE].values.tolist() == [False, True, False]
    assert marked.nodes.columns[STALE].values.tolist() == [False, True, False, False]
    assert stale_counts(marked) == (1, 1)
    assert summary_of(marked).total_qps == 101.0


def test_the_database_node_says_how_often_the_graph_is_written(graph_of):
    edges = [("a", QPS, "b", {"value": 1.0, "timestamp": SECONDS - 100})]
    slow = graph_of(edges, nodes=[("shop:Database", {"tick_seconds": 60.0})])

    assert stale_counts(mark_stale(slow, captured_at=NOW, tick_seconds=5.0)) == (0, 0)
    assert stale_counts(mark_stale(graph_of(edges), captured_at=NOW, tick_seconds=5.0)) == (0, 1)
    assert stale_counts(mark_stale(graph_of(edges), captured_at=NOW, tick_seconds=0.0)) == (0, 0)


def test_marking_twice_marks_anew(graph_of):
    graph = graph_of([("a", QPS, "b", {"value": 1.0, "timestamp": SECONDS - 100})])
    marked = mark_stale(graph, captured_at=NOW, tick_seconds=5.0)

    assert STALE not in mark_stale(marked, captured_at=NOW, tick_seconds=500.0).edges.columns
    assert STALE not in graph.edges.columns


def test_complexity_counts_elements():
    assert [complexity(count) for count in (0, 99, 100, 999, 1_000)] == ["low", "low", "medium", "medium", "high"]


def test_absent_and_foreign_values_are_no_numbers(graph_of):
    graph = graph_of([("a", QPS, "b", {"value": 1.0}), ("b", QPS, "c", {})], nodes=[("a", {"hotspot_score": "high"})])

    assert summary_of(graph).total_qps == 1.0
    assert np.isfinite(graph.edges.columns["value"].values).all()
