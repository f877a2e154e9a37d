"""Chunks: any column comes back, equal content has an equal hash, and what cannot be read says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapgraph.engine.columns import chunk_hash, decode_chunk, encode_chunk
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

DTYPES = {
    ColumnKind.FLOAT: np.float64,
    ColumnKind.INTEGER: np.int64,
    ColumnKind.TIME: np.int64,
    ColumnKind.BOOLEAN: np.bool_,
    ColumnKind.TEXT: np.int32,
    ColumnKind.JSON: np.int32,
}
integers = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.integers(0, 300), st.integers(-(10**6), 10**6).map(lambda n: n * 1_000)
)
floats = st.one_of(
    st.floats(allow_nan=False), st.decimals(-1000, 1000, places=3, allow_nan=False).map(float), st.just(-0.0)
)
texts = st.text(st.characters(), max_size=8)


@st.composite
def columns(draw):
    kind = draw(st.sampled_from(list(ColumnKind)))
    size = draw(st.integers(1, 60))
    categories = ()
    if kind in (ColumnKind.TEXT, ColumnKind.JSON):
        categories = tuple(draw(st.lists(texts, min_size=1, max_size=12, unique=True)))
        content = st.integers(0, len(categories) - 1)
    elif kind is ColumnKind.FLOAT:
        content = floats
    elif kind is ColumnKind.BOOLEAN:
        content = st.booleans()
    else:
        content = integers
    values = np.array(draw(st.lists(content, min_size=size, max_size=size)), dtype=DTYPES[kind])
    if kind is ColumnKind.INTEGER and draw(st.booleans()):
        values = np.sort(values)
    present = None
    if draw(st.booleans()):
        present = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
        absent = -1 if categories else 0
        values = np.where(present, values, np.array(absent, dtype=values.dtype))
    return Column(kind=kind, values=values, present=present, categories=categories)


def meaning(column):
    """What a column says: a list of values, None where absent; floats by their bits."""
    values = column.values
    if column.kind is ColumnKind.FLOAT:
        values = values.view(np.int64)
    plain = [column.categories[code] for code in values] if column.categories else values.tolist()
    shown = column.present if column.present is not None else [True] * len(plain)
    return column.kind, [value if there else None for value, there in zip(plain, shown, strict=True)]


@settings(max_examples=400, deadline=None)
@given(columns())
def test_any_column_comes_back_from_its_chunk(column):
    assert meaning(decode_chunk(encode_chunk(column))) == meaning(column)


@settings(max_examples=200, deadline=None)
@given(columns(), st.randoms())
def test_equal_content_has_an_equal_hash_however_it_is_coded(column, random):
    order = list(range(len(column.categories)))
    random.shuffle(order)
    renumbered = {old: new for new, old in enumerate(order)} | {-1: -1}
    values = column.values
    if column.categories:
        values = np.array([renumbered[code] for code in values.tolist()], dtype=np.int32)
    other = Column(
        kind=column.kind,
        values=values.astype(values.dtype.newbyteorder(">")),
        present=np.ones(len(values), dtype=bool) if column.present is None else column.present.copy(),
        categories=(*(column.categories[old] for old in order), *(("never used",) if column.categories else ())),
    )
    assert chunk_hash(other) == chunk_hash(column)
    assert encode_chunk(other) == encode_chunk(column)


@settings(max_examples=300, deadline=None)
@given(columns(), columns())
def test_the_hash_tells_contents_apart(left, right):
    assert (chunk_hash(left) == chunk_hash(right)) == (meaning(left) == meaning(right))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_chunk_are_refused_as_damaged(data):
    body = b"p\x01" + data
    try:
        decode_chunk(body)
    except IntegrityError:
        return
    assert encode_chunk(decode_chunk(body))  # what is read can be written: nothing half-read comes out


@pytest.mark.parametrize("body", [b"", b"p", b"p\x02abc", b"z\x07", b"x\x01", b"z\x01"])
def test_an_unknown_version_or_tag_is_refused(body):
    with pytest.raises(IntegrityError, match="newer snapgraph"):
        decode_chunk(body)


@pytest.mark.parametrize("cut", [3, 8, 20, -1])
def test_a_truncated_chunk_is_refused(cut):
    body = encode_chunk(Column(kind=ColumnKind.FLOAT, values=np.random.default_rng(1).normal(size=4096)))
    with pytest.raises(IntegrityError):
        decode_chunk(body[:cut])


def three_decimals(rng):
    return np.round(rng.uniform(0, 1000, 4096), 3)


@pytest.mark.parametrize(
    ("name", "make", "limit"),
    [
        ("3-decimal values", three_decimals, 2.6),
        ("full-entropy doubles", lambda rng: rng.normal(size=4096), 7.7),
        ("sorted ids", lambda rng: np.sort(rng.choice(6000, 4096, replace=False)), 0.5),
        ("ids without a gap", lambda _: np.arange(8192, 12288), 0.02),
        ("milliseconds", lambda rng: 1_700_000_000_000_000 + rng.integers(0, 60_000, 4096) * 1000, 2.1),
    ],
)
def test_a_value_takes_few_bytes(name, make, limit):
    values = make(np.random.default_rng(7))
    kind = ColumnKind.FLOAT if values.dtype == np.float64 else ColumnKind.INTEGER
    size = len(encode_chunk(Column(kind=kind, values=values))) / len(values)
    assert size <= limit, f"{name}: {size:.2f} bytes per value"
