"""From the memory of an observer to the nodes and relationships that are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from snapgraph.engine.attribution.catalogue import Pair, display_name
from snapgraph.engine.attribution.differences import Differences
from snapgraph.engine.attribution.state import Activity, ObserverState
from snapgraph.engine.attribution.totals import EdgeKey, TickTotals
from snapgraph.engine.attribution.trend import trends
from snapgraph.model.metrics import ERROR_RATE, HOTSPOT_SCORE, Thresholds
from snapgraph.model.observations import EdgeWrite, NodeReference, NodeWrite, ObservedSample, TableCounters

__all__ = [
    "DATABASE",
    "DATABASE_TYPE",
    "STALE_TICKS",
    "TABLE",
    "database_node",
    "edge_writes",
    "forgotten",
    "table_nodes",
]

TABLE = "Table"
DATABASE = "Database"
DATABASE_TYPE = "postgresql"
STALE_TICKS = 3
"""An observation older than this many ticks is stale."""
_RATE_DECIMALS = 3
_ESTIMATE_DIGITS = 3


def database_node(
    sample: ObservedSample,
    state: ObserverState,
    work: Differences | None,
    totals: TickTotals | None,
    at: float,
    tick_seconds: float,
) -> NodeWrite:
    """Describe the database; without differences (``work``) its rates are taken away: old ones would pass for new."""
    name = sample.database.name
    properties: dict[str, Any] = {
        "database_type": DATABASE_TYPE,
        "deadlocks_total": sample.database.deadlocks,
        "tick_seconds": float(tick_seconds),
        "unparsed": state.unparsed,
        "queries_per_sec": None,
        "error_rate": None,
        "timestamp": at,
        "updated_at": at,
    }
    if work is not None and totals is not None:
        properties["queries_per_sec"] = round(totals.queries / work.seconds, _RATE_DECIMALS)
        properties["error_rate"] = _current(state, EdgeKey(ERROR_RATE, Pair(name, name)), at, tick_seconds)
    return NodeWrite(node=NodeReference(DATABASE, name), properties=properties)


def table_nodes(
    sample: ObservedSample, state: ObserverState, work: Differences | None, at: float, tick_seconds: float
) -> tuple[NodeWrite, ...]:
    """Describe every table; its rates and its score as :func:`database_node` does."""
    return tuple(
        NodeWrite(
            node=NodeReference(TABLE, display_name(table.schema, table.name)),
            properties=_table_properties(table, state, at, sample.database.name)
            | _table_rates(table, state, work, at, tick_seconds),
        )
        for table in sample.tables
    )


def _table_properties(table: TableCounters, state: ObserverState, at: float, database: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "schema": table.schema,
        "database": database,
        "total_queries": state.tables.get(display_name(table.schema, table.name), Activity()).total,
        "row_estimate": _estimate(table.row_estimate),
        "sequential_scans": table.sequential_scans,
        "index_scans": table.index_scans,
        "timestamp": at,
        "updated_at": at,
    }
    if table.size_bytes is not None:
        properties["size_bytes"] = table.size_bytes
    if table.indexes is not None:
        properties["indexes"] = list(table.indexes)
    return properties


def _table_rates(
    table: TableCounters, state: ObserverState, work: Differences | None, at: float, tick_seconds: float
) -> dict[str, Any]:
    name = display_name(table.schema, table.name)
    scans = work.tables.get(name) if work is not None else None
    if work is None or scans is None:
        return dict.fromkeys(("sequential_scans_per_sec", "index_scans_per_sec", "hotspot_score"))
    return {
        "sequential_scans_per_sec": round(scans.sequential_scans / work.seconds, _RATE_DECIMALS),
        "index_scans_per_sec": round(scans.index_scans / work.seconds, _RATE_DECIMALS),
        "hotspot_score": _current(state, EdgeKey(HOTSPOT_SCORE, Pair(name, name)), at, tick_seconds),
    }


def _current(state: ObserverState, key: EdgeKey, at: float, tick_seconds: float) -> float | None:
    """Give the last value of an edge for the node that it loops on; ``None`` when it is stale.

    A node has a fresh timestamp as long as its table exists: an old score would pass for a new one.
    """
    memory = state.edges.get(key)
    if memory is None or at - memory.observed_at > STALE_TICKS * tick_seconds:
        return None
    return memory.values[-1]


def edge_writes(state: ObserverState, at: float, thresholds: Thresholds) -> dict[str, tuple[EdgeWrite, ...]]:
    """Describe every edge that is remembered, by type: also the idle ones, so that a wiped graph fills up again."""
    writes: dict[str, list[EdgeWrite]] = {}
    judged = trends([memory.values for memory in state.edges.values()])
    for (key, memory), trend in zip(state.edges.items(), judged, strict=True):
        value = memory.values[-1]
        properties = {
            "value": value,
            "timestamp": memory.observed_at,
            "trend": trend.value,
            "severity": thresholds.severity_of(key.type, value).value,
            "calls": sum(_activity(state, key).recent),
            "updated_at": at,
        }
        writes.setdefault(key.type, []).append(_edge(key, properties))
    return {type_: tuple(edges) for type_, edges in writes.items()}


def forgotten(keys: Iterable[EdgeKey]) -> dict[str, tuple[EdgeWrite, ...]]:
    """Describe the edges to delete, by type."""
    writes: dict[str, list[EdgeWrite]] = {}
    for key in sorted(keys):
        writes.setdefault(key.type, []).append(_edge(key, {}))
    return {type_: tuple(edges) for type_, edges in writes.items()}


def _edge(key: EdgeKey, properties: dict[str, Any]) -> EdgeWrite:
    label = DATABASE if key.type == ERROR_RATE else TABLE
    return EdgeWrite(
        source=NodeReference(label, key.pair.source),
        target=NodeReference(label, key.pair.target),
        properties=properties,
    )


def _activity(state: ObserverState, key: EdgeKey) -> Activity:
    if key.type == ERROR_RATE:
        return state.transactions
    if key.type == HOTSPOT_SCORE:
        return state.tables.get(key.pair.source, Activity())
    return state.pairs.get(key.pair, Activity())


def _estimate(rows: int) -> int:
    """Round an estimate to three digits, so that it does not change with every insert.

    >>> _estimate(200_123), _estimate(987)
    (200000, 987)
    """
    return round(rows, min(0, _ESTIMATE_DIGITS - len(str(abs(rows)))))
