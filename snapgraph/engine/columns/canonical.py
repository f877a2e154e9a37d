"""The one form of a piece of a column: what is hashed, and what every encoding starts from.

Two pieces with the same content have the same canonical form, however their codes, categories and masks were built.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["CODED", "canonical", "is_same"]

CODED = frozenset({ColumnKind.TEXT, ColumnKind.JSON})
"""Kinds whose values are codes into categories."""

_DTYPES: dict[ColumnKind, np.dtype[np.generic]] = {
    ColumnKind.FLOAT: np.dtype("<f8"),
    ColumnKind.INTEGER: np.dtype("<i8"),
    ColumnKind.TIME: np.dtype("<i8"),
    ColumnKind.BOOLEAN: np.dtype("?"),
    ColumnKind.TEXT: np.dtype("<i4"),
    ColumnKind.JSON: np.dtype("<i4"),
}


def canonical(column: Column) -> Column:
    """Bring a column into its canonical form.

    Returns:
        The same content: contiguous values of the kind's own dtype, 0 (code -1) where absent, no mask when all are
        present, and only the categories in use, sorted.
    """
    present = column.present
    if present is not None and bool(present.all()):
        present = None
    values = np.ascontiguousarray(column.values, dtype=_DTYPES[column.kind])
    if column.kind in CODED:
        return _canonical_codes(column, values, present)
    if present is not None:
        values = np.where(present, values, np.zeros(1, dtype=values.dtype))
    return Column(kind=column.kind, values=values, present=present)


def is_same(left: Column, right: Column) -> bool:
    """Say whether two columns are the same as they stand; equal content that is coded otherwise is not the same."""
    return (
        left.kind is right.kind
        and left.categories == right.categories
        and (
            left.present is right.present
            if left.present is None or right.present is None
            else np.array_equal(left.present, right.present)
        )
        and np.array_equal(_bits(left), _bits(right))
    )


def _bits(column: Column) -> NDArray[np.generic]:
    return column.values.view(np.int64) if column.values.dtype == np.float64 else column.values


def _canonical_codes(column: Column, codes: NDArray[np.generic], present: NDArray[np.bool_] | None) -> Column:
    valid = codes.astype(np.int64) if present is None else codes[present].astype(np.int64)
    used = np.flatnonzero(np.bincount(valid, minlength=len(column.categories)))
    texts = [column.categories[code] for code in used.tolist()]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    renumbered = np.full(len(column.categories) + 1, -1, dtype="<i4")
    renumbered[used[order]] = np.arange(len(order), dtype="<i4")
    values = renumbered[codes] if present is None else np.where(present, renumbered[codes], np.int32(-1))
    return Column(
        kind=column.kind,
        values=values,
        present=present,
        categories=tuple(texts[position] for position in order),
    )
