"""The schemas of what REST answers, by name, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snapgraph.engine.formats.column_documents import columns_schema
from snapgraph.engine.formats.records import record_schema
from snapgraph.engine.formats.schemas import comparison_schema, header_schema, snapshot_schema
from snapgraph.model.metrics import Levels, MetricDefinition
from snapgraph.model.timelines import Moment, Timeline
from snapgraph.model.vocabulary import Desirable, Severity

__all__ = ["SCHEMAS", "reference"]


def reference(name: str) -> dict[str, str]:
    """Refer to a named schema.

    >>> reference("Snapshot")
    {'$ref': '#/components/schemas/Snapshot'}
    """
    return {"$ref": f"#/components/schemas/{name}"}


def _object(description: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Snapshot": snapshot_schema(),
    "SnapshotColumns": columns_schema(),
    "SnapshotHeader": header_schema(),
    "SnapshotPage": _object(
        "A part of the list of snapshots.",
        items={"type": "array", "items": reference("SnapshotHeader")},
        next={"type": ["string", "null"], "description": "Cursor of the next page; null on the last one."},
        total={**_COUNT, "description": "On all pages."},
    ),
    "Comparison": comparison_schema(),
    "Timeline": {
        **record_schema(Timeline),
        "description": "Many snapshots on one strip of time; all lists rise by time.",
    },
    "SeriesTable": _object(
        "Values across snapshots, as columns.",
        graph=_TEXT,
        total={**_COUNT, "description": "Snapshots in the range."},
        complete={"type": "boolean", "description": "Whether all of them are given; else the newest."},
        snapshots={"type": "array", "items": record_schema(Moment)},
        gone={**_TEXTS, "description": "Those of the snapshots, by id, whose payload has been removed."},
        series={
            "type": "array",
            "items": _object(
                "One property of one element, or a number of the summary.",
                kind={"enum": ["edge", "node", "summary"]},
                key={"type": ["string", "null"], "description": "Of the element."},
                field=_TEXT,
                label={**_TEXT, "description": "For a person."},
                metric={"type": ["string", "null"], "description": "Relationship type whose levels hold."},
                unit={"type": ["string", "null"]},
                desirable={"enum": [each.value for each in Desirable]},
                values={"type": "array", "items": {"type": ["number", "null"]}},
            ),
        },
    ),
    "GrafanaNode": {
        **_object(
            "A row of nodes for Grafana's Node graph panel; every property of the node is a `detail__`.",
            id={**_TEXT, "description": "Node key."},
            title=_TEXT,
            subtitle={**_TEXT, "description": "Its type."},
            mainstat={"type": ["number", "null"], "description": "Hotspot score."},
            secondarystat={**_COUNT, "description": "High and critical ones among itself and its relationships."},
            **{
                f"arc__{each.value}": {"type": "number", "description": "Share of its relationships of that severity."}
                for each in Severity
            },
        ),
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    },
    "GrafanaEdge": {
        **_object(
            "A row of edges for Grafana's Node graph panel; the value of each relationship type is a `detail__`.",
            id=_TEXT,
            source={**_TEXT, "description": "Node key."},
            target={**_TEXT, "description": "Node key."},
            mainstat={"type": ["number", "null"], "description": "Average latency, ms."},
            secondarystat={"type": ["number", "null"], "description": "Queries per second."},
            color={"enum": ["green", "yellow", "orange", "red"], "description": "By severity."},
            thickness={"type": "number", "description": "1 to 5, by queries per second."},
            detail__severity={"enum": [each.value for each in Severity]},
        ),
        "additionalProperties": {"type": ["number", "null"]},
    },
    "Layout": _object(
        "Where the nodes of a live graph are drawn.",
        graph=_TEXT,
        positions={
            "type": "object",
            "description": "Node key -> [x, y].",
            "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
        updated_at={"type": ["string", "null"], "format": "date-time"},
    ),
    "LayoutCount": _object("How many positions a live graph has.", graph=_TEXT, count=_COUNT),
    "SavedView": _object(
        "A view of the page.",
        view_id={"type": "string", "format": "uuid"},
        graph=_TEXT,
        name=_TEXT,
        query={**_TEXT, "description": "The query string of the page."},
        created_at={"type": "string", "format": "date-time"},
    ),
    "SavedViews": _object("Saved views.", items={"type": "array", "items": reference("SavedView")}),
    "LiveGraph": _object(
        "A live graph, and what is stored of it.",
        name=_TEXT,
        is_configured={"type": "boolean", "description": "Whether it can be captured; else it is only history."},
        types={**_TEXTS, "description": "Relationship types that are read; `*`: all."},
        node_labels=_TEXTS,
        tick_seconds={"type": ["number", "null"], "description": "How often it is written."},
        thresholds={
            "type": "object",
            "description": "From which values on a metric is high and critical, by relationship type, as it holds now.",
            "additionalProperties": record_schema(Levels, required=False),
        },
        metrics={
            "type": "object",
            "description": "What a relationship type means, by the settings; `desirable` says which way is better.",
            "additionalProperties": record_schema(MetricDefinition),
        },
        snapshots=_COUNT,
        last_version=_COUNT,
        last_captured_at={"type": ["string", "null"], "format": "date-time"},
    ),
    "LiveGraphs": _object("The live graphs.", items={"type": "array", "items": reference("LiveGraph")}),
    "Health": _object("The process answers.", status={"const": "ok"}),
    "Readiness": _object(
        "Whether every part is usable.",
        status={"enum": ["ready", "not_ready"]},
        checks={
            "type": "array",
            "items": _object(
                "One part.",
                name=_TEXT,
                is_ready={"type": "boolean"},
                detail={**_TEXT, "description": "What is wrong and what to do; empty when all is well."},
            ),
        },
    ),
    "Version": _object("Which versions run here.", version=_TEXT, schema_version={"type": "integer"}, python=_TEXT),
}
