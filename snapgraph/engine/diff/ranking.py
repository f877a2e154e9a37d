"""Which changes somebody asked for, and in which order.

The default order puts what matters first: changes that are real, by their relative size, then those whose relative
size is not defined (from 0, no number, a whole element); after them all others in the same way. Equals stand in
canonical order, so that the order is total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np

from snapgraph.engine.diff.differences import (
    DIRECTIONS,
    KINDS,
    OPERATIONS,
    SEVERITIES,
    SIGNIFICANCES,
    Codes,
    DiffColumns,
    Rows,
)
from snapgraph.engine.diff.elements import element_keys, element_types
from snapgraph.errors import InvalidInputError, Problem
from snapgraph.model.columns import Mask
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.vocabulary import Significance

__all__ = ["SORTS", "order", "select"]

SORTS = ("default", "delta", "canonical")
"""What ``sort`` takes."""

_REAL = SIGNIFICANCES.index(Significance.REAL)


def select(diff: DiffColumns, wanted: ChangeFilter) -> Rows:
    """Find the changes that a filter lets through, in the order that it asks for.

    Raises:
        InvalidInputError: The sort is none of :data:`SORTS`.
    """
    if wanted.sort not in SORTS:
        problem = Problem(pointer="?sort", detail=f"There is no sort {wanted.sort!r}.", allowed=SORTS)
        raise InvalidInputError(
            f"There is no sort {wanted.sort!r}: take one of {', '.join(SORTS)}.", problems=(problem,)
        )
    ordered = order(diff, wanted.sort)
    return ordered[_passes(diff, wanted)[ordered]]


def order(diff: DiffColumns, sort: str = "default") -> Rows:
    """Order all changes; see :class:`ChangeFilter` for the sorts."""
    if sort == "canonical":
        return np.arange(len(diff))
    sizes = np.abs(diff.deltas if sort == "delta" else diff.relative_deltas)
    # NaN stand last in a rising order of the negated sizes; lexsort is stable, so equals stay canonical
    if sort == "delta":
        return np.argsort(-sizes, kind="stable")
    return np.lexsort((-sizes, diff.significances != _REAL))


def _passes(diff: DiffColumns, wanted: ChangeFilter) -> Mask:
    passes = np.ones(len(diff), dtype=np.bool_)
    if wanted.kind is not None:
        passes &= diff.kinds == KINDS.index(wanted.kind)
    choices: Iterable[tuple[Codes, Sequence[StrEnum], Sequence[StrEnum]]] = (
        (diff.operations, OPERATIONS, wanted.op),
        (diff.directions, DIRECTIONS, wanted.direction),
        (diff.severities, SEVERITIES, wanted.severity),
        (diff.significances, SIGNIFICANCES, wanted.significance),
    )
    for codes, words, chosen in choices:
        if chosen:
            passes &= np.isin(codes, [words.index(word) for word in chosen])
    if wanted.field:
        passes &= np.isin(diff.field_codes, [code for code, field in enumerate(diff.fields) if field in wanted.field])
    return _passes_texts(diff, passes, wanted)


def _passes_texts(diff: DiffColumns, passes: Mask, wanted: ChangeFilter) -> Mask:
    """Look at types and keys, only of what is left."""
    if wanted.type:
        left = np.flatnonzero(passes)
        passes[left] = [type_ in wanted.type for type_ in element_types(diff, left)]
    if wanted.text:
        left = np.flatnonzero(passes)
        part = wanted.text.casefold()
        passes[left] = [part in key.casefold() for key in element_keys(diff, left)]
    return passes
