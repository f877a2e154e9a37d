"""Columns cut, masked and put behind each other, without a value of their own being changed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column, Mask
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["Rows", "joined", "joined_column", "masked", "taken"]

Rows = NDArray[np.int64]

_CODED = (ColumnKind.TEXT, ColumnKind.JSON)
_ABSENT_CODE = -1


def taken(columns: Mapping[str, Column], rows: Rows) -> dict[str, Column]:
    """Pick rows of all columns."""
    return {name: column.take(rows) for name, column in columns.items()}


def masked(columns: Mapping[str, Column], own: Mask) -> dict[str, Column]:
    """Take the values away from the rows that are not meant, and the columns in which then nothing is left."""
    if own.all():
        return dict(columns)
    cut = {name: _masked(column, own) for name, column in columns.items()}
    return {name: column for name, column in cut.items() if _there(column).any()}


def joined(first: Mapping[str, Column], second: Mapping[str, Column], counts: tuple[int, int]) -> dict[str, Column]:
    """Put the columns of some elements behind those of others, by name.

    Args:
        first: Columns of the first elements.
        second: Columns of the others.
        counts: How many elements there are in each.

    Raises:
        IntegrityError: A property has values of two kinds, so the two do not belong together.
    """
    made = {
        name: joined_column(first.get(name), second.get(name), counts, name)
        for name in dict.fromkeys((*first, *second))
    }
    return {name: column for name, column in made.items() if column is not None}


def joined_column(
    first: Column | None, second: Column | None, counts: tuple[int, int], name: str = ""
) -> Column | None:
    """Put one column behind another; ``None`` when no element has the property.

    Raises:
        IntegrityError: Both have values, of two kinds.
    """
    first, second = (None if each is None or not _there(each).any() else each for each in (first, second))
    model = first if first is not None else second
    if model is None:
        return None
    if first is not None and second is not None and first.kind is not second.kind:
        raise IntegrityError(
            f"The property {name!r} is {first.kind} in one part of a graph and {second.kind} in another."
        )
    one, other = (_filled(each, model, count) for each, count in zip((first, second), counts, strict=True))
    present = np.concatenate([_there(one), _there(other)])
    mask = None if present.all() else present
    if model.kind in _CODED:
        return _compact(_recoded(one, other), mask)
    return Column(kind=model.kind, values=np.concatenate([one.values, other.values]), present=mask)


def _filled(column: Column | None, model: Column, count: int) -> Column:
    if column is not None:
        return column
    blank = _ABSENT_CODE if model.kind in _CODED else 0
    values = np.full(count, blank, dtype=model.values.dtype)
    return Column(kind=model.kind, values=values, present=np.zeros(count, dtype=np.bool_))


def _there(column: Column) -> Mask:
    return np.ones(len(column), dtype=np.bool_) if column.present is None else column.present


def _masked(column: Column, own: Mask) -> Column:
    blank = _ABSENT_CODE if column.kind in _CODED else 0
    present = own if column.present is None else own & column.present
    values = np.where(own, column.values, np.asarray(blank, dtype=column.values.dtype))
    return Column(kind=column.kind, values=values, present=present, categories=column.categories)


def _recoded(one: Column, other: Column) -> Column:
    """Give both the categories of both."""
    if one.categories == other.categories:
        return Column(kind=one.kind, values=np.concatenate([one.values, other.values]), categories=one.categories)
    codes = {text: code for code, text in enumerate(dict.fromkeys((*one.categories, *other.categories)))}
    table = np.asarray([*(codes[text] for text in other.categories), _ABSENT_CODE], dtype=np.int32)
    values = np.concatenate([one.values.astype(np.int32), table[other.values.astype(np.int64)]])
    return Column(kind=one.kind, values=values, categories=tuple(codes))


def _compact(column: Column, present: Mask | None) -> Column:
    """Leave out categories that nobody has: else they grow with every tick."""
    codes = column.values.astype(np.int64)
    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(column.categories)))
    if len(used) == len(column.categories):
        return Column(kind=column.kind, values=column.values, present=present, categories=column.categories)
    table = np.full(len(column.categories) + 1, _ABSENT_CODE, dtype=np.int32)
    table[used] = np.arange(len(used))
    categories = tuple(column.categories[code] for code in used.tolist())
    return Column(kind=column.kind, values=table[codes], present=present, categories=categories)
