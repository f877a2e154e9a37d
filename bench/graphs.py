"""Made-up performance graphs of any size, the same for the same seed: what the benchmarks run on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.metrics import DEFAULT_METRICS
from snapgraph.model.values import TaggedType, canonical_json, tagged
from snapgraph.model.vocabulary import ColumnKind, Severity, Trend

__all__ = ["change_values", "performance_graph"]

CAPTURED_AT_US = 1_736_173_385_000_000
"""2025-01-06T14:23:05Z, the moment of the specification's example."""


def performance_graph(
    nodes: int, edges: int, seed: int = 0, *, mixed: bool = False, distinct_times: bool = False
) -> GraphColumns:
    """Make a graph of tables in canonical order, without dictionary ids.

    Edges have six scalar properties (``value`` with 3 decimals, ``timestamp`` and ``updated_at`` of one of the last
    twelve ticks as ``observe`` writes them, ``trend``, ``severity``, ``calls``), nodes four; everything is present
    everywhere.

    Args:
        nodes: How many tables.
        edges: How many relationships, spread over the seven types; distinct (source, type, target).
        seed: Of the random numbers.
        mixed: Add properties of every other kind that only some elements have: booleans, lists, times with a zone,
            points, long texts.
        distinct_times: Give each edge times of its own, in microseconds, as writers with a clock per edge do.
    """
    types = tuple(sorted(DEFAULT_METRICS))
    if edges > nodes * nodes * len(types):
        raise ValueError(f"{nodes} nodes have room for {nodes * nodes * len(types)} edges, not {edges}.")
    random = np.random.default_rng(seed)
    # one number is source, type, target in canonical order, so sorting numbers sorts edges
    codes = _distinct(random, nodes * len(types) * nodes, edges)
    return GraphColumns(
        nodes=_nodes(random, nodes, mixed=mixed),
        edges=EdgeColumns(
            sources=(codes // (nodes * len(types))).astype(np.int32),
            targets=(codes % nodes).astype(np.int32),
            type_codes=(codes // nodes % len(types)).astype(np.int32),
            types=types,
            columns=_edge_columns(random, edges, mixed=mixed, distinct_times=distinct_times),
        ),
    )


def change_values(graph: GraphColumns, share: float, seed: int = 1, *, clustered: bool = False) -> GraphColumns:
    """Give the same graph with another ``value`` on a share of the edges.

    Args:
        graph: What to change; it stays as it is.
        share: 0 … 1 of the edges.
        seed: Of the random numbers.
        clustered: Change a run of neighbours instead of edges at random.
    """
    random = np.random.default_rng(seed)
    count = len(graph.edges)
    changed = round(count * share)
    rows = np.arange(changed) if clustered else random.choice(count, changed, replace=False)
    column = graph.edges.columns["value"]
    values = column.values.astype(np.float64)
    values[rows] = np.round(values[rows] * random.uniform(1.05, 2.0, changed) + 0.001, 3)
    edges = graph.edges
    return GraphColumns(
        nodes=graph.nodes,
        edges=EdgeColumns(
            sources=edges.sources,
            targets=edges.targets,
            type_codes=edges.type_codes,
            types=edges.types,
            discriminators=edges.discriminators,
            columns={**edges.columns, "value": Column(kind=ColumnKind.FLOAT, values=values, present=column.present)},
            ids=edges.ids,
        ),
    )


def _distinct(random: np.random.Generator, below: int, count: int) -> NDArray[np.int64]:
    """Draw distinct numbers, sorted."""
    drawn = np.unique(random.integers(0, below, count))
    while len(drawn) < count:
        drawn = np.unique(np.concatenate([drawn, random.integers(0, below, count)]))
    return np.sort(random.permutation(drawn)[:count])


def _nodes(random: np.random.Generator, count: int, *, mixed: bool) -> NodeColumns:
    width = len(str(count - 1))
    names = [f"table_{row:0{width}d}" for row in range(count)]
    columns = {
        "name": Column(kind=ColumnKind.TEXT, values=np.arange(count, dtype=np.int32), categories=tuple(names)),
        "schema": _choice(random, count, ("public", "sales", "audit")),
        "hotspot_score": Column(kind=ColumnKind.FLOAT, values=np.round(random.uniform(0, 100, count), 3)),
        "total_queries": Column(kind=ColumnKind.INTEGER, values=random.integers(0, 1_000_000, count)),
    }
    if mixed:
        columns |= _mixed_columns(random, count)
    return NodeColumns(keys=np.array([f"{name}:Table" for name in names], dtype=object), columns=columns)


def _edge_columns(random: np.random.Generator, count: int, *, mixed: bool, distinct_times: bool) -> dict[str, Column]:
    columns = {
        "value": Column(kind=ColumnKind.FLOAT, values=np.round(random.lognormal(3, 2, count), 3)),
        "timestamp": _times(random, count, distinct=distinct_times),
        "updated_at": _times(random, count, distinct=distinct_times),
        "trend": _choice(random, count, tuple(Trend)),
        "severity": _choice(random, count, tuple(Severity)),
        "calls": Column(kind=ColumnKind.INTEGER, values=random.integers(0, 100_000, count)),
    }
    return columns | _mixed_columns(random, count) if mixed else columns


def _mixed_columns(random: np.random.Generator, count: int) -> dict[str, Column]:
    lists = [[int(item) for item in random.integers(0, 100, 3)] for _ in range(500)]
    moments = [tagged(TaggedType.DATE_TIME, f"2025-01-06T14:{row // 60:02}:{row % 60:02}+01:00") for row in range(600)]
    points = [tagged(TaggedType.POINT, {"srid": 4326, "x": row / 10, "y": 50.0}) for row in range(300)]
    notes = [f'a longer remark, number {row}, with "quotes" and a comma' for row in range(2_000)]
    return {
        "cached": _some(random, Column(kind=ColumnKind.BOOLEAN, values=random.random(count) < 0.5)),
        "samples": _some(random, _choice(random, count, tuple(map(canonical_json, lists)), ColumnKind.JSON)),
        "seen_at": _some(random, _choice(random, count, tuple(map(canonical_json, moments)), ColumnKind.JSON)),
        "place": _some(random, _choice(random, count, tuple(map(canonical_json, points)), ColumnKind.JSON)),
        "remark": _some(random, _choice(random, count, tuple(notes))),
        "cost": _some(random, Column(kind=ColumnKind.FLOAT, values=random.random(count))),
    }


def _times(random: np.random.Generator, count: int, *, distinct: bool) -> Column:
    ticks = CAPTURED_AT_US - 5_000_000 * np.arange(12) - random.integers(0, 5_000, 12) * 1_000
    ages = random.permutation(count) * 7  # microseconds, all different
    return Column(
        kind=ColumnKind.TIME,
        values=CAPTURED_AT_US - ages if distinct else ticks[random.integers(0, len(ticks), count)],
    )


def _choice(
    random: np.random.Generator, count: int, categories: tuple[str, ...], kind: ColumnKind = ColumnKind.TEXT
) -> Column:
    distinct = tuple(dict.fromkeys(str(each) for each in categories))
    return Column(kind=kind, values=random.integers(0, len(distinct), count).astype(np.int32), categories=distinct)


def _some(random: np.random.Generator, column: Column) -> Column:
    """Leave a column on a third of the elements."""
    present = random.random(len(column)) < 1 / 3
    absent = -1 if column.kind in {ColumnKind.TEXT, ColumnKind.JSON} else 0
    return Column(
        kind=column.kind,
        values=np.where(present, column.values, np.array(absent, dtype=column.values.dtype)),
        present=present,
        categories=column.categories,
    )
