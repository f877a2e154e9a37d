"""Real, within noise, or too little data: against the element's own steps."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.diff import (
    DiffColumns,
    History,
    captured_numbers,
    changes,
    compare_columns,
    content_hash,
    from_networkx,
    ids_of,
    judge,
    questions,
)
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, DEFAULT_METRICS
from snapgraph.model.vocabulary import ElementKind, Significance

Build = Callable[..., GraphColumns]
REAL, NOISE, LITTLE = Significance.REAL, Significance.WITHIN_NOISE, Significance.TOO_LITTLE_DATA
# steps 2, -2, 2, …: median 2 or -2, so the deviations are 0 or 4; with 8 steps half are each: MAD 2
RESTLESS = [10.0, 12.0] * 4 + [10.0]


def significance(diff: DiffColumns) -> list[Significance | None]:
    return [change.significance for change in changes(diff, np.arange(len(diff)), DEFAULT_METRICS)]


@pytest.fixture(scope="session")
def judged(graph_of: Build) -> Callable[..., Significance | None]:
    """Judge one change of a latency from 10, against a history."""

    def judge_one(after: float, history: list[float], calls: tuple[float, float] | None = None) -> Significance | None:
        sides = (graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", value)]) for value in (10.0, after))
        diff = compare_columns(*sides)
        (question,) = questions(diff)
        on_calls = None if calls is None else np.array([[calls[0]], [calls[1]]])
        (verdict,) = significance(judge(diff, [(question, History(values=np.array([history]).T, calls=on_calls))]))
        return verdict

    return judge_one


@pytest.mark.parametrize(("after", "verdict"), [(18.0, NOISE), (18.1, REAL), (2.0, NOISE), (1.9, REAL)])
def test_a_change_is_real_beyond_four_mad_of_the_steps(judged, after, verdict) -> None:
    assert judged(after, RESTLESS) is verdict


def test_eight_steps_are_needed(judged) -> None:
    assert judged(1000.0, RESTLESS[:8]) is LITTLE
    assert judged(1000.0, RESTLESS[:9]) is REAL


def test_a_step_over_a_gap_is_none(judged) -> None:
    with_gap = [*RESTLESS[:4], np.nan, *RESTLESS[4:]]

    assert judged(1000.0, with_gap) is LITTLE  # 9 numbers, but 3 + 4 steps
    assert judged(1000.0, [*with_gap, 12.0]) is REAL


def test_in_a_constant_series_every_change_is_real(judged) -> None:
    assert judged(10.001, [10.0] * 20) is REAL


def test_incidents_in_less_than_half_of_the_window_do_not_hide_a_change(judged) -> None:
    quiet = [10.0, 10.1, 10.0, 10.2, 10.1, 10.0, 10.1, 10.2, 10.0, 10.1, 10.0]

    assert judged(20.0, [*quiet[:5], 500.0, *quiet[5:8], 800.0, *quiet[8:]]) is REAL


@pytest.mark.parametrize(
    ("calls", "verdict"),
    [((30, 30), REAL), ((29, 100), LITTLE), ((100, 29), LITTLE), ((np.nan, np.nan), REAL), ((np.nan, 3), LITTLE)],
)
def test_thirty_calls_are_needed_on_both_sides_where_they_are_known(judged, calls, verdict) -> None:
    assert judged(1000.0, RESTLESS, calls) is verdict


def test_without_a_history_there_is_too_little_data(judged, graph_of: Build) -> None:
    sides = (graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", value)]) for value in (10.0, 20.0))

    assert judged(20.0, []) is LITTLE
    assert judged(20.0, [10.0]) is LITTLE
    assert significance(compare_columns(*sides)) == [LITTLE]


def test_what_is_no_number_has_no_significance(graph_of: Build) -> None:
    before = graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", {"trend": "stable", "value": 5.0})])
    after = graph_of([("a", {"x": True}), "b", "c"], [("a", AVG_LATENCY_MS, "b", {"trend": "up", "value": "?"})])

    diff = compare_columns(before, after)

    assert len(diff) == 4
    assert questions(diff) == ()
    assert significance(diff) == [None] * 4


def test_questions_name_the_elements_by_the_ids_of_a_side(generated, perturbed) -> None:
    before = generated(50, 300)
    after = perturbed(before, removed=0.1)
    diff = compare_columns(before, after)

    (question,) = questions(diff)

    assert (question.kind, question.field) == (ElementKind.EDGE, "value")
    assert np.array_equal(ids_of(diff, question, after=False), ids_of(diff, question, after=True))
    assert np.array_equal(captured_numbers(diff, question, "value", after=True), diff.after_numbers[question.positions])
    assert np.isnan(captured_numbers(diff, question, "calls", after=True)).all()


def test_a_graph_without_ids_has_no_history(graph_of: Build) -> None:
    sides = (graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", value)]) for value in (10.0, 20.0))
    diff = compare_columns(*sides)

    with pytest.raises(ValueError, match="no history"):
        ids_of(diff, questions(diff)[0], after=False)


def test_the_content_hash_does_not_know_the_significance(generated, perturbed) -> None:
    diff = compare_columns(generated(50, 300), perturbed(generated(50, 300)))
    (question,) = questions(diff)
    known = judge(diff, [(question, History(values=np.zeros((20, len(question.positions)))))])

    assert set(significance(known)) == {REAL}
    assert content_hash(known) == content_hash(diff)


values = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6))


@given(st.lists(st.lists(values, min_size=4, max_size=4), max_size=24), st.floats(0, 1e6))
def test_the_noise_is_what_numpy_says_it_is(rows: list[list[float]], after: float) -> None:
    window = np.array(rows).reshape(len(rows), 4)
    diff = four_changes(after)

    verdicts = significance(judge(diff, [(questions(diff)[0], History(values=window))]))

    for verdict, series in zip(verdicts, window.T, strict=True):
        steps = np.diff(series)
        steps = steps[~np.isnan(steps)]
        expected = LITTLE
        if len(steps) >= 8:
            mad = np.median(np.abs(steps - np.median(steps)))
            expected = REAL if abs(after - -1.0) > 4 * mad else NOISE
        assert verdict is expected


def four_changes(after: float) -> DiffColumns:
    """Compare four edges that went from -1 to a value."""
    graphs = []
    for value in (-1.0, after):
        graph = nx.DiGraph()
        graph.add_edges_from([("a", end, {"value": value, "type": AVG_LATENCY_MS}) for end in "abcd"])
        graphs.append(from_networkx(graph))
    return compare_columns(*graphs)
