"""Make objects of the changes that somebody reads: a page, the worst ten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

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
from snapgraph.model.changes import Change
from snapgraph.model.columns import Column
from snapgraph.model.metrics import MetricDefinition

__all__ = ["changes"]


def changes(
    diff: DiffColumns, positions: Rows, metrics: Mapping[str, MetricDefinition], complete: Sides | None = None
) -> tuple[Change, ...]:
    """Make the changes at some positions.

    Args:
        diff: The changes as columns.
        positions: Which of them, in the order wanted.
        metrics: Relationship type -> what it means.
        complete: As :func:`~snapgraph.engine.diff.elements.elements` takes it.
    """
    references = elements(diff, positions, metrics, complete)
    before = _values(read_before(diff, positions), len(positions))
    after = _values(read_after(diff, positions), len(positions))
    return tuple(
        Change(
            element=references[place],
            kind=KINDS[diff.kinds[row]],
            op=OPERATIONS[diff.operations[row]],
            direction=DIRECTIONS[diff.directions[row]],
            severity=SEVERITIES[diff.severities[row]],
            absence=None if diff.absences[row] == NOTHING else ABSENCES[diff.absences[row]],
            field=None if diff.field_codes[row] == NOTHING else diff.fields[diff.field_codes[row]],
            before=before[place],
            after=after[place],
            delta=_number(diff.deltas, row),
            relative_delta=_number(diff.relative_deltas, row),
            # what is no number on both sides has no percentage
            denominator=None if diff.significances[row] == NOTHING else _number(diff.before_numbers, row),
            significance=None if diff.significances[row] == NOTHING else SIGNIFICANCES[diff.significances[row]],
        )
        for place, row in enumerate(positions.tolist())
    )


def _number(numbers: Numbers, row: int) -> float | None:
    number = float(numbers[row])
    return None if np.isnan(number) else number


def _values(columns: Iterable[tuple[Rows, Column]], count: int) -> list[Any]:
    """Read the values of one side as JSON values; of a coded column only the categories in use are parsed."""
    values: list[Any] = [None] * count
    for places, column in columns:
        for place, value in zip(places.tolist(), column_values(canonical(column)), strict=True):
            values[place] = value
    return values
