"""From the differences of a tick to the values of its edges and nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from snapgraph.engine.attribution.catalogue import Attribution, Pair
from snapgraph.engine.attribution.differences import Differences, TableWork
from snapgraph.engine.attribution.hotspot import hotspot_score
from snapgraph.model.metrics import (
    AVG_LATENCY_MS,
    HOTSPOT_SCORE,
    INDEX_EFFICIENCY,
    JOIN_FREQUENCY,
    LOAD_FACTOR,
    QUERIES_PER_SEC,
)
from snapgraph.model.observations import StatementKind, StatementShape

__all__ = ["EdgeKey", "TickTotals", "Work", "hotspots", "pair_values", "total_up"]


class EdgeKey(NamedTuple):
    """Which edge: its metric and its ends."""

    type: str
    pair: Pair


@dataclass(slots=True)
class Work:
    """Work of the statements that touch one pair, or one table."""

    calls: int = 0
    execution_ms: float = 0.0
    joins: int = 0

    def add(self, calls: int, execution_ms: float, joins: int) -> None:
        """Add the work of one statement that joins the pair ``joins`` times."""
        self.calls += calls
        self.execution_ms += execution_ms
        self.joins += calls * joins


@dataclass(frozen=True, slots=True, kw_only=True)
class TickTotals:
    """The work of a tick, added up.

    Attributes:
        pairs: By the ends of the edges.
        tables: By the tables that statements touch.
        queries: Calls of queries that clients sent (not those inside functions, not BEGIN, SET and the like).
        execution_ms: Time of all statements that clients sent.
    """

    pairs: Mapping[Pair, Work] = field(default_factory=dict)
    tables: Mapping[str, Work] = field(default_factory=dict)
    queries: int = 0
    execution_ms: float = 0.0


def total_up(
    differences: Differences, shapes: Mapping[int, StatementShape], attributions: Mapping[int, Attribution]
) -> TickTotals:
    """Add up the work of a tick, without snapgraph's own statements.

    With ``pg_stat_statements.track = all`` a statement inside a function counts for its tables, but not again in the
    totals of the database: its time is part of the statement that called the function.
    """
    pairs: dict[Pair, Work] = {}
    tables: dict[str, Work] = {}
    queries, execution_ms = 0, 0.0
    for work in differences.statements:
        shape = shapes.get(work.query_id)
        if shape is not None and shape.is_own:
            continue
        if work.toplevel:
            queries += work.calls if shape is None or shape.kind is not StatementKind.SESSION else 0
            execution_ms += work.execution_ms
        attribution = attributions.get(work.query_id)
        if attribution is None:
            continue
        for pair, joins in attribution.pairs.items():
            pairs.setdefault(pair, Work()).add(work.calls, work.execution_ms, joins)
        for table in attribution.tables:
            tables.setdefault(table, Work()).add(work.calls, work.execution_ms, 0)
    return TickTotals(pairs=pairs, tables=tables, queries=queries, execution_ms=execution_ms)


def pair_values(totals: TickTotals, differences: Differences) -> dict[EdgeKey, float]:
    """Give the values that a tick observed of pairs with calls."""
    values: dict[EdgeKey, float] = {}
    for pair, work in totals.pairs.items():
        if work.calls == 0:
            continue
        values[EdgeKey(QUERIES_PER_SEC, pair)] = work.calls / differences.seconds
        values[EdgeKey(AVG_LATENCY_MS, pair)] = work.execution_ms / work.calls
        values[EdgeKey(LOAD_FACTOR, pair)] = _share(work.execution_ms, totals.execution_ms)
        if work.joins:
            values[EdgeKey(JOIN_FREQUENCY, pair)] = work.joins / differences.seconds
        scans = differences.tables.get(pair.target, TableWork(0, 0, 0))
        if scans.sequential_scans + scans.index_scans > 0:
            values[EdgeKey(INDEX_EFFICIENCY, pair)] = _share(
                scans.index_scans, scans.index_scans + scans.sequential_scans
            )
    return values


def hotspots(totals: TickTotals, differences: Differences) -> dict[EdgeKey, float]:
    """Give the hotspot score of every table with calls, as a loop on it."""
    values: dict[EdgeKey, float] = {}
    for table, work in totals.tables.items():
        if work.calls == 0:
            continue
        scans = differences.tables.get(table, TableWork(0, 0, 0))
        values[EdgeKey(HOTSPOT_SCORE, Pair(table, table))] = hotspot_score(
            load=_share(work.execution_ms, totals.execution_ms),
            latency_ms=work.execution_ms / work.calls,
            sequential_scans=scans.sequential_scans,
            sequential_rows=scans.sequential_rows,
            index_scans=scans.index_scans,
        )
    return values


def _share(part: float, whole: float) -> float:
    """Give a share of 0 to 1; 0 of nothing."""
    return min(1.0, part / whole) if whole > 0 else 0.0
