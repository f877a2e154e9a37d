"""Graphs to compare: a seeded generator of performance graphs, and small graphs written out by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from snapgraph.engine.formats.values import column_from_values
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.keys import node_key
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS
from snapgraph.model.snapshots import CaptureMetadata, PerformanceSummary, Quality, Snapshot, SnapshotCounts
from snapgraph.model.vocabulary import ColumnKind, RetentionClass, TriggerType

Node = str | tuple[str, Mapping[str, Any]]
Edge = tuple[Any, ...]
"""Source, type, target, value or properties, and a discriminator when there is one."""


def build(nodes: Sequence[Node], edges: Sequence[Edge] = ()) -> GraphColumns:
    """Build a small graph, in the row order given; a node without a colon is a Table."""
    named = [(node, {}) if isinstance(node, str) else node for node in nodes]
    keys = [name if ":" in name else node_key(name, "Table") for name, _ in named]
    row_of = {key.split(":")[0]: row for row, key in enumerate(keys)}
    types = tuple(sorted({edge[1] for edge in edges}))
    properties = [edge[3] if isinstance(edge[3], Mapping) else {"value": edge[3]} for edge in edges]
    discriminators = [edge[4] if len(edge) > 4 else "" for edge in edges]
    return GraphColumns(
        nodes=NodeColumns(keys=np.array(keys, dtype=object), columns=_columns([given for _, given in named])),
        edges=EdgeColumns(
            sources=np.array([row_of[edge[0]] for edge in edges], dtype=np.int32),
            targets=np.array([row_of[edge[2]] for edge in edges], dtype=np.int32),
            type_codes=np.array([types.index(edge[1]) for edge in edges], dtype=np.int32),
            types=types,
            discriminators=column_from_values(discriminators) if any(discriminators) else None,
            columns=_columns(properties),
        ),
    )


def _columns(properties: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    names = sorted({name for given in properties for name in given})
    columns = {name: column_from_values([given.get(name) for given in properties]) for name in names}
    return {name: column for name, column in columns.items() if column is not None}


def generate(nodes: int, edges: int, *, seed: int = 1) -> GraphColumns:
    """Generate a performance graph of tables, in canonical order, with dictionary ids."""
    random = np.random.default_rng(seed)
    types = tuple(sorted(DEFAULT_METRICS))
    codes = np.sort(random.choice(nodes * len(types) * nodes, size=edges, replace=False))
    keys = [f"table_{number:06d}:Table" for number in range(nodes)]
    columns = {
        "value": _floats(random.gamma(2.0, 50.0, edges).round(3)),
        "timestamp": Column(kind=ColumnKind.TIME, values=random.integers(10**15, 2 * 10**15, edges)),
        "trend": Column(
            kind=ColumnKind.TEXT,
            values=random.integers(0, 3, edges).astype(np.int32),
            categories=("decreasing", "increasing", "stable"),
        ),
    }
    return GraphColumns(
        nodes=NodeColumns(
            keys=np.array(keys, dtype=object),
            columns={"hotspot_score": _floats(random.uniform(0, 100, nodes).round(3))},
            ids=np.arange(1, nodes + 1),
        ),
        edges=EdgeColumns(
            sources=(codes // (nodes * len(types))).astype(np.int32),
            targets=(codes % nodes).astype(np.int32),
            type_codes=(codes // nodes % len(types)).astype(np.int32),
            types=types,
            columns=columns,
            ids=np.arange(nodes + 1, nodes + edges + 1),
        ),
    )


def perturb(graph: GraphColumns, *, changed: float = 0.1, removed: float = 0.0, seed: int = 2) -> GraphColumns:
    """Change a share of the edge values (by up to a half), and leave out a share of the edges."""
    random = np.random.default_rng(seed)
    edges = graph.edges
    value = edges.columns["value"]
    factor = np.where(random.random(len(edges)) < changed, random.uniform(0.5, 1.5, len(edges)), 1.0)
    columns = {**edges.columns, "value": _floats((value.values * factor).round(3))}
    kept = np.flatnonzero(random.random(len(edges)) >= removed)
    return replace(graph, edges=take_edges(replace(edges, columns=columns), kept))


def take_edges(edges: EdgeColumns, rows: np.ndarray) -> EdgeColumns:
    """Pick edges, in the order given."""
    return replace(
        edges,
        sources=edges.sources[rows],
        targets=edges.targets[rows],
        type_codes=edges.type_codes[rows],
        discriminators=None if edges.discriminators is None else edges.discriminators.take(rows),
        columns={name: column.take(rows) for name, column in edges.columns.items()},
        ids=None if edges.ids is None else edges.ids[rows],
    )


def _floats(values: np.ndarray) -> Column:
    return Column(kind=ColumnKind.FLOAT, values=values)


@pytest.fixture(scope="session")
def graph_of() -> Callable[..., GraphColumns]:
    """Build a small graph by hand."""
    return build


@pytest.fixture(scope="session")
def generated() -> Callable[..., GraphColumns]:
    """Generate a large one."""
    return generate


@pytest.fixture(scope="session")
def perturbed() -> Callable[..., GraphColumns]:
    """Change a large one."""
    return perturb


@pytest.fixture(scope="session")
def header() -> Snapshot:
    """Give a header to change."""
    return Snapshot(
        id="snap_20250106_142305_manual",
        graph="default",
        version=17,
        previous_id=None,
        captured_at=datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC),
        trigger=TriggerType.MANUAL,
        trigger_reason="manual",
        severity=None,
        retention_class=RetentionClass.MANUAL,
        description="",
        note="",
        tags=(),
        pinned=False,
        counts=SnapshotCounts(nodes=0, edges=0),
        summary=PerformanceSummary(),
        metadata=CaptureMetadata(),
        quality=Quality(),
        thresholds=DEFAULT_THRESHOLDS,
        content_hash="",
        stable_hash="",
    )
