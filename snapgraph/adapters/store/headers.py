"""Headers: rows of ``snapshot`` as :class:`Snapshot`, and the JSON of their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from snapgraph.adapters.store.tables import live_graph, snapshot
from snapgraph.model.metrics import Levels, Thresholds
from snapgraph.model.snapshots import (
    Bottleneck,
    CaptureMetadata,
    Freshness,
    PerformanceSummary,
    Quality,
    Snapshot,
    SnapshotCounts,
)
from snapgraph.model.vocabulary import (
    ElementKind,
    QualityGrade,
    RetentionClass,
    Severity,
    TriggerType,
)

__all__ = ["from_row", "selection", "summary_from", "to_row"]


def selection() -> sa.Select[Any]:
    """Select headers with the name of their live graph, the deleted ones included."""
    return sa.select(snapshot, live_graph.c.name.label("graph")).join_from(snapshot, live_graph)


def to_row(header: Snapshot) -> dict[str, Any]:
    """Give the columns of a header that are its own; its JSON parts are written by the engine's serializer."""
    return {
        "id": header.id,
        "version": header.version,
        "captured_at": header.captured_at,
        "trigger": header.trigger,
        "trigger_reason": header.trigger_reason,
        "severity": header.severity,
        "retention_class": header.retention_class,
        "description": header.description,
        "note": header.note,
        "tags": list(header.tags),
        "pinned": header.pinned,
        "nodes": header.counts.nodes,
        "edges": header.counts.edges,
        "summary": header.summary,
        "metadata": header.metadata,
        "quality": header.quality,
        "quality_grade": header.quality.grade,
        "thresholds": header.thresholds,
        "content_hash": header.content_hash,
        "stable_hash": header.stable_hash,
        "has_history": header.has_history,
    }


def from_row(row: sa.Row[Any]) -> Snapshot:
    """Build a header from a row of :func:`selection`."""
    return Snapshot(
        id=row.id,
        graph=row.graph,
        version=row.version,
        previous_id=row.previous_id,
        captured_at=row.captured_at,
        trigger=TriggerType(row.trigger),
        trigger_reason=row.trigger_reason,
        severity=Severity(row.severity) if row.severity else None,
        retention_class=RetentionClass(row.retention_class),
        description=row.description,
        note=row.note,
        tags=tuple(row.tags),
        pinned=row.pinned,
        counts=SnapshotCounts(nodes=row.nodes, edges=row.edges),
        summary=summary_from(row.summary),
        metadata=_metadata(row.metadata),
        quality=_quality(row.quality),
        thresholds=Thresholds(levels={name: Levels(**each) for name, each in row.thresholds["levels"].items()}),
        content_hash=row.content_hash,
        stable_hash=row.stable_hash,
        revision=row.revision,
        has_history=row.has_history,
        deleted_at=row.deleted_at,
        change_magnitude=row.change_magnitude,
    )


def summary_from(document: Mapping[str, Any]) -> PerformanceSummary:
    """Build a summary from its JSON."""
    fields = dict(document)
    fields["bottlenecks"] = tuple(
        Bottleneck(**(each | {"kind": ElementKind(each["kind"]), "severity": Severity(each["severity"])}))
        for each in document["bottlenecks"]
    )
    fields["critical_paths"] = tuple(document["critical_paths"])
    return PerformanceSummary(**fields)


def _metadata(document: Mapping[str, Any]) -> CaptureMetadata:
    lists = {name: tuple(value) for name, value in document.items() if isinstance(value, list)}
    return CaptureMetadata(**{**document, **lists})


def _quality(document: Mapping[str, Any]) -> Quality:
    fields = dict(document)
    fields["grade"] = QualityGrade(document["grade"])
    fields["reasons"] = tuple(document["reasons"])
    fields["freshness"] = Freshness(**document["freshness"])
    return Quality(**fields)
