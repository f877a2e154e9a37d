"""Which values the changes of a diff show, before and after.

A field that changed shows its value on both sides. An edge that came or went shows its metric on the side that
observed it, and nothing on the other; a node shows nothing, since it is no one number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from snapgraph.engine.diff.differences import KINDS, NOTHING, OPERATIONS, DiffColumns, Rows
from snapgraph.engine.diff.grading import VALUE
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ElementKind, Operation

__all__ = ["read_after", "read_before"]


def read_before(diff: DiffColumns, positions: Rows) -> Iterator[tuple[Rows, Column]]:
    """Read what stood before.

    Yields:
        Places in ``positions``, and a column with one row for each of them. Places that never come have no value.
    """
    observed = diff.operations[positions] != OPERATIONS.index(Operation.ADDED)
    for kind, field, places in _groups(diff, positions, np.flatnonzero(observed)):
        columns = diff.before.nodes.columns if kind is ElementKind.NODE else diff.before.edges.columns
        if field in columns:
            yield places, columns[field].take(diff.before_rows[positions[places]])


def read_after(diff: DiffColumns, positions: Rows) -> Iterator[tuple[Rows, Column]]:
    """Read what stood after, as :func:`read_before` does."""
    observed = diff.operations[positions] != OPERATIONS.index(Operation.REMOVED)
    for kind, field, places in _groups(diff, positions, np.flatnonzero(observed)):
        columns = diff.after.nodes.columns if kind is ElementKind.NODE else diff.after.edges.columns
        if field in columns:
            yield places, columns[field].take(diff.after_rows[positions[places]])


def _groups(diff: DiffColumns, positions: Rows, observed: Rows) -> Iterator[tuple[ElementKind, str, Rows]]:
    """Group places by the column that their value stands in."""
    kinds, codes = diff.kinds[positions[observed]], diff.field_codes[positions[observed]]
    for kind in KINDS:
        of_kind = kinds == KINDS.index(kind)
        for code in np.unique(codes[of_kind]).tolist():
            if code != NOTHING:
                yield kind, diff.fields[code], observed[of_kind & (codes == code)]
            elif kind is ElementKind.EDGE:
                yield kind, VALUE, observed[of_kind & (codes == code)]
