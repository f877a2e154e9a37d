"""The header of a snapshot as the specification's JSON, without ``graph_state``.

The specification's names come first and are never renamed; ours stand beside them and are optional when read, so that
the example of the specification is a valid document.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from snapgraph.engine.formats.records import (
    problem,
    record_from_json,
    record_to_json,
    value_from_json,
)
from snapgraph.engine.formats.values import time_to_text
from snapgraph.model.metrics import Levels, Thresholds
from snapgraph.model.snapshots import (
    CaptureMetadata,
    HistoryEntry,
    PerformanceSummary,
    Snapshot,
    SnapshotCounts,
)
from snapgraph.model.vocabulary import RetentionClass

__all__ = [
    "SCHEMA_VERSION",
    "history_from_json",
    "history_to_json",
    "snapshot_from_json",
    "snapshot_to_json",
    "summary_from_json",
    "summary_to_json",
]

SCHEMA_VERSION = 1
"""Of the JSON document; grows when a name changes its meaning, never when one is added."""

_SAME_NAME = (
    "graph",
    "version",
    "previous_id",
    "description",
    "note",
    "severity",
    "tags",
    "pinned",
    "retention_class",
    "counts",
    "content_hash",
    "stable_hash",
    "revision",
    "has_history",
    "change_magnitude",
)
"""Fields that are called the same in the model and on the wire."""

_NAMES: Mapping[str, str] = {
    "id": "snapshot_id",
    "captured_at": "timestamp",
    "trigger": "trigger_type",
    "trigger_reason": "trigger_reason",
}
"""Field -> name on the wire, for what every document has."""

_DEFAULTS: Mapping[str, Any] = {
    "graph": "default",
    "version": 0,
    "previous_id": None,
    "description": "",
    "note": "",
    "severity": None,
    "tags": [],
    "pinned": False,
    "retention_class": RetentionClass.MANUAL.value,
    "content_hash": "",
    "stable_hash": "",
    "revision": 1,
    "has_history": False,
    "change_magnitude": None,
    "deleted_at": None,
    "quality": {},
}
"""What a document from elsewhere means when it does not say it."""


def snapshot_to_json(snapshot: Snapshot) -> dict[str, Any]:
    """Write a header."""
    own = record_to_json(snapshot)
    return {
        "snapshot_id": snapshot.id,
        "timestamp": time_to_text(snapshot.captured_at),
        "trigger_type": snapshot.trigger.value,
        "trigger_reason": snapshot.trigger_reason,
        "performance_summary": summary_to_json(snapshot.summary),
        "metadata": {**own["metadata"], "graph_complexity": snapshot.summary.graph_complexity},
        "schema_version": SCHEMA_VERSION,
        **{name: own[name] for name in _SAME_NAME},
        "quality": own["quality"],
        "thresholds": own["thresholds"]["levels"],
        **({"deleted_at": own["deleted_at"]} if snapshot.deleted_at else {}),
    }


def summary_to_json(summary: PerformanceSummary) -> dict[str, Any]:
    """Write a summary; ``graph_complexity`` stands in the metadata, as the specification has it."""
    written = record_to_json(summary)
    del written["graph_complexity"]
    return written


def summary_from_json(document: Any, *, graph_complexity: str = "low", pointer: str = "") -> PerformanceSummary:
    """Read a summary.

    Raises:
        InvalidInputError: With the pointer of what is wrong.
    """
    named = {**_object(document, pointer), "graph_complexity": graph_complexity}
    return record_from_json(PerformanceSummary, named, pointer)


def snapshot_from_json(document: Any, pointer: str = "") -> Snapshot:
    """Read a header; ``graph_state`` and ``history`` are left alone (but counted when ``counts`` is missing).

    Args:
        document: The JSON object.
        pointer: JSON pointer of ``document``, for messages.

    Raises:
        InvalidInputError: With the pointer of what is wrong.
    """
    header = _object(document, pointer)
    metadata = _object(_needed(header, "metadata", pointer), f"{pointer}/metadata")
    summary = _object(_needed(header, "performance_summary", pointer), f"{pointer}/performance_summary")
    named = {
        **_DEFAULTS,
        **{name: header[name] for name in (*_SAME_NAME, "deleted_at", "quality") if name in header},
        **{field: _needed(header, name, pointer) for field, name in _NAMES.items()},
        "counts": header.get("counts") or _counted(header, pointer),
        "thresholds": _thresholds(header.get("thresholds", {}), f"{pointer}/thresholds"),
    }
    read = {
        field: value_from_json(hint, named[field], f"{pointer}/{_NAMES.get(field, field)}")
        for field, hint in _hints().items()
        if field in named
    }
    complexity = value_from_json(str, metadata.get("graph_complexity", "low"), f"{pointer}/metadata/graph_complexity")
    return Snapshot(
        **read,
        metadata=record_from_json(CaptureMetadata, metadata, f"{pointer}/metadata"),
        summary=summary_from_json(summary, graph_complexity=complexity, pointer=f"{pointer}/performance_summary"),
    )


def _thresholds(document: Any, pointer: str) -> Thresholds:
    return Thresholds(levels=value_from_json(Mapping[str, Levels], document, pointer))


def _object(value: Any, pointer: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise problem(pointer, "an object is needed.")
    return value


def _needed(header: Mapping[str, Any], name: str, pointer: str) -> Any:
    if name not in header:
        raise problem(f"{pointer}/{name}", "is missing.")
    return header[name]


@cache
def _hints() -> Mapping[str, Any]:
    return get_type_hints(Snapshot)


def _counted(header: Mapping[str, Any], pointer: str) -> SnapshotCounts:
    state = _object(header.get("graph_state", {}), f"{pointer}/graph_state")
    nodes, edges = (
        len(value_from_json(tuple[Any, ...], state.get(name, []), f"{pointer}/graph_state/{name}"))
        for name in ("nodes", "relationships")
    )
    return SnapshotCounts(nodes=nodes, edges=edges)


def history_to_json(entry: HistoryEntry) -> dict[str, Any]:
    """Write one earlier snapshot of ``history``."""
    return {
        "snapshot_id": entry.snapshot_id,
        "timestamp": time_to_text(entry.captured_at),
        "performance_summary": {
            **summary_to_json(entry.summary),
            "graph_complexity": entry.summary.graph_complexity,
        },
        "edge_values": dict(entry.edge_values),
    }


def history_from_json(document: Any, pointer: str = "") -> HistoryEntry:
    """Read one earlier snapshot of ``history``.

    Raises:
        InvalidInputError: With the pointer of what is wrong.
    """
    entry = _object(document, pointer)
    named = {
        "snapshot_id": entry.get("snapshot_id"),
        "captured_at": entry.get("timestamp"),
        "summary": entry.get("performance_summary", {}),
        "edge_values": entry.get("edge_values", {}),
    }
    return record_from_json(HistoryEntry, named, pointer)
