"""Order, filters and pages of changes."""

import base64
from collections.abc import Callable

import numpy as np
import pytest

from snapgraph.engine.diff import DiffColumns, History, changes, compare_columns, content_hash, judge, page, questions
from snapgraph.errors import InvalidInputError
from snapgraph.model.changes import Change
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, DEFAULT_METRICS, QUERIES_PER_SEC
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.vocabulary import ChangeDirection, ElementKind, Operation, Severity, Significance

Build = Callable[..., GraphColumns]


@pytest.fixture(scope="session")
def diff(graph_of: Build) -> DiffColumns:
    """Eight changes, two of them real."""
    before = graph_of(
        [("a", {"note": "x"}), "b", "c", "Döner:View"],
        [
            ("a", AVG_LATENCY_MS, "a", 10.0),
            ("a", AVG_LATENCY_MS, "b", 10.0),
            ("a", AVG_LATENCY_MS, "c", 0.0),
            ("b", AVG_LATENCY_MS, "b", 10.0),
            ("b", QUERIES_PER_SEC, "c", 100.0),
        ],
    )
    after = graph_of(
        [("a", {"note": "y"}), "b", "c"],
        [
            ("a", AVG_LATENCY_MS, "a", 11.0),
            ("a", AVG_LATENCY_MS, "b", 30.0),
            ("a", AVG_LATENCY_MS, "c", 5.0),
            ("b", AVG_LATENCY_MS, "b", 5.0),
            ("b", QUERIES_PER_SEC, "c", 160.0),
            ("c", QUERIES_PER_SEC, "c", 1.0),
        ],
    )
    compared = compare_columns(before, after)
    (question,) = questions(compared)
    noise = {("a", "a"): 0.0, ("a", "b"): 100.0, ("b", "b"): 0.0}
    keys = [change.element for change in changes(compared, question.positions, DEFAULT_METRICS)]
    widths = [noise.get((key.source[0], key.target[0]), np.nan) if key.type == AVG_LATENCY_MS else 0.0 for key in keys]
    window = np.outer([0, 1, 0, 1, 0, 1, 0, 1, 0], widths)
    return judge(compared, [(question, History(values=window))])


def listed(diff: DiffColumns, wanted: ChangeFilter) -> list[Change]:
    chosen = page(diff, content_hash(diff), wanted, 100, None)
    return list(changes(diff, np.asarray(chosen.items, dtype=np.int64), DEFAULT_METRICS))


def keys(found: list[Change]) -> list[str]:
    return [change.element.key for change in found]


def test_real_changes_come_first_then_larger_ones_then_those_from_zero(diff) -> None:
    found = listed(diff, ChangeFilter())

    assert keys(found) == [
        "b:Table|QUERIES_PER_SEC|c:Table",  # real, 60 %
        "b:Table|AVG_LATENCY_MS|b:Table",  # real, 50 %
        "a:Table|AVG_LATENCY_MS|a:Table",  # real, 10 %
        "a:Table|AVG_LATENCY_MS|b:Table",  # within noise, 200 %
        "Döner:View",
        "a:Table",
        "a:Table|AVG_LATENCY_MS|c:Table",  # from 0
        "c:Table|QUERIES_PER_SEC|c:Table",
    ]


def test_canonical_order_is_nodes_then_edges_by_key(diff) -> None:
    found = keys(listed(diff, ChangeFilter(sort="canonical")))

    assert found == [*sorted(found[:2]), *sorted(found[2:])]


def test_sorting_by_delta_puts_the_largest_movement_first(diff) -> None:
    deltas = [change.delta for change in listed(diff, ChangeFilter(sort="delta"))]

    assert deltas[:5] == [60.0, 20.0, 5.0, -5.0, 1.0]
    assert deltas[5:] == [None] * 3


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (ChangeFilter(kind=ElementKind.NODE), {"Döner:View", "a:Table"}),
        (ChangeFilter(op=(Operation.ADDED,)), {"c:Table|QUERIES_PER_SEC|c:Table"}),
        (ChangeFilter(op=(Operation.ADDED, Operation.REMOVED)), {"c:Table|QUERIES_PER_SEC|c:Table", "Döner:View"}),
        (
            ChangeFilter(direction=(ChangeDirection.BETTER,)),
            {"b:Table|QUERIES_PER_SEC|c:Table", "b:Table|AVG_LATENCY_MS|b:Table"},
        ),
        (ChangeFilter(severity=(Severity.CRITICAL,)), {"a:Table|AVG_LATENCY_MS|b:Table"}),
        (ChangeFilter(significance=(Significance.WITHIN_NOISE,)), {"a:Table|AVG_LATENCY_MS|b:Table"}),
        (ChangeFilter(significance=(Significance.TOO_LITTLE_DATA,)), {"a:Table|AVG_LATENCY_MS|c:Table"}),
        (ChangeFilter(type=("View",)), {"Döner:View"}),
        (ChangeFilter(type=("View", "Nothing")), {"Döner:View"}),
        (ChangeFilter(field=("note",)), {"a:Table"}),
        (ChangeFilter(field=("nothing",)), set()),
        (ChangeFilter(text="DÖNER"), {"Döner:View"}),
        (
            ChangeFilter(text="|avg", op=(Operation.CHANGED,), direction=(ChangeDirection.BETTER,)),
            {"b:Table|AVG_LATENCY_MS|b:Table"},
        ),
    ],
)
def test_a_filter_lets_through_what_it_names(diff, wanted, expected) -> None:
    assert set(keys(listed(diff, wanted))) == expected


def test_a_page_says_where_the_next_one_begins(diff) -> None:
    hashed, wanted = content_hash(diff), ChangeFilter()

    first = page(diff, hashed, wanted, 5, None)
    second = page(diff, hashed, wanted, 5, first.next)

    assert (first.total, second.total) == (8, 8)
    assert (len(first.items), len(second.items), second.next) == (5, 3, None)
    assert set(first.items).isdisjoint(second.items)


def test_an_empty_list_has_one_empty_page(diff) -> None:
    empty = page(diff, content_hash(diff), ChangeFilter(field=("nothing",)), 5, None)

    assert (empty.items, empty.next, empty.total) == ((), None, 0)


def test_a_cursor_of_another_list_is_refused(diff, generated, perturbed) -> None:
    other = compare_columns(generated(20, 100), perturbed(generated(20, 100), changed=0.9))
    cursor = page(diff, content_hash(diff), ChangeFilter(), 2, None).next
    unjudged = compare_columns(diff.before, diff.after)

    for where, wanted in (
        (other, ChangeFilter()),
        (diff, ChangeFilter(sort="delta")),
        (diff, ChangeFilter(kind=ElementKind.EDGE)),
        (unjudged, ChangeFilter()),
    ):
        with pytest.raises(InvalidInputError, match="another list") as error:
            page(where, content_hash(where), wanted, 2, cursor)
        assert error.value.problems[0].pointer == "?cursor"


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "\x00",
        "AAAA",
        "=",
        forged("1.2.xyz"),
        forged("2.2." + "0" * 24),
        forged("1.-1." + "0" * 24),
        "A" * 9999,
    ],
)
def test_what_is_no_cursor_is_refused(diff, cursor) -> None:
    with pytest.raises(InvalidInputError, match="no cursor"):
        page(diff, content_hash(diff), ChangeFilter(), 2, cursor)


def test_a_cursor_has_one_spelling(diff) -> None:
    cursor = page(diff, content_hash(diff), ChangeFilter(), 2, None).next

    for other in (cursor + "=", cursor + "==", cursor.swapcase()):
        with pytest.raises(InvalidInputError):
            page(diff, content_hash(diff), ChangeFilter(), 2, other)


@pytest.mark.parametrize("limit", [0, -1, 50_001])
def test_a_limit_out_of_range_is_refused(diff, limit) -> None:
    with pytest.raises(InvalidInputError) as error:
        page(diff, content_hash(diff), ChangeFilter(), limit, None)

    assert error.value.problems[0].pointer == "?limit"


def test_an_unknown_sort_is_refused_with_those_that_there_are(diff) -> None:
    with pytest.raises(InvalidInputError) as error:
        page(diff, content_hash(diff), ChangeFilter(sort="size"), 5, None)

    assert error.value.problems[0].allowed == ("default", "delta", "canonical")
