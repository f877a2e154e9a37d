"""How one live graph is to be read: a value that the settings build and use cases receive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS, MetricDefinition, Thresholds

__all__ = ["ALL_TYPES", "NAME_PATTERN", "CaptureLimits", "LiveGraph", "PropertyNames", "usual_definition"]

ALL_TYPES = "*"
"""In ``types``: every relationship type that the graph has."""

NAME_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
"""What a relationship type, label or property name from the settings must match in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLimits:
    """Bounds of one capture; beyond any of them it ends as ``too_large`` and nothing is stored."""

    elements: int = 1_000_000
    """Nodes and relationships together; a million of them are about 1 GB while they are read."""
    bytes: int = 512 * 1024 * 1024
    """Size of the columns in memory."""
    seconds: float = 22.0
    """Time for the whole read; a request has to end in 30 s, and has more to do than to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyNames:
    """Under which names the live graph keeps the standard properties of a relationship."""

    value: str = "value"
    timestamp: str = "timestamp"
    trend: str = "trend"
    severity: str = "severity"
    updated_at: str = "updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGraph:
    """One live graph by name.

    Attributes:
        name: The name that ``graph=`` takes; ``default`` unless there are several.
        types: Relationship types to read; ``("*",)`` reads all.
        node_labels: Labels that make a node's type, in this order of preference; their nodes are read even when idle.
        name_properties: Label -> the property that names a node of that label, where it is not ``name``.
        discriminators: Relationship type -> the property that tells parallel edges of that type apart.
        properties: Names of the standard properties.
        volatile: Properties that change all the time and mean nothing by it: kept in chunks of their own, left out of
            the second hash, and ignored by a diff unless asked for.
        metrics: Relationship type -> what it means.
        thresholds: From which values on it is a problem.
        limits: Bounds of a capture.
        tick_seconds: How often the graph is written; an element older than three ticks is stale. A Database node's
            property ``tick_seconds`` (written by ``observe``) goes before it; 0 means that nothing is ever stale.
        database_type: For the metadata, when no Database node says it.
        database_name: For the metadata, when no Database node says it.
    """

    name: str = "default"
    types: tuple[str, ...] = tuple(DEFAULT_METRICS)
    node_labels: tuple[str, ...] = ("Table", "Database")
    name_properties: Mapping[str, str] = field(default_factory=dict)
    discriminators: Mapping[str, str] = field(default_factory=dict)
    properties: PropertyNames = field(default_factory=PropertyNames)
    volatile: tuple[str, ...] = (
        "timestamp",
        "updated_at",
        "calls",
        "total_queries",
        "sequential_scans",
        "index_scans",
        "deadlocks_total",
    )
    metrics: Mapping[str, MetricDefinition] = field(default_factory=lambda: dict(DEFAULT_METRICS))
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    limits: CaptureLimits = field(default_factory=CaptureLimits)
    tick_seconds: float = 5.0
    database_type: str | None = None
    database_name: str | None = None


def usual_definition(name: str) -> LiveGraph:
    """Give the rules of a live graph that the settings say nothing of."""
    return LiveGraph(name=name)
