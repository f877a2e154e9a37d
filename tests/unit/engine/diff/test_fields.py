"""A change of one property: null and absent, zero, types, tolerances, and numbers at their limits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from snapgraph.engine.diff import Terms, changes, compare_columns
from snapgraph.model.changes import Change, DiffOptions
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, DEFAULT_METRICS, QUERIES_PER_SEC
from snapgraph.model.vocabulary import Operation, Significance

Build = Callable[..., GraphColumns]


@pytest.fixture(scope="session")
def changed(graph_of: Build) -> Callable[..., list[Change]]:
    """Compare one edge with a property that is as given on each side; ``None`` is absent."""

    def compare(before: Any, after: Any, field: str = "value", **options: Any) -> list[Change]:
        sides = [
            graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", {} if value is None else {field: value})])
            for value in (before, after)
        ]
        diff = compare_columns(*sides, Terms(options=DiffOptions(**options)))
        return list(changes(diff, np.arange(len(diff)), DEFAULT_METRICS))

    return compare


def test_a_number_has_delta_relative_delta_and_denominator(changed) -> None:
    (change,) = changed(4.0, 5.0)

    assert (change.op, change.field) == (Operation.CHANGED, "value")
    assert (change.before, change.after) == (4.0, 5.0)
    assert (change.delta, change.relative_delta, change.denominator) == (1.0, 0.25, 4.0)
    assert change.significance is Significance.TOO_LITTLE_DATA


def test_neighbours_beyond_two_to_the_53_differ_also_in_a_column_of_several_kinds(graph_of) -> None:
    sides = [
        graph_of(["a", "b"], [("a", QUERIES_PER_SEC, "b", {"n": value}), ("b", QUERIES_PER_SEC, "a", {"n": "text"})])
        for value in (2**53, 2**53 + 1)
    ]
    diff = compare_columns(*sides, Terms())
    (change,) = changes(diff, np.arange(len(diff)), DEFAULT_METRICS)

    assert (change.before, change.after, change.delta) == (2**53, 2**53 + 1, 1.0)


@pytest.mark.parametrize(("before", "after"), [(0.0, 3.5), (0.0, -3.5)])
def test_from_zero_there_is_no_percentage(changed, before, after) -> None:
    (change,) = changed(before, after)

    assert change.delta == after
    assert change.relative_delta is None
    assert change.denominator == 0.0


def test_of_a_negative_number_the_magnitude_is_the_denominator(changed) -> None:
    (change,) = changed(-4.0, -5.0)

    assert (change.delta, change.relative_delta) == (-1.0, -0.25)


@pytest.mark.parametrize(("before", "after"), [(None, 3.5), (3.5, None)])
def test_what_is_absent_on_one_side_has_no_delta(changed, before, after) -> None:
    (change,) = changed(before, after)

    assert (change.before, change.after) == (before, after)
    assert (change.delta, change.relative_delta, change.denominator) == (None, None, None)
    assert change.significance is None


@pytest.mark.parametrize(
    ("before", "after"),
    [(5, "5"), (5.0, "5"), (1, True), (0.0, False), ("x", ["x"]), (["a"], ["b"]), ("1", 1.5)],
)
def test_another_type_is_a_change_without_delta(changed, before, after) -> None:
    (change,) = changed(before, after, field="note")

    assert (change.before, change.after, change.delta) == (before, after, None)
    assert type(change.after) is type(after)


@pytest.mark.parametrize(("before", "after"), [(5, 5.0), (5.0, 5), (0.0, -0.0), ([1], [1]), (None, None)])
def test_what_is_equal_is_no_change(changed, before, after) -> None:
    assert changed(before, after, field="note") == []


def test_integers_are_exact_beyond_what_a_float_holds(changed) -> None:
    (change,) = changed(2**60, 2**60 + 1, field="size_bytes")

    assert change.delta == 1.0
    assert change.after == {"$type": "Integer", "value": str(2**60 + 1)}


def test_a_difference_beyond_a_float_is_a_change_without_delta(changed) -> None:
    (change,) = changed(-1.7e308, 1.7e308)

    assert (change.delta, change.relative_delta) == (None, None)
    assert change.direction == "worse"


def test_a_difference_of_integers_that_overflows_is_still_found(changed) -> None:
    (change,) = changed(-(2**63), 2**63 - 1, field="size_bytes")

    assert change.delta == pytest.approx(2.0**64)


@pytest.mark.parametrize(
    ("options", "differs"),
    [
        ({}, True),
        ({"absolute_tolerance": 0.5}, False),
        ({"absolute_tolerance": 0.4}, True),
        ({"relative_tolerance": 0.05}, False),
        ({"relative_tolerance": 0.04}, True),
        ({"tolerances": {AVG_LATENCY_MS: 0.5}}, False),
        ({"tolerances": {AVG_LATENCY_MS: 0.1}, "absolute_tolerance": 9.0}, True),
        ({"tolerances": {QUERIES_PER_SEC: 0.5}}, True),
    ],
)
def test_a_tolerance_is_absolute_relative_or_by_metric(changed, options, differs) -> None:
    assert bool(changed(10.0, 10.5, **options)) is differs


def test_volatile_fields_are_not_compared(changed) -> None:
    assert changed(1, 2, field="calls") == []
    assert len(changed(1, 2, field="calls", volatile=())) == 1


def test_tolerances_hold_for_numbers_inside_mixed_columns(graph_of: Build) -> None:
    before = graph_of([("a", {"x": 10}), ("b", {"x": "text"})])
    after = graph_of([("a", {"x": 10.5}), ("b", {"x": "text"})])

    assert len(compare_columns(before, after)) == 1
    assert len(compare_columns(before, after, Terms(options=DiffOptions(absolute_tolerance=0.5)))) == 0
