"""For better or worse, and how much: by the metric's desirable direction."""

from collections.abc import Callable

import numpy as np
import pytest

from snapgraph.engine.diff import Terms, changes, compare_columns, count_changes, regressions_at_least
from snapgraph.model.changes import Change, ChangeCounts
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import (
    AVG_LATENCY_MS,
    DEFAULT_METRICS,
    ERROR_RATE,
    HOTSPOT_SCORE,
    INDEX_EFFICIENCY,
    JOIN_FREQUENCY,
    LOAD_FACTOR,
    QUERIES_PER_SEC,
)
from snapgraph.model.vocabulary import ChangeDirection, Severity

Build = Callable[..., GraphColumns]
WORSE, BETTER, NONE = ChangeDirection.WORSE, ChangeDirection.BETTER, ChangeDirection.NONE


def only_change(before: GraphColumns, after: GraphColumns) -> Change:
    diff = compare_columns(before, after)
    (change,) = changes(diff, np.arange(len(diff)), DEFAULT_METRICS)
    return change


@pytest.mark.parametrize(
    ("metric", "when_rising"),
    [
        (AVG_LATENCY_MS, WORSE),
        (HOTSPOT_SCORE, WORSE),
        (LOAD_FACTOR, WORSE),
        (ERROR_RATE, WORSE),
        (QUERIES_PER_SEC, BETTER),
        (INDEX_EFFICIENCY, BETTER),
        (JOIN_FREQUENCY, NONE),
        ("CALLS", NONE),
    ],
)
def test_an_edge_gets_worse_against_its_desirable_direction(graph_of: Build, metric, when_rising) -> None:
    low, high = (graph_of(["a", "b"], [("a", metric, "b", value)]) for value in (1.0, 2.0))

    assert only_change(low, high).direction is when_rising
    assert only_change(high, low).direction is {WORSE: BETTER, BETTER: WORSE, NONE: NONE}[when_rising]


@pytest.mark.parametrize(
    ("field", "when_rising"),
    [("hotspot_score", WORSE), ("error_rate", WORSE), ("queries_per_sec", BETTER), ("size_bytes", NONE)],
)
def test_a_node_property_that_is_a_metric_has_its_direction(graph_of: Build, field, when_rising) -> None:
    low, high = (graph_of([("a", {field: value})]) for value in (1.0, 2.0))

    assert only_change(low, high).direction is when_rising


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        (100.0, 110.0, Severity.LOW),
        (0.30, 0.33, Severity.LOW),  # 10.000000000000009 % as floats
        (100.0, 110.1, Severity.MEDIUM),
        (100.0, 115.0, Severity.MEDIUM),
        (100.0, 115.1, Severity.HIGH),
        (100.0, 125.0, Severity.HIGH),
        (100.0, 125.1, Severity.CRITICAL),
        (-100.0, -74.0, Severity.CRITICAL),
        (100.0, 10.0, Severity.LOW),  # for the better
    ],
)
def test_severity_grades_the_share_for_the_worse(graph_of: Build, before, after, severity) -> None:
    sides = (graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", value)]) for value in (before, after))

    assert only_change(*sides).severity is severity


@pytest.mark.parametrize(
    ("metric", "after", "severity"),
    [
        (ERROR_RATE, 8.0, Severity.CRITICAL),
        (AVG_LATENCY_MS, 500.0, Severity.HIGH),
        (AVG_LATENCY_MS, 60.0, Severity.MEDIUM),
        (AVG_LATENCY_MS, 5.0, Severity.LOW),
        (LOAD_FACTOR, 0.9, Severity.LOW),
    ],
)
def test_what_rose_from_zero_is_graded_by_the_levels_of_the_metric(graph_of: Build, metric, after, severity) -> None:
    sides = (graph_of(["a", "b"], [("a", metric, "b", value)]) for value in (0.0, after))

    assert only_change(*sides).severity is severity


def test_a_value_that_is_no_number_any_more_has_no_direction(graph_of: Build) -> None:
    before = graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", 5.0)])
    after = graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", "n/a")])

    assert only_change(before, after).direction is NONE


def test_fail_on_counts_all_changes_of_a_level_and_above(graph_of: Build) -> None:
    ends = ["a", "b", "c", "d", "e"]
    before = graph_of(ends, [("a", AVG_LATENCY_MS, end, 100.0) for end in ends])
    values = dict(zip(ends, (112.0, 120.0, 200.0, 400.0, 50.0), strict=True))
    after = graph_of(ends, [("a", AVG_LATENCY_MS, end, value) for end, value in values.items()])

    counts = count_changes(compare_columns(before, after, Terms()))

    assert [regressions_at_least(counts, level) for level in Severity] == [4, 4, 3, 2]
    assert (counts.worse, counts.better, counts.edges_changed, counts.total) == (4, 1, 5, 5)


def test_nothing_changed_counts_nothing(graph_of: Build) -> None:
    graph = graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", 5.0)])

    assert count_changes(compare_columns(graph, graph)) == ChangeCounts()
