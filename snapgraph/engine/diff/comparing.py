"""Compare two graphs, column by column.

An element is compared field by field when both sides have it and observed it (or neither did). When only one side
observed it, it was added or removed; see :mod:`~snapgraph.engine.diff.absences` for the three reasons of an absence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from snapgraph.engine.diff.absences import absent_edges, absent_nodes
from snapgraph.engine.diff.aligning import Matching, align
from snapgraph.engine.diff.differences import ABSENCES, NOTHING, Codes, DiffColumns, Numbers, Rows
from snapgraph.engine.diff.fields import Tolerance, difference
from snapgraph.engine.diff.grading import VALUE, node_metric
from snapgraph.engine.diff.joining import Part, join
from snapgraph.engine.diff.terms import DEFAULT_TERMS, Terms
from snapgraph.model.columns import STALE, EdgeColumns, GraphColumns, Mask, NodeColumns
from snapgraph.model.vocabulary import Absence, ElementKind, Operation

__all__ = ["compare_columns"]

_NOT_OBSERVED = ABSENCES.index(Absence.NOT_OBSERVED)

_Elements = NodeColumns | EdgeColumns
_Pairs = tuple[Rows, Rows]
"""Rows of before and the rows of after beside them; -1 where a side has none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Presence:
    """What is to be said of the elements of one kind.

    Attributes:
        compared: Both sides observed them, or neither did.
        idle: Both sides have them, only before observed them.
        seen_again: Both sides have them, only after observed them.
        removed: Only before has them.
        added: Only after has them.
    """

    compared: _Pairs
    idle: _Pairs
    seen_again: _Pairs
    removed: _Pairs
    added: _Pairs


def compare_columns(before: GraphColumns, after: GraphColumns, terms: Terms = DEFAULT_TERMS) -> DiffColumns:
    """Find all changes between two graphs.

    Args:
        before: In any row order.
        after: In any row order.
        terms: Metrics, tolerances, coverage.

    Returns:
        The changes in canonical order; every numeric one is ``too_little_data`` until
        :func:`~snapgraph.engine.diff.noise.judge` has seen the history.
    """
    alignment = align(before, after, shared_ids=terms.shared_ids)
    nodes = _presence(before.nodes, after.nodes, alignment.nodes)
    edges = _presence(before.edges, after.edges, alignment.edges)
    gone = absent_nodes(before, after, nodes.removed[0], terms.coverage)
    lost = absent_edges(before, edges.removed[0], terms.coverage)
    parts = (
        *_whole_parts(ElementKind.NODE, nodes, gone),
        *_field_parts(ElementKind.NODE, before.nodes, after.nodes, nodes, terms),
        *_whole_parts(ElementKind.EDGE, edges, lost),
        *_field_parts(ElementKind.EDGE, before.edges, after.edges, edges, terms),
    )
    return join(before, after, alignment, parts, terms)


def _presence(before: _Elements, after: _Elements, matching: Matching) -> _Presence:
    """Sort the elements by which side has and which side observed them."""
    was, is_ = _stale(before, matching.before), _stale(after, matching.after)
    same = was == is_
    return _Presence(
        # the arrays themselves when nothing is stale: a copy of 100,000 rows costs as much as their comparison
        compared=(matching.before, matching.after) if same.all() else (matching.before[same], matching.after[same]),
        idle=(matching.before[is_ & ~was], matching.after[is_ & ~was]),
        seen_again=(matching.before[was & ~is_], matching.after[was & ~is_]),
        removed=(matching.removed, np.full(len(matching.removed), NOTHING, dtype=np.int64)),
        added=(np.full(len(matching.added), NOTHING, dtype=np.int64), matching.added),
    )


def _stale(elements: _Elements, rows: Rows) -> Mask:
    """Say which elements were stale when they were captured."""
    column = elements.columns.get(STALE)
    if column is None:
        return np.zeros(len(rows), dtype=np.bool_)
    stale = column.values[rows].astype(np.bool_)
    return stale if column.present is None else stale & column.present[rows]


def _whole_parts(kind: ElementKind, presence: _Presence, absences: Codes) -> Iterator[Part]:
    """Give the elements that came and went."""
    not_observed = np.full(len(presence.idle[0]), _NOT_OBSERVED, dtype=np.int8)
    yield Part(kind=kind, operation=Operation.REMOVED, rows=presence.removed, absences=absences)
    yield Part(kind=kind, operation=Operation.REMOVED, rows=presence.idle, absences=not_observed)
    yield Part(kind=kind, operation=Operation.ADDED, rows=presence.added)
    yield Part(kind=kind, operation=Operation.ADDED, rows=presence.seen_again)


def _field_parts(
    kind: ElementKind, before: _Elements, after: _Elements, presence: _Presence, terms: Terms
) -> Iterator[Part]:
    """Compare every property of a side that is not volatile."""
    before_rows, after_rows = presence.compared
    for field in sorted({*before.columns, *after.columns} - {STALE, *terms.options.volatile}):
        tolerance = Tolerance(
            absolute=_tolerances(field, before, before_rows, terms), relative=terms.options.relative_tolerance
        )
        found = difference(before.columns.get(field), after.columns.get(field), before_rows, after_rows, tolerance)
        rows = before_rows[found.places], after_rows[found.places]
        yield Part(kind=kind, operation=Operation.CHANGED, rows=rows, field=field, found=found)


def _tolerances(field: str, elements: _Elements, rows: Rows, terms: Terms) -> Numbers | None:
    """Give the absolute tolerance of each row: that of its metric when the field is one, else the general one."""
    if isinstance(elements, EdgeColumns) and field == VALUE:
        by_type = np.asarray([terms.tolerance(type_) for type_ in elements.types])
        return by_type[elements.type_codes[rows]] if by_type.any() else None
    limit = terms.tolerance(node_metric(field) if isinstance(elements, NodeColumns) else None)
    return np.full(len(rows), limit) if limit else None
