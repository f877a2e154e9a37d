"""The result of a diff as columns: one row per change, in canonical order, nodes before edges.

Objects (:class:`~snapgraph.model.changes.Change`) are made only for the page that somebody reads: 100,000 edges with
10 % changed are 10,000 rows here, and as objects they would cost more than the whole diff.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import GraphColumns
from snapgraph.model.vocabulary import Absence, ChangeDirection, ElementKind, Operation, Severity, Significance

__all__ = [
    "ABSENCES",
    "DIRECTIONS",
    "KINDS",
    "NOTHING",
    "OPERATIONS",
    "SEVERITIES",
    "SIGNIFICANCES",
    "Codes",
    "DiffColumns",
    "Numbers",
    "Rows",
]

Rows = NDArray[np.int64]
"""Row numbers of a column."""

Codes = NDArray[np.int8]
"""Positions in one of the tuples below."""

Numbers = NDArray[np.float64]
"""Numbers, NaN where there is none: inside this package NaN never stands for a value."""

NOTHING = -1
"""The code, or the row, of what is not there."""

KINDS = tuple(ElementKind)
OPERATIONS = tuple(Operation)
DIRECTIONS = tuple(ChangeDirection)
SEVERITIES = tuple(Severity)
ABSENCES = tuple(Absence)
SIGNIFICANCES = tuple(Significance)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiffColumns:
    """All changes between two graphs, each array with one entry per change.

    Attributes:
        before: The earlier graph, for the keys and values that rows point to.
        after: The later graph.
        fields: Property names, sorted.
        kinds: Codes into :data:`KINDS`.
        operations: Codes into :data:`OPERATIONS`.
        field_codes: Positions in ``fields``; -1 for added and removed elements.
        before_rows: Row of the element in ``before``; -1 when it is not there.
        after_rows: Row of the element in ``after``; -1 when it is not there.
        before_numbers: Value before, where it is a number.
        after_numbers: Value after, where it is a number.
        deltas: ``after - before`` where both are numbers and the difference is finite.
        relative_deltas: ``delta / |before|`` where that is finite.
        metrics: Names of metrics, sorted.
        metric_codes: Positions in ``metrics`` of the metric whose value changed; -1 for everything else.
        directions: Codes into :data:`DIRECTIONS`.
        severities: Codes into :data:`SEVERITIES`.
        absences: Codes into :data:`ABSENCES`, -1 unless removed.
        significances: Codes into :data:`SIGNIFICANCES`, -1 for what is no number.
    """

    before: GraphColumns
    after: GraphColumns
    fields: tuple[str, ...]
    kinds: Codes
    operations: Codes
    field_codes: Rows
    before_rows: Rows
    after_rows: Rows
    before_numbers: Numbers
    after_numbers: Numbers
    deltas: Numbers
    relative_deltas: Numbers
    metrics: tuple[str, ...]
    metric_codes: Rows
    directions: Codes
    severities: Codes
    absences: Codes
    significances: Codes

    def __len__(self) -> int:
        return len(self.kinds)

    def positions(self, kind: ElementKind, field: str | None = None) -> Rows:
        """Find the changes of one kind of element, of one field if it is given."""
        found = self.kinds == KINDS.index(kind)
        if field is not None:
            code = self.fields.index(field) if field in self.fields else len(self.fields)
            found &= self.field_codes == code
        return np.flatnonzero(found)
