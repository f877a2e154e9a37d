"""Comparisons as JSON: one shape for every change."""

from dataclasses import fields, replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from snapgraph.engine.formats.comparisons import (
    change_from_json,
    change_to_json,
    comparison_from_json,
    comparison_to_json,
    write_comparison,
)
from snapgraph.engine.formats.schemas import change_schema, comparison_schema
from snapgraph.errors import InvalidInputError
from snapgraph.model.changes import (
    BottleneckProgress,
    Change,
    ChangeCounts,
    ChangeRows,
    Comparison,
    ComparisonSummary,
    ElementReference,
    StructureChange,
)
from tests.fixtures.graphs import FLOATS, TEXT, VALUES, sample_snapshot

NUMBERS = st.one_of(st.none(), FLOATS)
REFERENCES = st.builds(
    ElementReference,
    id=TEXT,
    key=TEXT,
    type=TEXT,
    source=st.one_of(st.none(), TEXT),
    target=st.one_of(st.none(), TEXT),
)
CHANGES = st.builds(
    Change,
    element=REFERENCES,
    before=st.one_of(st.none(), VALUES),
    after=st.one_of(st.none(), VALUES),
    delta=NUMBERS,
    relative_delta=NUMBERS,
    denominator=NUMBERS,
    field=st.one_of(st.none(), TEXT),
)


def rows_of(changes):
    return ChangeRows([_values(each) for each in changes])


def _values(change):
    element, *rest = (getattr(change, each.name) for each in fields(change))
    return (*(getattr(element, each.name) for each in fields(element)), *rest)


def comparison_of(*changes):
    snapshot = sample_snapshot()
    return Comparison(
        before=snapshot,
        after=replace(snapshot, id="live", version=0),
        summary=ComparisonSummary(
            sentence="Latency of users->products rose by 40 %.",
            counts=ChangeCounts(total=len(changes), regressions_high=1),
            regressions=changes[:1],
            improvements=(),
            bottlenecks=BottleneckProgress(appeared=snapshot.summary.bottlenecks, appeared_count=1),
            structure=StructureChange(components_before=1, critical_paths_appeared=("a->b",)),
        ),
        changes=changes,
        complete=False,
        totals=ChangeCounts(total=len(changes)),
        matching=len(changes),
        next="cursor",
        content_hash="cc",
    )


@given(st.lists(CHANGES))
def test_a_page_of_rows_is_written_as_its_changes_are(changes):
    comparison = comparison_of(*changes)

    assert write_comparison(replace(comparison, changes=rows_of(changes))) == write_comparison(comparison)


@given(st.lists(CHANGES))
def test_rows_are_a_sequence_of_changes(changes):
    rows = rows_of(changes)

    assert rows == tuple(changes)
    assert rows == rows_of(changes)
    assert list(rows) == changes
    assert rows[1:] == tuple(changes[1:])
    assert rows != (*changes, None)


@given(CHANGES)
def test_a_change_comes_back_equal_and_validates(change):
    document = orjson.loads(orjson.dumps(change_to_json(change)))

    Draft202012Validator(change_schema()).validate(document)
    assert change_from_json(document) == change


@given(st.lists(CHANGES, max_size=3))
def test_a_comparison_comes_back_equal_and_validates(changes):
    comparison = comparison_of(*changes)
    document = comparison_to_json(comparison)

    Draft202012Validator(comparison_schema()).validate(document)
    assert comparison_from_json(document) == comparison
    assert orjson.loads(write_comparison(comparison)) == document


@given(CHANGES)
def test_a_change_has_the_names_of_the_specification_in_their_order(change):
    document = change_to_json(change)

    assert list(document) == [
        "element",
        "kind",
        "op",
        "direction",
        "severity",
        "absence",
        "field",
        "before",
        "after",
        "delta",
        "relative_delta",
        "denominator",
        "significance",
    ]
    assert list(document["element"]) == ["id", "key", "type", "source", "target"]


def test_the_envelope_has_the_names_of_the_specification():
    envelope = {"before", "after", "summary", "changes", "complete", "totals", "next", "content_hash"}

    assert envelope <= comparison_to_json(comparison_of()).keys()


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], ""),
        ({}, "/before"),
        ({"before": {}}, "/before/metadata"),
    ],
)
def test_what_is_no_comparison_is_pointed_at(document, pointer):
    with pytest.raises(InvalidInputError) as caught:
        comparison_from_json(document)

    assert caught.value.problems[0].pointer == pointer
