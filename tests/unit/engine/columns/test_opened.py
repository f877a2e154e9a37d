"""Chunks as they are packed: what they say differs is what differs, and what is taken of them is what was in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapgraph.engine.columns import chunk_hash, decode_chunk, encode_chunk, gather, open_chunk, seal_chunk
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind
from tests.unit.engine.columns.test_chunks import columns, meaning


def opened(column):
    name = chunk_hash(column)
    return open_chunk(seal_chunk(column, name), name)


@st.composite
def neighbours(draw):
    """A column, and the same with some other values: as two snapshots have it."""
    left = draw(columns())
    rows = draw(st.lists(st.integers(0, len(left) - 1), max_size=4, unique=True))
    values, present = left.values.copy(), left.present
    values[rows] = left.values[::-1][rows]
    if present is not None:
        present = present.copy()
        present[rows] = left.present[::-1][rows]
    return left, Column(kind=left.kind, values=values, present=present, categories=left.categories)


@settings(max_examples=400, deadline=None)
@given(neighbours())
def test_packed_chunks_differ_where_their_values_do(pair):
    left, right = map(opened, pair)
    expected = [one != other for one, other in zip(*(meaning(each)[1] for each in pair), strict=True)]
    differs = left.differs(right)
    assert differs is None or differs.tolist() == expected


@settings(max_examples=300, deadline=None)
@given(neighbours(), st.data())
def test_rows_that_are_gathered_are_those_of_the_chunks(pair, data):
    rows = [np.array(data.draw(st.lists(st.integers(0, len(each) - 1), max_size=5)), dtype=np.intp) for each in pair]
    column = gather([opened(each) for each in pair], rows)
    if column is not None:
        expected = [meaning(each.take(taken))[1] for each, taken in zip(pair, rows, strict=True)]
        assert meaning(column)[1] == [*expected[0], *expected[1]]


def values(*numbers):
    return Column(kind=ColumnKind.FLOAT, values=np.array(numbers))


def test_chunks_of_other_decimals_are_left_to_their_values():
    left, right = opened(values(1.5, 2.25, 0.125)), opened(values(1.5, 2.5, 3.5))
    assert left.differs(right) is None
    assert gather([left, right], [np.arange(2), np.arange(2)]) is None


@pytest.mark.parametrize("place", range(10))
def test_a_changed_byte_is_noticed_wherever_it_is(place):
    column = Column(kind=ColumnKind.FLOAT, values=np.round(np.random.default_rng(3).uniform(0, 1000, 4096), 3))
    name = chunk_hash(column)
    body = bytearray(seal_chunk(column, name))
    assert meaning(open_chunk(bytes(body), name).column) == meaning(column)
    body[place * len(body) // 10] ^= 4
    with pytest.raises(IntegrityError):
        open_chunk(bytes(body), name)


def test_a_whole_chunk_under_another_name_is_noticed():
    column = values(1.5, 2.5)
    other = chunk_hash(values(1.5, 2.0))
    for body in (seal_chunk(column, chunk_hash(column)), encode_chunk(column)):
        assert meaning(open_chunk(body, chunk_hash(column)).column) == meaning(column)
        with pytest.raises(IntegrityError, match="damaged"):
            open_chunk(body, other)


def test_planes_that_are_too_short_are_damage():
    body = bytearray(encode_chunk(values(1.5, 2.25, 0.125)))
    body[4] = 200  # the count
    with pytest.raises(IntegrityError, match="damaged"):
        decode_chunk(bytes(body))
