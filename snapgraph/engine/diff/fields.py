"""Where one property differs between two columns, and by how much.

Two steps: a cheap pass over all rows finds the candidates (two columns of one kind are compared as they are), then the
candidates alone are looked at closely: numbers within a tolerance fall out, and so does what only looks different,
such as an INTEGER 5 beside a FLOAT 5.0. A number that becomes a text is a change without a delta; true is no number.
An integer beyond 2^53 beside a float is compared as a float.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.differences import NOTHING, Numbers, Rows
from snapgraph.engine.formats.values import column_values
from snapgraph.model.columns import Column, Mask
from snapgraph.model.values import canonical_json
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["FieldDifference", "Tolerance", "difference", "numbers_of"]

_CODED = (ColumnKind.TEXT, ColumnKind.JSON)

_LARGE = 2.0**53
"""From here on, a float does not tell every integer from the next."""
_OTHER = -2
"""Code of a category that the other side does not have; -1 is the code of what is absent."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tolerance:
    """Within which difference two numbers are equal.

    Attributes:
        absolute: In the unit of the number, one per row that is compared; ``None``: 0 everywhere.
        relative: A share of the number before.
    """

    absolute: Numbers | None = None
    relative: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FieldDifference:
    """The rows where a property differs.

    Attributes:
        places: Positions in the rows that were compared, rising.
        before: Number before; NaN where it is none.
        after: Number after; NaN where it is none.
        deltas: ``after - before``, exact for integers; NaN where a side is no number or the difference is not finite.
    """

    places: Rows
    before: Numbers
    after: Numbers
    deltas: Numbers


def difference(
    before: Column | None, after: Column | None, before_rows: Rows, after_rows: Rows, tolerance: Tolerance
) -> FieldDifference:
    """Compare a property of the same elements on two sides.

    Args:
        before: The column, ``None`` when no element has the property.
        after: The column, ``None`` when no element has the property.
        before_rows: Rows to compare.
        after_rows: The rows beside them.
        tolerance: For numbers.
    """
    places = np.flatnonzero(_may_differ(before, after, before_rows, after_rows))
    earlier = None if before is None else before.take(before_rows[places])
    later = None if after is None else after.take(after_rows[places])
    numbers = numbers_of(earlier, len(places)), numbers_of(later, len(places))
    deltas = _deltas(earlier, later, *numbers)
    differs = _differs(earlier, later, deltas, _limits(tolerance, numbers[0], places))
    return FieldDifference(
        places=places[differs],
        before=numbers[0][differs],
        after=numbers[1][differs],
        deltas=np.where(np.isfinite(deltas[differs]), deltas[differs], np.nan),
    )


def _may_differ(before: Column | None, after: Column | None, before_rows: Rows, after_rows: Rows) -> Mask:
    """Find the rows that may differ, quickly: too many do no harm, too few would."""
    if before is None or after is None or before.kind is not after.kind:
        return _there(before, before_rows) | _there(after, after_rows)
    earlier = before.values[before_rows]
    later = (_recoded(before, after) if after.kind in _CODED else after.values)[after_rows]
    if before.present is None and after.present is None:
        return np.asarray(earlier != later)
    # where both are absent the values mean nothing
    was, is_ = _there(before, before_rows), _there(after, after_rows)
    return np.asarray((was != is_) | ((earlier != later) & was))


def _there(column: Column | None, rows: Rows) -> Mask:
    if column is None:
        return np.zeros(len(rows), dtype=np.bool_)
    return np.ones(len(rows), dtype=np.bool_) if column.present is None else column.present[rows]


def _recoded(before: Column, after: Column) -> NDArray[np.generic]:
    """Translate the codes of after into codes of before."""
    if before.categories == after.categories:
        return after.values
    code_of = {text: code for code, text in enumerate(before.categories)}
    table = np.asarray([*(code_of.get(text, _OTHER) for text in after.categories), NOTHING], dtype=np.int32)
    return table[after.values.astype(np.int64)]


def numbers_of(column: Column | None, count: int) -> Numbers:
    """Read the numbers of a column; NaN where an element has none."""
    return np.full(count, np.nan) if column is None else column.numbers()


def _deltas(before: Column | None, after: Column | None, before_numbers: Numbers, after_numbers: Numbers) -> Numbers:
    """Subtract; infinite where the difference is beyond a float."""
    with np.errstate(over="ignore"):
        deltas = np.asarray(after_numbers - before_numbers)
    if before is None or after is None or before.kind is not after.kind:
        return deltas
    if before.kind is ColumnKind.JSON:
        return _exact_where_large(before, after, deltas, before_numbers)
    if before.kind is not ColumnKind.INTEGER:
        return deltas
    earlier, later = before.values.astype(np.int64), after.values.astype(np.int64)
    exact = later - earlier
    overflow = ((later ^ earlier) & (later ^ exact)) < 0
    return np.where(np.isnan(deltas) | overflow, deltas, exact.astype(np.float64))


def _exact_where_large(before: Column, after: Column, deltas: Numbers, before_numbers: Numbers) -> Numbers:
    """Subtract integers beyond 2^53 as integers: as floats, neighbours are the same."""
    rows = np.flatnonzero((deltas == 0) & (np.abs(before_numbers) >= _LARGE))
    pairs = zip(column_values(before.take(rows)), column_values(after.take(rows)), strict=True)
    deltas[rows] = [later - earlier for earlier, later in pairs]
    return deltas


def _limits(tolerance: Tolerance, before: Numbers, places: Rows) -> Numbers:
    """Give the greatest difference that is none, per candidate."""
    absolute = np.zeros(len(places)) if tolerance.absolute is None else tolerance.absolute[places]
    with np.errstate(over="ignore"):
        return np.fmax(absolute, tolerance.relative * np.abs(before))


def _differs(before: Column | None, after: Column | None, deltas: Numbers, limits: Numbers) -> Mask:
    """Keep the candidates that really differ; two numbers by their delta, anything else by its JSON."""
    numeric = ~np.isnan(deltas)
    differs = ~numeric | (np.abs(deltas) > limits)
    if before is None or after is None or before.kind is after.kind:
        return differs
    unlike = np.flatnonzero(~numeric)
    earlier, later = column_values(before.take(unlike)), column_values(after.take(unlike))
    pairs = zip(earlier, later, strict=True)
    differs[unlike] = [canonical_json(one) != canonical_json(other) for one, other in pairs]
    return differs
