"""What can be asked for, and a page of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import (
    ChangeDirection,
    ElementKind,
    Operation,
    QualityGrade,
    RetentionClass,
    Severity,
    Significance,
    TriggerType,
)

__all__ = [
    "ChangeFilter",
    "Page",
    "SnapshotFilter",
    "SnapshotRevision",
]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """A part of a list, in stable order.

    Attributes:
        items: This page.
        next: Opaque cursor of the next page; ``None`` on the last one.
        total: How many there are on all pages.
    """

    items: tuple[Item, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFilter:
    """Which snapshots to list; everything given must hold.

    Attributes:
        graph: Of which live graph; ``None``: of all.
        trigger: Any of these.
        severity: Any of these.
        retention_class: Any of these.
        quality: Any of these.
        since: Captured at or after (inclusive).
        until: Captured before (exclusive).
        tag: Carries this tag.
        text: Case-insensitive part of the id, description, note, reason or a tag.
        pinned: Only pinned or only unpinned ones.
        newest_first: Order by (captured_at, id), falling or rising.
    """

    graph: str | None = None
    trigger: tuple[TriggerType, ...] = ()
    severity: tuple[Severity, ...] = ()
    retention_class: tuple[RetentionClass, ...] = ()
    quality: tuple[QualityGrade, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    tag: str | None = None
    text: str | None = None
    pinned: bool | None = None
    newest_first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRevision:
    """What may change on a snapshot; ``None`` leaves it as it is."""

    tags: tuple[str, ...] | None = None
    note: str | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes of a comparison to give, and in which order.

    Attributes:
        kind: Nodes or edges only.
        op: Any of these.
        direction: Any of these.
        severity: Any of these.
        significance: Any of these.
        type: Any of these element types.
        field: Any of these fields.
        text: Case-insensitive part of the element's key.
        sort: ``default`` (real first, then |relative delta| falling, changes from 0 after them, then canonical),
            ``delta`` (|delta| falling) or ``canonical``.
    """

    kind: ElementKind | None = None
    op: tuple[Operation, ...] = ()
    direction: tuple[ChangeDirection, ...] = ()
    severity: tuple[Severity, ...] = ()
    significance: tuple[Significance, ...] = ()
    type: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    text: str | None = None
    sort: str = "default"


SnapshotPage = Page[Snapshot]
