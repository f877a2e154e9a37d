"""Put the changes of all kinds and fields into one table, in canonical order, and grade them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.aligning import Alignment, edge_order
from snapgraph.engine.diff.differences import (
    DIRECTIONS,
    KINDS,
    NOTHING,
    OPERATIONS,
    SEVERITIES,
    SIGNIFICANCES,
    Codes,
    DiffColumns,
    Rows,
)
from snapgraph.engine.diff.fields import FieldDifference
from snapgraph.engine.diff.grading import VALUE, grade, node_metric, relative_deltas
from snapgraph.engine.diff.terms import Terms
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import unknown_metric
from snapgraph.model.vocabulary import ChangeDirection, ElementKind, Operation, Severity, Significance

__all__ = ["Part", "join"]

Scalar = TypeVar("Scalar", bound=np.generic)

_TOO_LITTLE_DATA = np.int8(SIGNIFICANCES.index(Significance.TOO_LITTLE_DATA))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some changes of one kind, one operation and at most one field.

    Attributes:
        kind: Of the elements.
        operation: What happened to them.
        rows: Rows of before and rows of after, -1 where a side has none.
        absences: Why each is missing; ``None`` unless removed.
        field: The property, when they changed.
        found: Its numbers, when they changed.
    """

    kind: ElementKind
    operation: Operation
    rows: tuple[Rows, Rows]
    absences: Codes | None = None
    field: str | None = None
    found: FieldDifference | None = None

    def __len__(self) -> int:
        return len(self.rows[0])


def join(
    before: GraphColumns, after: GraphColumns, alignment: Alignment, parts: Sequence[Part], terms: Terms
) -> DiffColumns:
    """Join parts into one diff.

    Args:
        before: The earlier graph.
        after: The later graph.
        alignment: Of the two.
        parts: In any order.
        terms: Metrics and thresholds.
    """
    ungraded = _stacked(before, after, [part for part in parts if len(part)])
    elements = _element_order(ungraded, alignment)
    order = np.lexsort((ungraded.field_codes, elements, ungraded.kinds))
    return _graded(_reordered(ungraded, order), terms)


def _stacked(before: GraphColumns, after: GraphColumns, parts: Sequence[Part]) -> DiffColumns:
    """Stack the parts as they are."""
    fields = tuple(sorted({part.field for part in parts if part.field is not None}))
    sizes = [len(part) for part in parts]
    count = sum(sizes)
    founds = [part.found or _no_numbers(len(part)) for part in parts]
    absences = [
        np.full(len(part), NOTHING, dtype=np.int8) if part.absences is None else part.absences for part in parts
    ]
    field_codes = [fields.index(part.field) if part.field is not None else NOTHING for part in parts]
    deltas = _concatenated([found.deltas for found in founds], np.float64)
    return DiffColumns(
        before=before,
        after=after,
        fields=fields,
        kinds=np.repeat([KINDS.index(part.kind) for part in parts], sizes).astype(np.int8),
        operations=np.repeat([OPERATIONS.index(part.operation) for part in parts], sizes).astype(np.int8),
        field_codes=np.repeat(field_codes, sizes).astype(np.int64),
        before_rows=_concatenated([part.rows[0] for part in parts], np.int64),
        after_rows=_concatenated([part.rows[1] for part in parts], np.int64),
        before_numbers=_concatenated([found.before for found in founds], np.float64),
        after_numbers=_concatenated([found.after for found in founds], np.float64),
        deltas=deltas,
        relative_deltas=np.full(count, np.nan),
        metrics=(),
        metric_codes=np.full(count, NOTHING, dtype=np.int64),
        directions=np.full(count, DIRECTIONS.index(ChangeDirection.NONE), dtype=np.int8),
        severities=np.full(count, SEVERITIES.index(Severity.LOW), dtype=np.int8),
        absences=_concatenated(absences, np.int8),
        significances=np.full(count, NOTHING, dtype=np.int8),
    )


def _no_numbers(count: int) -> FieldDifference:
    nothing = np.full(count, np.nan)
    return FieldDifference(places=np.arange(count), before=nothing, after=nothing, deltas=nothing)


def _concatenated(arrays: Sequence[NDArray[Scalar]], dtype: type[Scalar]) -> NDArray[Scalar]:
    return np.concatenate([np.zeros(0, dtype=dtype), *arrays], dtype=dtype)


def _element_order(diff: DiffColumns, alignment: Alignment) -> Rows:
    """Give each change a code that sorts as the key of its element does, among those of its kind."""
    order = np.empty(len(diff), dtype=np.int64)
    edges = diff.kinds == KINDS.index(ElementKind.EDGE)
    order[edges] = edge_order(diff.before, diff.after, alignment, diff.before_rows[edges], diff.after_rows[edges])
    in_before = diff.before_rows != NOTHING
    known, new = ~edges & in_before, ~edges & ~in_before
    order[known] = alignment.before_ranks[diff.before_rows[known]]
    order[new] = alignment.after_ranks[diff.after_rows[new]]
    return order


def _reordered(diff: DiffColumns, order: Rows) -> DiffColumns:
    """Put the stacked columns into another order; what is not graded yet is the same everywhere."""
    return replace(
        diff,
        kinds=diff.kinds[order],
        operations=diff.operations[order],
        field_codes=diff.field_codes[order],
        before_rows=diff.before_rows[order],
        after_rows=diff.after_rows[order],
        before_numbers=diff.before_numbers[order],
        after_numbers=diff.after_numbers[order],
        deltas=diff.deltas[order],
        absences=diff.absences[order],
    )


def _graded(diff: DiffColumns, terms: Terms) -> DiffColumns:
    """Add what follows from the numbers: relative deltas, metrics, directions, severities."""
    metrics, codes = _metrics(diff, terms)
    numeric = ~(np.isnan(diff.before_numbers) | np.isnan(diff.after_numbers))
    diff = replace(
        diff,
        relative_deltas=relative_deltas(diff.deltas, diff.before_numbers),
        metrics=metrics,
        metric_codes=codes,
        significances=np.where(numeric, _TOO_LITTLE_DATA, np.int8(NOTHING)),
    )
    definitions = [terms.metrics.get(metric) or unknown_metric(metric) for metric in metrics]
    directions, severities = grade(definitions, codes, diff, terms.thresholds)
    return replace(diff, directions=directions, severities=severities)


def _metrics(diff: DiffColumns, terms: Terms) -> tuple[tuple[str, ...], Rows]:
    """Say which changes are values of a metric, and of which."""
    types = diff.before.edges.types
    of_nodes = {field: node_metric(field) for field in diff.fields if node_metric(field) in terms.metrics}
    metrics = tuple(sorted({*types, *of_nodes.values()}))
    codes = np.full(len(diff), NOTHING, dtype=np.int64)
    rows = diff.positions(ElementKind.EDGE, VALUE)
    if len(rows):
        of_type = np.asarray([metrics.index(type_) for type_ in types], dtype=np.int64)
        codes[rows] = of_type[diff.before.edges.type_codes[diff.before_rows[rows]]]
    for field, metric in of_nodes.items():
        codes[diff.positions(ElementKind.NODE, field)] = metrics.index(metric)
    return metrics, codes
