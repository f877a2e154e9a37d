"""What the server's JSON becomes: values of the model, read by ``engine.formats``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from snapgraph.engine.formats.documents import graph_state_from_json
from snapgraph.engine.formats.headers import history_from_json, snapshot_from_json
from snapgraph.engine.formats.records import problem, record_from_json
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import Levels, MetricDefinition
from snapgraph.model.queries import Page
from snapgraph.model.snapshots import HistoryEntry, Snapshot

__all__ = ["GraphDocument", "LiveGraphEntry", "graph_document", "live_graph_entries", "snapshot_page"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphDocument:
    """A snapshot with its graph; the live graph stands as one with id ``live`` and version 0.

    Attributes:
        snapshot: The header.
        graph: Nodes and edges as columns.
        history: Earlier snapshots that were stored with it, newest last; mostly empty.
    """

    snapshot: Snapshot
    graph: GraphColumns
    history: tuple[HistoryEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGraphEntry:
    """A live graph by name, and what is stored of it.

    Attributes:
        name: As ``graph=`` takes it.
        is_configured: Whether it can be captured; else it is only history.
        types: Relationship types that are read; ``*``: all.
        node_labels: Labels whose nodes are read.
        tick_seconds: How often it is written.
        thresholds: Relationship type -> from which values on it is a problem.
        metrics: Relationship type -> what it means.
        snapshots: How many are stored.
        last_version: Version of the newest.
        last_captured_at: When that was captured.
    """

    name: str
    is_configured: bool
    types: tuple[str, ...] = ()
    node_labels: tuple[str, ...] = ()
    tick_seconds: float | None = None
    thresholds: Mapping[str, Levels] = field(default_factory=dict)
    metrics: Mapping[str, MetricDefinition] = field(default_factory=dict)
    snapshots: int = 0
    last_version: int | None = None
    last_captured_at: datetime | None = None


def graph_document(document: Any) -> GraphDocument:
    """Read the specification's JSON of a snapshot, ``graph_state`` and ``history`` included.

    Raises:
        InvalidInputError: It is none; with the JSON pointer of what is wrong.
    """
    snapshot = snapshot_from_json(document)
    history = _list(document, "history") if "history" in document else []
    return GraphDocument(
        snapshot=snapshot,
        graph=graph_state_from_json(document.get("graph_state")),
        history=tuple(history_from_json(entry, f"/history/{place}") for place, entry in enumerate(history)),
    )


def snapshot_page(document: Any) -> Page[Snapshot]:
    """Read one page of headers.

    Raises:
        InvalidInputError: It is none; with the JSON pointer of what is wrong.
    """
    items = _list(document, "items")
    return Page(
        items=tuple(snapshot_from_json(item, f"/items/{place}") for place, item in enumerate(items)),
        next=document.get("next"),
        total=int(document.get("total", len(items))),
    )


def live_graph_entries(document: Any) -> tuple[LiveGraphEntry, ...]:
    """Read the list of live graphs.

    Raises:
        InvalidInputError: It is none; with the JSON pointer of what is wrong.
    """
    items = _list(document, "items")
    return tuple(record_from_json(LiveGraphEntry, item, f"/items/{place}") for place, item in enumerate(items))


def _list(document: Any, name: str) -> list[Any]:
    value = document.get(name) if isinstance(document, Mapping) else None
    if not isinstance(value, list):
        raise problem(f"/{name}", "a list is needed.")
    return value
