"""Rows of chunks: which of them differ on two sides, and columns put together from what was picked of each chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.joining import join_columns
from snapgraph.model.codecs import PackedColumn
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["Gather", "Picked", "put_together", "rows_that_differ"]

_CODED = (ColumnKind.TEXT, ColumnKind.JSON)
_Ids = NDArray[np.int64]
_Rows = NDArray[np.intp]
_Mask = NDArray[np.bool_]
_Chunk = Mapping[str, PackedColumn]
Gather = Callable[[Sequence[PackedColumn], Sequence[_Rows]], Column | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picked:
    """Some values of a chunk.

    Attributes:
        chunk: Of which they are.
        rows: Their rows in it.
        places: Where they go in the column that is put together.
    """

    chunk: PackedColumn
    rows: _Rows
    places: slice | _Rows


def put_together(parts: Sequence[Picked], count: int, gather: Gather) -> Column:
    """Put a column together; where nothing was picked for a row it is absent.

    Args:
        parts: At least one.
        count: Rows of the column.
        gather: Of the codec: takes what it can without decoding the rest.
    """
    chunks, rows = [each.chunk for each in parts], [each.rows for each in parts]
    column = gather(chunks, rows)
    if column is None:
        column = join_columns([each.column.take(taken) for each, taken in zip(chunks, rows, strict=True)])
    if len(column) == count and all(isinstance(each.places, slice) for each in parts):
        return column  # slices come in the order of the rows
    values = np.full(count, -1 if column.kind in _CODED else 0, dtype=column.values.dtype)
    present = np.zeros(count, dtype=np.bool_)
    first = 0
    for part in parts:
        end = first + len(part.rows)
        values[part.places] = column.values[first:end]
        present[part.places] = True if column.present is None else column.present[first:end]
        first = end
    return Column(
        kind=column.kind, values=values, present=None if present.all() else present, categories=column.categories
    )


def rows_that_differ(left_ids: _Ids, right_ids: _Ids, left: _Chunk, right: _Chunk) -> tuple[_Rows, _Rows]:
    """Give the rows, on each side, of what is only there or differs in one of the properties.

    Args:
        left_ids: Of the elements of a chunk, rising; the same object on both sides where they are the same.
        right_ids: The same of the other side.
        left: Stored name -> piece.
        right: The same of the other side.
    """
    names = left.keys() | right.keys()
    if left_ids is right_ids or np.array_equal(left_ids, right_ids):
        differs = np.zeros(len(left_ids), dtype=np.bool_)
        for name in names:
            differs |= _differs(left.get(name), right.get(name))
        rows = differs.nonzero()[0]
        return rows, rows
    _, left_rows, right_rows = np.intersect1d(left_ids, right_ids, assume_unique=True, return_indices=True)
    differs = np.zeros(len(left_rows), dtype=np.bool_)
    for name in names:
        differs |= _values_differ(_taken(left.get(name), left_rows), _taken(right.get(name), right_rows))
    return _all_but(len(left_ids), left_rows[~differs]), _all_but(len(right_ids), right_rows[~differs])


def _all_but(count: int, rows: _Rows) -> _Rows:
    kept = np.ones(count, dtype=np.bool_)
    kept[rows] = False
    return kept.nonzero()[0]


def _taken(chunk: PackedColumn | None, rows: _Rows) -> Column | None:
    return None if chunk is None else chunk.column.take(rows)


def _differs(left: PackedColumn | None, right: PackedColumn | None) -> _Mask | np.bool_:
    if left is right:
        return np.False_
    if left is not None and right is not None:
        differs = left.differs(right)
        if differs is not None:
            return differs
    return _values_differ(*(None if each is None else each.column for each in (left, right)))


def _values_differ(left: Column | None, right: Column | None) -> _Mask | np.bool_:
    """Say row by row where two columns differ, on bits."""
    if left is None or right is None or left.kind is not right.kind:
        there = [_present(each) for each in (left, right) if each is not None]
        return np.logical_or.reduce(there) if there else np.False_
    if left.kind in _CODED and left.categories != right.categories:
        codes = {text: code for code, text in enumerate(left.categories)}
        table = np.array([*(codes.get(text, -2) for text in right.categories), -1], dtype=np.int32)
        differs = left.values != table[right.values.astype(np.intp)]
    else:
        differs = _bits(left) != _bits(right)
    if left.present is not None or right.present is not None:
        differs = differs | (_present(left) != _present(right))
    return np.asarray(differs, dtype=np.bool_)


def _bits(column: Column) -> NDArray[np.generic]:
    return column.values.view(np.int64) if column.kind is ColumnKind.FLOAT else column.values


def _present(column: Column) -> _Mask:
    return np.ones(len(column), dtype=np.bool_) if column.present is None else column.present
