"""Columns out of chunks of driver values: whatever comes, the values are those that went in."""

import math
from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.adapters.livegraph.columns import ColumnBuilder, NumberBuilder
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.engine.formats.values import column_values
from snapgraph.model.vocabulary import ColumnKind

INTEGERS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    INTEGERS,
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.lists(st.integers(-5, 5), max_size=3),
)
UNIFORM = st.one_of(*(st.lists(st.lists(kind, max_size=6), max_size=4) for kind in (st.text(max_size=2), INTEGERS)))
CHUNKS = st.one_of(st.lists(st.lists(VALUES, max_size=6), max_size=4), UNIFORM)


def built(chunks):
    encoder = ValueEncoder()
    builder = ColumnBuilder(encoder)
    for chunk in chunks:
        builder.add(tuple(chunk))
    return builder.finish() if chunks else None, encoder


def expected(value):
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return {"$type": "Integer", "value": str(value)}
    return value


@given(CHUNKS)
def test_a_column_says_what_went_in_whatever_the_chunks(chunks):
    column, _ = built(chunks)
    values = [expected(value) for value in chain.from_iterable(chunks)]

    if column is None:
        assert all(value is None for value in values)
        return
    found = column_values(column)
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@given(CHUNKS)
def test_absent_entries_are_zero_or_minus_one_and_presence_is_told_only_when_something_is_missing(chunks):
    column, _ = built(chunks)
    if column is None or column.present is None:
        return
    assert not column.present.all()
    filler = -1 if column.kind in {ColumnKind.TEXT, ColumnKind.JSON} else 0
    assert (column.values[~column.present] == filler).all()


@given(st.lists(st.lists(st.floats(), max_size=6), max_size=4))
def test_every_number_that_is_none_is_counted(chunks):
    _, encoder = built(chunks)

    assert encoder.non_finite == sum(not math.isfinite(value) for value in chain.from_iterable(chunks))


@given(st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_value_column_keeps_numbers_and_counts_the_rest(chunks):
    encoder = ValueEncoder()
    builder = NumberBuilder(encoder)
    present = [builder.add(tuple(chunk)) for chunk in chunks]
    values = list(chain.from_iterable(chunks))

    column = builder.finish()

    numbers = [value for value in values if isinstance(value, (int, float))]
    finite = [float(value) for value in numbers if math.isfinite(value)]
    found = [] if column is None else [value for value in column_values(column) if value is not None]
    assert found == finite
    assert builder.not_numbers == sum(value is not None for value in values) - len(numbers)
    assert encoder.non_finite == len(numbers) - len(finite)
    for chunk, mask in zip(chunks, present, strict=True):
        there = [value is not None for value in chunk]
        assert (mask is None and all(there)) or mask.tolist() == there


def test_texts_are_kept_once():
    column, _ = built([["a", "b"] * 50, ["b", "c"] * 50])

    assert column.kind is ColumnKind.TEXT
    assert sorted(column.categories) == ["a", "b", "c"]
    assert column.values.dtype == np.int32
