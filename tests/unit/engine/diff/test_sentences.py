"""One sentence in words, from facts; and the top changes that it is made of."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from snapgraph.engine.diff import (
    Coverage,
    DiffColumns,
    Facts,
    History,
    Terms,
    changes,
    compare_columns,
    count_changes,
    judge,
    questions,
    sentence,
    structure_change,
    top_changes,
)
from snapgraph.model.columns import STALE, Column, GraphColumns
from snapgraph.model.metrics import (
    AVG_LATENCY_MS,
    DEFAULT_METRICS,
    ERROR_RATE,
    HOTSPOT_SCORE,
    JOIN_FREQUENCY,
    LOAD_FACTOR,
    QUERIES_PER_SEC,
)
from snapgraph.model.snapshots import Quality, Snapshot
from snapgraph.model.vocabulary import ChangeDirection, ColumnKind, QualityGrade

Build = Callable[..., GraphColumns]
LATENCY = AVG_LATENCY_MS
PLAIN = str.maketrans({"\u202f": " ", "\u2212": "-", "\u00d7": "x"})
PKEY = "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)"
ON_USER = "CREATE INDEX orders_user_id_idx ON public.orders USING btree (user_id)"
ODD = 'CREATE INDEX "My ""odd"" index" ON public.orders USING btree (x)'


def judged(diff: DiffColumns, noise: float = 0.0) -> DiffColumns:
    """Judge all changes against a history that moves up and down by as much."""
    window = np.array([0.0, noise, 0.0, noise, 0.0, noise, 0.0, noise, 0.0])
    return judge(
        diff, [(each, History(values=np.tile(window, (len(each.positions), 1)).T)) for each in questions(diff)]
    )


def said(
    before: GraphColumns,
    after: GraphColumns,
    *,
    noise: float | None = 0.0,
    sides: Any = None,
    terms: Terms | None = None,
) -> str:
    """Give the sentence with plain spaces, signs and letters, which are easier to read and to type."""
    return _said(before, after, noise=noise, sides=sides, terms=terms).translate(PLAIN)


def _said(
    before: GraphColumns,
    after: GraphColumns,
    *,
    noise: float | None = 0.0,
    sides: Any = None,
    terms: Terms | None = None,
) -> str:
    diff = compare_columns(before, after, terms or Terms())
    if noise is not None:
        diff = judged(diff, noise)
    top = {
        direction: changes(diff, top_changes(diff, direction, DEFAULT_METRICS), DEFAULT_METRICS)
        for direction in ChangeDirection
    }
    return sentence(
        Facts(
            diff=diff,
            counts=count_changes(diff),
            regressions=top[ChangeDirection.WORSE],
            improvements=top[ChangeDirection.BETTER],
            structure=structure_change(before, after),
            metrics=DEFAULT_METRICS,
            sides=sides,
        )
    )


def edge(graph_of: Build, value: Any, metric: str = LATENCY, *, loop: bool = False) -> GraphColumns:
    return graph_of(["orders", "order_items"], [("orders", metric, "orders" if loop else "order_items", value)])


@pytest.mark.parametrize(
    ("metric", "before", "after", "expected"),
    [
        (LATENCY, 4.1, 212.0, "AVG_LATENCY_MS orders→order_items rose from 4.1 to 212 ms (x51.7)."),
        (LATENCY, 0.0, 3.0, "AVG_LATENCY_MS orders→order_items rose from 0 to 3 ms."),
        (QUERIES_PER_SEC, 1500.0, 75.0, "QUERIES_PER_SEC orders→order_items fell from 1 500 to 75 /s (-95 %)."),
        (ERROR_RATE, 1.0, 1.2, "ERROR_RATE orders→order_items rose from 1 to 1.2 % (+20 %)."),
        (LOAD_FACTOR, 0.000123, 0.000124, "LOAD_FACTOR orders→order_items rose from 0.000123 to 0.000124 (+0.813 %)."),
        (LATENCY, 211.94, 211.97, "AVG_LATENCY_MS orders→order_items rose from 211.9 to 212 ms (+0.0142 %)."),
        (LATENCY, 4.1, 12030.0, "AVG_LATENCY_MS orders→order_items rose from 4.1 ms to 12 s (x2 934)."),
    ],
)
def test_it_names_the_worst_value(graph_of: Build, metric, before, after, expected) -> None:
    assert said(edge(graph_of, before, metric), edge(graph_of, after, metric)) == expected


def test_its_numbers_are_written_as_everywhere(graph_of: Build) -> None:
    text = _said(edge(graph_of, 4.1), edge(graph_of, 12030.0))

    assert text.endswith("rose from 4.1\u202fms to 12\u202fs (\u00d72\u202f934).")


def test_a_loop_is_named_by_its_node(graph_of: Build) -> None:
    text = said(edge(graph_of, 10.0, HOTSPOT_SCORE, loop=True), edge(graph_of, 90.0, HOTSPOT_SCORE, loop=True))

    assert text == "HOTSPOT_SCORE orders rose from 10 to 90 (+800 %)."


def test_a_property_of_a_node_is_named_by_its_field(graph_of: Build) -> None:
    text = said(graph_of([("shop:Database", {"error_rate": 1.0})]), graph_of([("shop:Database", {"error_rate": 3.0})]))

    assert text == "error_rate of shop rose from 1 to 3 % (+200 %)."


def test_it_counts_the_others_that_got_worse_and_leaves_noise_out(graph_of: Build) -> None:
    ends = ["a", "b", "c", "d"]
    before = graph_of(ends, [("a", LATENCY, end, 100.0) for end in ends])
    after = graph_of(ends, [("a", LATENCY, end, value) for end, value in zip(ends, (400, 300, 200, 90), strict=True)])

    assert said(before, after).startswith("AVG_LATENCY_MS a rose from 100 to 400 ms (+300 %), and 2 more got worse.")
    # 4 MAD are 150: only the two larger ones are more
    assert said(before, after, noise=37.5).startswith("AVG_LATENCY_MS a rose from 100 to 400 ms (+300 %), and 1 more")


def test_it_says_when_there_is_too_little_data(graph_of: Build) -> None:
    text = said(edge(graph_of, 10.0), edge(graph_of, 20.0), noise=None)

    assert (
        text
        == "AVG_LATENCY_MS orders→order_items rose from 10 to 20 ms (+100 %, too little data to tell it from noise)."
    )


def test_when_nothing_got_worse_it_names_the_best(graph_of: Build) -> None:
    assert (
        said(edge(graph_of, 20.0), edge(graph_of, 5.0))
        == "AVG_LATENCY_MS orders→order_items fell from 20 to 5 ms (-75 %); nothing got worse."
    )


def test_noise_alone_is_called_noise(graph_of: Build) -> None:
    assert said(edge(graph_of, 20.0), edge(graph_of, 21.0), noise=5.0) == "1 value moved within its noise."


def test_what_has_no_direction_is_only_counted(graph_of: Build) -> None:
    text = said(edge(graph_of, 20.0, JOIN_FREQUENCY), edge(graph_of, 25.0, JOIN_FREQUENCY))

    assert text == "1 value changed, neither for better nor for worse."


def test_nothing_changed(graph_of: Build) -> None:
    assert said(edge(graph_of, 20.0), edge(graph_of, 20.0)) == "Nothing changed."


def tables(graph_of: Build, indexes: list[str] | None, scans: float | None = None) -> GraphColumns:
    given = {"indexes": indexes, "sequential_scans_per_sec": scans}
    return graph_of([("orders", {name: value for name, value in given.items() if value is not None}), "users"])


@pytest.mark.parametrize(
    ("before", "after", "scans", "expected"),
    [
        (
            [PKEY, ON_USER],
            [PKEY],
            (0.5, 80.0),
            "orders lost the index orders_user_id_idx while its sequential scans rose",
        ),
        ([PKEY, ON_USER], [PKEY], (80.0, 0.5), "orders lost the index orders_user_id_idx;"),
        ([PKEY, ON_USER], [PKEY], (None, None), "orders lost the index orders_user_id_idx."),
        ([PKEY, ON_USER, ODD], [PKEY], (None, None), 'orders lost the indexes My "odd" index and orders_user_id_idx.'),
        ([PKEY], [PKEY, "by_user"], (None, None), "orders gained the index by_user."),
        ([PKEY], None, (None, None), "orders lost the index orders_pkey."),
    ],
)
def test_it_names_indexes_that_came_and_went(graph_of: Build, before, after, scans, expected) -> None:
    text = said(tables(graph_of, before, scans[0]), tables(graph_of, after, scans[1]))

    assert text.startswith(expected)


def test_an_index_that_was_made_anew_is_not_lost(graph_of: Build) -> None:
    text = said(tables(graph_of, [ON_USER]), tables(graph_of, [ON_USER.replace("(user_id)", "(user_id, id)")]))

    assert "lost" not in text


def test_the_tables_that_lost_an_index_come_before_others_and_are_bounded(graph_of: Build) -> None:
    before = graph_of([(name, {"indexes": ["x"]}) for name in "abc"] + [("d", {"indexes": ["y"]})])
    after = graph_of([(name, {"indexes": ["x", "z"]}) for name in "abc"] + [("d", {"indexes": []})])

    text = said(before, after)

    assert "d lost the index y; a gained the index z; the indexes of 2 more tables changed" in text


def test_a_change_of_shape_alone_is_told(graph_of: Build) -> None:
    before = graph_of(list("abc"), [("a", "CALLS", "b", 1.0)])
    after = graph_of(list("abcd"), [("b", "CALLS", "a", 1.0), ("b", "CALLS", "c", 1.0), ("c", "CALLS", "b", 1.0)])

    assert said(before, after) == (
        "1 node and 3 edges were added; 1 edge was removed; 1 component grew together; b and c form a new cycle."
    )
    assert said(after, before).endswith("1 component fell apart.")


def test_what_went_idle_is_not_removed(graph_of: Build) -> None:
    before = edge(graph_of, 5.0)
    idle = {**before.edges.columns, STALE: Column(kind=ColumnKind.BOOLEAN, values=np.array([True]))}

    assert said(before, replace(before, edges=replace(before.edges, columns=idle))) == (
        "1 edge was not observed any more."
    )


def test_it_says_what_a_torn_or_partial_side_cannot_prove(graph_of: Build, header: Snapshot) -> None:
    torn = replace(header, quality=Quality(grade=QualityGrade.TORN))
    partial = replace(header, quality=Quality(grade=QualityGrade.PARTIAL, unnamed_nodes=2))
    whole, less = edge(graph_of, 5.0), graph_of(["orders", "order_items"])
    unsound = Terms(coverage=Coverage(sound=False))

    assert said(whole, less, sides=(header, torn), terms=unsound).endswith(
        "1 element that the later side lacks may still be there, since it is torn."
    )
    assert said(whole, less, sides=(header, partial), terms=unsound).endswith("since it left out elements.")
    assert said(whole, whole, sides=(header, torn)) == "Nothing changed; the later side is torn."
    assert said(less, whole, sides=(torn, header)).endswith(
        "the earlier side is torn, so what seems added may have been there."
    )


def test_it_says_when_a_type_was_not_read(graph_of: Build, header: Snapshot) -> None:
    narrow = replace(header, metadata=replace(header.metadata, types=("CALLS",)))
    terms = Terms(coverage=Coverage(edge_types=frozenset({"CALLS"})))

    text = said(edge(graph_of, 5.0), graph_of(["orders", "order_items"]), sides=(header, narrow), terms=terms)

    assert text.endswith("1 element that the later side lacks may still be there, since it did not read their types.")


def test_the_top_prefers_what_is_real_then_what_is_measured_then_edges(graph_of: Build) -> None:
    nodes = [("a", {"hotspot_score": 1.0}), "b", "c"]
    edges = [
        ("a", LATENCY, "b", 100.0),
        ("a", LATENCY, "c", 0.0),
        ("a", LOAD_FACTOR, "b", 0.001),
        ("b", LATENCY, "b", 1.0),
    ]
    before = graph_of(nodes, edges)
    after = graph_of(
        [("a", {"hotspot_score": 99.0}), "b", "c"],
        [("a", LATENCY, "b", 300.0), ("a", LATENCY, "c", 9.0), ("a", LOAD_FACTOR, "b", 0.9), ("b", LATENCY, "b", 50.0)],
    )
    diff = compare_columns(before, after)
    # everything but the latency of b, which lacks a history, is real
    asked = [
        replace(question, positions=question.positions[~np.isclose(diff.after_numbers[question.positions], 50.0)])
        for question in questions(diff)
    ]
    known = judge(diff, [(each, History(values=np.zeros((9, len(each.positions))))) for each in asked])

    top = changes(known, top_changes(known, ChangeDirection.WORSE, DEFAULT_METRICS), DEFAULT_METRICS)

    assert [(change.element.id, change.field) for change in top] == [
        ("a_b_latency", "value"),
        ("a_c_latency", "value"),  # from 0
        ("a_b_load", "value"),
        ("a:Table", "hotspot_score"),
        ("b_b_latency", "value"),  # too little data
    ]


def test_the_top_is_bounded(generated, perturbed) -> None:
    diff = compare_columns(generated(50, 500), perturbed(generated(50, 500)))

    assert len(top_changes(diff, ChangeDirection.WORSE, DEFAULT_METRICS)) == 10
    assert len(top_changes(diff, ChangeDirection.WORSE, DEFAULT_METRICS, limit=3)) == 3
