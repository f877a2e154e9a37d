"""A difference between two graphs: one shape for every kind of change, and the envelope around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from snapgraph.model.snapshots import Bottleneck, Snapshot
from snapgraph.model.vocabulary import (
    Absence,
    ChangeDirection,
    ElementKind,
    Operation,
    Severity,
    Significance,
)

__all__ = [
    "BottleneckProgress",
    "Change",
    "ChangeCounts",
    "ChangeRow",
    "ChangeRows",
    "Comparison",
    "ComparisonSummary",
    "ComponentChange",
    "DiffOptions",
    "ElementReference",
    "NodeGroup",
    "StructureChange",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementReference:
    """Which node or edge.

    Attributes:
        id: The label of the contract: the node key, or ``users_products_qps``.
        key: The identity.
        type: Label of a node, relationship type of an edge.
        source: Node key, for edges.
        target: Node key, for edges.
    """

    id: str
    key: str
    type: str
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    Attributes:
        element: Which node or edge.
        kind: Node or edge.
        op: Added, removed or changed.
        direction: Whether it is for the worse.
        severity: By the relative change for the worse (above 10, 15, 25 %: medium, high, critical), else low.
        absence: Why the element is missing in ``after``; ``None`` unless ``op`` is removed.
        field: The property that changed; ``value`` for metrics; ``None`` for added and removed elements.
        before: JSON-like value, ``None`` when there is none.
        after: JSON-like value, ``None`` when there is none.
        delta: ``after - before`` for numbers.
        relative_delta: ``delta / |denominator|``, ``None`` when the denominator is 0 or not a number.
        denominator: What the percentage is of: the value before.
        significance: More than this element's own noise, or not; ``None`` for what is no number.
    """

    element: ElementReference
    kind: ElementKind
    op: Operation
    direction: ChangeDirection
    severity: Severity
    absence: Absence | None
    field: str | None
    before: Any
    after: Any
    delta: float | None
    relative_delta: float | None
    denominator: float | None
    significance: Significance | None


ChangeRow = tuple[
    str,
    str,
    str,
    str | None,
    str | None,
    ElementKind,
    Operation,
    ChangeDirection,
    Severity,
    Absence | None,
    str | None,
    Any,
    Any,
    float | None,
    float | None,
    float | None,
    Significance | None,
]
"""The fields of an :class:`ElementReference`, then those of the :class:`Change` about it, each in their order."""


class ChangeRows(Sequence[Change]):
    """Many changes as plain rows: the object of one is made when somebody looks at it.

    A server only writes a page as JSON. For 3,000 changes that takes 3 ms of processor time from rows and 19 ms when
    two objects are made of each.

    Args:
        rows: One per change.
    """

    __slots__ = ("rows",)

    def __init__(self, rows: Sequence[ChangeRow]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Change: ...

    @overload
    def __getitem__(self, place: slice) -> ChangeRows: ...

    def __getitem__(self, place: int | slice) -> Change | ChangeRows:
        return ChangeRows(self.rows[place]) if isinstance(place, slice) else _change(self.rows[place])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ChangeRows):
            return self.rows == other.rows
        return tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def _change(row: ChangeRow) -> Change:
    id_, key, type_, source, target, *rest = row
    kind, op, direction, severity, absence, field_, before, after, delta, relative_delta, denominator, significance = (
        rest
    )
    return Change(
        element=ElementReference(id=id_, key=key, type=type_, source=source, target=target),
        kind=kind,
        op=op,
        direction=direction,
        severity=severity,
        absence=absence,
        field=field_,
        before=before,
        after=after,
        delta=delta,
        relative_delta=relative_delta,
        denominator=denominator,
        significance=significance,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffOptions:
    """What counts as a difference.

    Attributes:
        volatile: Fields that are not compared.
        absolute_tolerance: A number is equal within this, in the metric's unit.
        relative_tolerance: … or within this share of the value before.
        tolerances: Relationship type -> absolute tolerance, before ``absolute_tolerance``.
    """

    volatile: tuple[str, ...] = ("timestamp", "updated_at", "calls")
    absolute_tolerance: float = 0.0
    relative_tolerance: float = 0.0
    tolerances: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCounts:
    """How many differences there are, all pages together.

    Attributes:
        total: All of them.
        nodes_added: Whole nodes.
        nodes_removed: Whole nodes, whatever the absence.
        nodes_changed: Fields of nodes.
        edges_added: Whole edges.
        edges_removed: Whole edges, whatever the absence.
        edges_changed: Fields of edges.
        not_observed: Of the removed ones: there, but stale.
        not_captured: Of the removed ones: the later side cannot tell.
        worse: For the worse, noise included.
        better: For the better, noise included.
        regressions_medium: For the worse by more than 10 % and up to 15 %, and not within noise.
        regressions_high: For the worse by more than 15 % and up to 25 %, and not within noise.
        regressions_critical: For the worse by more than 25 %, and not within noise.
    """

    total: int = 0
    nodes_added: int = 0
    nodes_removed: int = 0
    nodes_changed: int = 0
    edges_added: int = 0
    edges_removed: int = 0
    edges_changed: int = 0
    not_observed: int = 0
    not_captured: int = 0
    worse: int = 0
    better: int = 0
    regressions_medium: int = 0
    regressions_high: int = 0
    regressions_critical: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckProgress:
    """Which bottlenecks came, went and stayed: the worst of each, and how many there are.

    Attributes:
        appeared: With their values in after.
        disappeared: With their values in before.
        continued: With their values in after.
        appeared_count: All of them.
        disappeared_count: All of them.
        continued_count: All of them.
    """

    appeared: tuple[Bottleneck, ...] = ()
    disappeared: tuple[Bottleneck, ...] = ()
    continued: tuple[Bottleneck, ...] = ()
    appeared_count: int = 0
    disappeared_count: int = 0
    continued_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeGroup:
    """Some nodes that hang together.

    Attributes:
        size: How many they are.
        keys: The first 20 of their keys, sorted.
    """

    size: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentChange:
    """A component that fell apart, or one that was put together, among the nodes that both sides have.

    Attributes:
        pieces: The 20 largest, largest first.
        pieces_count: All of them.
    """

    pieces: tuple[NodeGroup, ...]
    pieces_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureChange:
    """What changed in the shape of the graph, by networkx; of each list the first 20, and how many there are.

    Attributes:
        components_before: Weakly connected components.
        components_after: Weakly connected components.
        split: Components of before that fell apart.
        split_count: All of them.
        joined: Components of after that were apart.
        joined_count: All of them.
        new_cycles: Strongly connected components of after whose nodes could not all reach each other before.
        new_cycles_count: All of them.
        critical_paths_appeared: In after's summary and not in before's.
        critical_paths_disappeared: In before's summary and not in after's.
    """

    components_before: int = 0
    components_after: int = 0
    split: tuple[ComponentChange, ...] = ()
    split_count: int = 0
    joined: tuple[ComponentChange, ...] = ()
    joined_count: int = 0
    new_cycles: tuple[NodeGroup, ...] = ()
    new_cycles_count: int = 0
    critical_paths_appeared: tuple[str, ...] = ()
    critical_paths_disappeared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSummary:
    """The comparison in short.

    Attributes:
        sentence: What changed, in words.
        counts: All differences.
        regressions: The top changes for the worse.
        improvements: The top changes for the better.
        bottlenecks: Came, went, stayed.
        structure: Shape.
    """

    sentence: str
    counts: ChangeCounts
    regressions: tuple[Change, ...]
    improvements: tuple[Change, ...]
    bottlenecks: BottleneckProgress
    structure: StructureChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The envelope of a diff.

    Attributes:
        before: Header of the earlier side; the live graph stands as a header with id ``live`` and version 0.
        after: Header of the later side.
        summary: In short.
        changes: This page of the changes that the filter lets through.
        complete: Whether ``changes`` are all that the filter lets through.
        totals: All differences, before the filter.
        matching: How many the filter lets through.
        next: Cursor of the next page.
        content_hash: Same inputs, same diff: hash of the canonical changes without their significance.
    """

    before: Snapshot
    after: Snapshot
    summary: ComparisonSummary
    changes: Sequence[Change]
    complete: bool
    totals: ChangeCounts
    matching: int
    next: str | None
    content_hash: str
