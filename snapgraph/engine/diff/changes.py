"""Write out the changes that somebody reads: a page, the worst ten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.columns.canonical import canonical
from snapgraph.engine.diff.differences import (
    ABSENCES,
    DIRECTIONS,
    KINDS,
    NOTHING,
    OPERATIONS,
    SEVERITIES,
    SIGNIFICANCES,
    DiffColumns,
    Numbers,
    Rows,
)
from snapgraph.engine.diff.elements import Sides, elements
from snapgraph.engine.diff.readings import read_after, read_before
from snapgraph.engine.formats.values import column_values
from snapgraph.model.changes import ChangeRows
from snapgraph.model.columns import Column
from snapgraph.model.metrics import MetricDefinition

__all__ = ["changes"]


def changes(
    diff: DiffColumns, positions: Rows, metrics: Mapping[str, MetricDefinition], complete: Sides | None = None
) -> ChangeRows:
    """Write out the changes at some positions.

    Args:
        diff: The changes as columns.
        positions: Which of them, in the order wanted.
        metrics: Relationship type -> what it means.
        complete: As :func:`~snapgraph.engine.diff.elements.elements` takes it.
    """
    columns = (
        _words(diff.kinds[positions], KINDS),
        _words(diff.operations[positions], OPERATIONS),
        _words(diff.directions[positions], DIRECTIONS),
        _words(diff.severities[positions], SEVERITIES),
        _words(diff.absences[positions], ABSENCES),
        _words(diff.field_codes[positions], diff.fields),
        _values(read_before(diff, positions), len(positions)),
        _values(read_after(diff, positions), len(positions)),
        _numbers(diff.deltas[positions]),
        _numbers(diff.relative_deltas[positions]),
        _denominators(diff, positions),
        _words(diff.significances[positions], SIGNIFICANCES),
    )
    about = zip(*columns, strict=True)
    named = elements(diff, positions, metrics, complete)
    return ChangeRows([(*element, *rest) for element, rest in zip(named, about, strict=True)])


def _words(codes: NDArray[np.signedinteger[Any]], words: Sequence[str]) -> list[Any]:
    """Translate codes; -1 is ``None``."""
    table = (*words, None)
    return [table[code] for code in codes.tolist()]


def _numbers(numbers: Numbers) -> list[float | None]:
    """Give ``None`` for NaN, which alone is unlike itself."""
    return [number if number == number else None for number in numbers.tolist()]  # noqa: PLR0124


def _denominators(diff: DiffColumns, positions: Rows) -> list[float | None]:
    """Give the values before, where both sides have a number: nothing else has a percentage."""
    both = diff.significances[positions] != NOTHING
    return _numbers(np.where(both, diff.before_numbers[positions], np.nan))


def _values(columns: Iterable[tuple[Rows, Column]], count: int) -> list[Any]:
    """Read the values of one side as JSON values; of a coded column only the categories in use are parsed."""
    values: list[Any] = [None] * count
    for places, column in columns:
        for place, value in zip(places.tolist(), column_values(canonical(column)), strict=True):
            values[place] = value
    return values
