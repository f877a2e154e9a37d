"""Is a change more than the element's own noise?

Model: from snapshot to snapshot a number moves by steps; the median absolute deviation (MAD) of the steps says how far
it usually moves. A change is *real* when it is more than 4 MAD, *within noise* when it is not, and *too little data*
when there are fewer than 8 steps, or fewer than 30 calls on a side that counts them (an average of few calls jumps).
For steps that are normally distributed 4 MAD are 2.7 standard deviations: one change in 140 is called real by chance.

The window is the 20 snapshots that end with the earlier side, never newer ones, so that the answer does not change
with the time of asking. A step joins two neighbouring snapshots that both observed the number; over a gap there is
none. MAD has no scale factor here and bears up to half of its steps being incidents. Its weakness: a series whose
steps are mostly 0 has a MAD of 0, and then every change beyond the tolerance is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.differences import KINDS, NOTHING, SIGNIFICANCES, Codes, DiffColumns, Numbers, Rows
from snapgraph.engine.diff.fields import numbers_of
from snapgraph.model.columns import EdgeColumns, NodeColumns
from snapgraph.model.vocabulary import ElementKind, Significance

__all__ = [
    "MIN_CALLS",
    "MIN_STEPS",
    "NOISE_WIDTH",
    "WINDOW_SNAPSHOTS",
    "History",
    "Question",
    "captured_numbers",
    "ids_of",
    "judge",
    "questions",
]

WINDOW_SNAPSHOTS = 20
"""How many snapshots the window has."""

MIN_STEPS = 8
"""Fewer steps say nothing about noise."""

NOISE_WIDTH = 4.0
"""How many MAD a change must exceed."""

MIN_CALLS = 30
"""An average of fewer calls is no value yet."""

_REAL = SIGNIFICANCES.index(Significance.REAL)
_WITHIN_NOISE = SIGNIFICANCES.index(Significance.WITHIN_NOISE)
_TOO_LITTLE_DATA = SIGNIFICANCES.index(Significance.TOO_LITTLE_DATA)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """Which history is needed to judge some changes.

    Attributes:
        kind: Of the elements.
        field: The numeric property.
        positions: Rows of the diff.
    """

    kind: ElementKind
    field: str
    positions: Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """The answer to a question.

    Attributes:
        values: One row per snapshot, oldest first, one column per position of the question; NaN where the number
            was absent or not observed.
        calls: On the earlier and on the later side, one column per position; NaN where they are not known.
    """

    values: Numbers
    calls: Numbers | None = None


def questions(diff: DiffColumns) -> tuple[Question, ...]:
    """List the histories that would judge all numeric changes."""
    numeric = np.flatnonzero(diff.significances != NOTHING)
    groups = diff.kinds[numeric].astype(np.int64) * (len(diff.fields) + 1) + diff.field_codes[numeric]
    asked = []
    for group in np.unique(groups).tolist():
        kind, field = divmod(group, len(diff.fields) + 1)
        asked.append(Question(kind=KINDS[kind], field=diff.fields[field], positions=numeric[groups == group]))
    return tuple(asked)


def ids_of(diff: DiffColumns, question: Question, *, after: bool) -> NDArray[np.int64]:
    """Give the dictionary ids that the elements of a question have on one side.

    Raises:
        ValueError: The graph of that side has none.
    """
    elements, rows = _asked(diff, question, after=after)
    if elements.ids is None:
        raise ValueError("A graph without dictionary ids has no history.")
    return elements.ids[rows]


def captured_numbers(diff: DiffColumns, question: Question, field: str, *, after: bool) -> Numbers:
    """Give another property of the elements of a question, as it stands in one side's columns; NaN for none."""
    elements, rows = _asked(diff, question, after=after)
    column = elements.columns.get(field)
    return numbers_of(None if column is None else column.take(rows), len(rows))


def _asked(diff: DiffColumns, question: Question, *, after: bool) -> tuple[NodeColumns | EdgeColumns, Rows]:
    graph, rows = (diff.after, diff.after_rows) if after else (diff.before, diff.before_rows)
    elements = graph.nodes if question.kind is ElementKind.NODE else graph.edges
    return elements, rows[question.positions]


def judge(diff: DiffColumns, answers: Sequence[tuple[Question, History]]) -> DiffColumns:
    """Judge the changes whose history is known; the others stay as they are."""
    significances = diff.significances.copy()
    for question, history in answers:
        rows = question.positions
        with np.errstate(over="ignore"):
            moved = np.abs(diff.after_numbers[rows] - diff.before_numbers[rows])
        significances[rows] = _verdicts(moved, history)
    return replace(diff, significances=significances)


def _verdicts(moved: Numbers, history: History) -> Codes:
    """Judge changes of the given size, each against its own column of the history."""
    noise, steps = _noise(history.values)
    verdicts = np.where(moved > NOISE_WIDTH * noise, np.int8(_REAL), np.int8(_WITHIN_NOISE))
    verdicts[steps < MIN_STEPS] = _TOO_LITTLE_DATA
    if history.calls is not None:
        # NaN is not less than anything: calls that are not known prevent nothing
        verdicts[(history.calls < MIN_CALLS).any(axis=0)] = _TOO_LITTLE_DATA
    return verdicts


def _noise(values: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Give the MAD of the steps of each column, and how many steps there are."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.diff(np.ascontiguousarray(values.T), axis=1)
        centres, counts = _medians(steps)
        deviations, _ = _medians(np.abs(steps - centres[:, np.newaxis]))
    return deviations, counts


def _medians(rows: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Give the median of each row without its NaN (numpy's own is 20 x slower), and how many numbers it has."""
    counts = np.asarray((~np.isnan(rows)).sum(axis=1))
    if not rows.size:
        return np.full(len(rows), np.nan), counts
    ordered = np.sort(rows, axis=1)  # NaN stand last
    middle = np.stack([np.maximum(counts - 1, 0) // 2, np.minimum(counts // 2, rows.shape[1] - 1)], axis=1)
    return np.take_along_axis(ordered, middle, axis=1).mean(axis=1), counts
