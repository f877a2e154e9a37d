"""The published JSON Schemas (draft 2020-12, without references) of what the wire shapes hold.

The specification's names are required and its example validates; what we add is optional, since a document may come
from elsewhere. Unknown names are allowed for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_type_hints

from snapgraph.engine.formats.records import record_schema, type_schema
from snapgraph.model.changes import Change, Comparison
from snapgraph.model.metrics import Levels
from snapgraph.model.snapshots import CaptureMetadata, PerformanceSummary, Quality, Snapshot, SnapshotCounts
from snapgraph.model.values import TYPE_TAG, VALUE_TAG, TaggedType
from snapgraph.model.vocabulary import TriggerType

__all__ = ["change_schema", "comparison_schema", "header_schema", "how_much_schema", "snapshot_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_STRING: Mapping[str, Any] = {"type": "string"}
_TIME: Mapping[str, Any] = {"type": "string", "format": "date-time"}


def header_schema() -> dict[str, Any]:
    """Describe a snapshot without its graph, as lists and comparisons hold it."""
    return {
        "$schema": DIALECT,
        "title": "Snapshot header",
        "type": "object",
        "required": [
            "snapshot_id",
            "timestamp",
            "trigger_type",
            "trigger_reason",
            "performance_summary",
            "metadata",
        ],
        "properties": _header_properties(),
    }


def snapshot_schema() -> dict[str, Any]:
    """Describe the whole document: header, ``graph_state`` and, when it was asked for, ``history``."""
    header = header_schema()
    return {
        **header,
        "title": "Snapshot",
        "required": [*header["required"], "graph_state"],
        "properties": {
            **header["properties"],
            **how_much_schema(),
            "graph_state": _graph_state_schema(),
            "history": {"type": "array", "items": _history_schema()},
        },
    }


def how_much_schema() -> dict[str, Any]:
    """Describe the members of a snapshot of which only the worst part was asked for."""
    totals = {name: {"type": "integer", "minimum": 0} for name in ("nodes", "relationships")}
    return {
        "complete": {"type": "boolean", "description": "Whether this is the whole graph."},
        "totals": {
            "type": "object",
            "description": "Of the whole graph.",
            "required": list(totals),
            "properties": totals,
        },
    }


def _header_properties() -> dict[str, Any]:
    hints = get_type_hints(Snapshot)
    same = (
        "graph",
        "version",
        "previous_id",
        "description",
        "note",
        "severity",
        "tags",
        "pinned",
        "retention_class",
        "content_hash",
        "stable_hash",
        "revision",
        "has_history",
        "change_magnitude",
    )
    return {
        "snapshot_id": {**_STRING, "minLength": 1},
        "timestamp": dict(_TIME),
        "trigger_type": {"type": "string", "enum": [trigger.value for trigger in TriggerType]},
        "trigger_reason": dict(_STRING),
        "performance_summary": _summary_schema(),
        "metadata": _metadata_schema(),
        "schema_version": {"type": "integer", "minimum": 1},
        **{name: type_schema(hints[name], required=False) for name in same},
        "counts": record_schema(SnapshotCounts),
        "quality": record_schema(Quality, required=False),
        "thresholds": {"type": "object", "additionalProperties": record_schema(Levels, required=False)},
        "deleted_at": dict(_TIME),
    }


def _summary_schema() -> dict[str, Any]:
    schema = record_schema(PerformanceSummary, required=False)
    del schema["properties"]["graph_complexity"]
    return {**schema, "required": ["total_qps", "avg_latency", "bottlenecks_count", "critical_paths"]}


def _metadata_schema() -> dict[str, Any]:
    schema = record_schema(CaptureMetadata, required=False)
    schema["properties"]["graph_complexity"] = {"type": "string", "enum": ["low", "medium", "high"]}
    return {**schema, "required": ["database_type", "database_name", "capture_duration_ms", "graph_complexity"]}


def _history_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["snapshot_id", "timestamp", "performance_summary", "edge_values"],
        "properties": {
            "snapshot_id": dict(_STRING),
            "timestamp": dict(_TIME),
            "performance_summary": record_schema(PerformanceSummary, required=False),
            "edge_values": {"type": "object", "additionalProperties": {"type": "number"}},
        },
    }


def _graph_state_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["nodes", "relationships"],
        "properties": {
            "nodes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "type", "properties"],
                    "properties": {
                        "id": dict(_STRING),
                        "type": dict(_STRING),
                        "labels": {"type": "array", "items": dict(_STRING)},
                        "stale": {"type": "boolean"},
                        "properties": _properties_schema({}),
                    },
                },
            },
            "relationships": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "source", "target", "type", "properties"],
                    "properties": {
                        **{name: dict(_STRING) for name in ("id", "source", "target", "type", "discriminator")},
                        "stale": {"type": "boolean"},
                        "properties": _properties_schema({"value": {"type": "number"}, "timestamp": dict(_TIME)}),
                    },
                },
            },
        },
    }


def _properties_schema(known: Mapping[str, Any]) -> dict[str, Any]:
    """Describe properties: scalars, lists, and values that JSON does not have as ``{"$type", "value"}``."""
    tagged_value = {
        "type": "object",
        "required": [TYPE_TAG, VALUE_TAG],
        "properties": {TYPE_TAG: {"type": "string", "enum": [type_.value for type_ in TaggedType]}, VALUE_TAG: {}},
    }
    return {
        "type": "object",
        "properties": dict(known),
        "additionalProperties": {"anyOf": [{"type": ["string", "number", "boolean", "array"]}, tagged_value]},
    }


def change_schema() -> dict[str, Any]:
    """Describe one change: the same shape for every kind."""
    return {"$schema": DIALECT, "title": "Change", **record_schema(Change)}


def comparison_schema() -> dict[str, Any]:
    """Describe the envelope of a diff."""
    header = header_schema()
    del header["$schema"]
    hints = get_type_hints(Comparison)
    sides = {"before": header, "after": header}
    properties = {name: sides.get(name) or type_schema(hint) for name, hint in hints.items()}
    return {
        "$schema": DIALECT,
        "title": "Comparison",
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }
