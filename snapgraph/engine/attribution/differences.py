"""From two samples to what happened between them.

Counters only ever grow, until they are reset, so each difference is taken with care: a statement whose entry was
evicted and made anew (a younger ``since``, or fewer calls than before) counts from zero; a tick in which the server was
restarted or its statistics were reset as a whole has no differences at all, since how much was lost is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from snapgraph.engine.attribution.catalogue import display_name
from snapgraph.model.observations import (
    ObservedSample,
    StatementCounters,
    TableCounters,
    TickGap,
)

__all__ = ["Differences", "StatementWork", "TableWork", "differences", "gap_between"]

GAP_TICKS = 3
"""Two samples further apart than this are no tick: what happened is averaged over too long a time to be called now."""


class StatementWork(NamedTuple):
    """What one statement did within a tick."""

    query_id: int
    toplevel: bool
    calls: int
    execution_ms: float


class TableWork(NamedTuple):
    """How one table was read within a tick."""

    sequential_scans: int
    sequential_rows: int
    index_scans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What happened between two samples.

    Attributes:
        seconds: Between them, by the server's clock.
        statements: Only those that were called.
        tables: Node name -> its scans.
        transactions: Committed and rolled back, without our own.
        rollbacks: Rolled back.
    """

    seconds: float
    statements: tuple[StatementWork, ...]
    tables: Mapping[str, TableWork]
    transactions: int
    rollbacks: int


def gap_between(before: ObservedSample | None, after: ObservedSample, *, tick_seconds: float) -> TickGap | None:
    """Say why two samples have no differences; ``None`` when they have."""
    if before is None:
        return TickGap.FIRST_SAMPLE
    if before.started_at != after.started_at:
        return TickGap.SERVER_RESTARTED
    resets_before = (before.statements_reset_at, before.database.reset_at)
    if resets_before != (after.statements_reset_at, after.database.reset_at):
        return TickGap.STATISTICS_RESET
    seconds = (after.taken_at - before.taken_at).total_seconds()
    if seconds <= 0:
        return TickGap.CLOCK_STOOD
    return TickGap.TOO_LONG if seconds > GAP_TICKS * tick_seconds else None


def differences(before: ObservedSample, after: ObservedSample) -> Differences:
    """Take the differences of two samples between which there is no gap."""
    rollbacks = _growth(before.database.rollbacks, after.database.rollbacks)
    commits = _growth(before.database.commits, after.database.commits)
    return Differences(
        seconds=(after.taken_at - before.taken_at).total_seconds(),
        statements=tuple(_statement_work(before, after)),
        tables=_table_work(before.tables, after.tables),
        transactions=max(0, commits - after.own_transactions) + rollbacks,
        rollbacks=rollbacks,
    )


def _statement_work(before: ObservedSample, after: ObservedSample) -> Iterator[StatementWork]:
    nothing = StatementCounters(calls=0, execution_ms=0.0, since=None)
    for key, now in after.statements.items():
        then = before.statements.get(key, nothing)
        if now.calls == then.calls and now.since == then.since:
            continue
        if now.calls < then.calls or now.since != then.since:
            then = nothing
        yield StatementWork(
            key.query_id, key.toplevel, now.calls - then.calls, max(0.0, now.execution_ms - then.execution_ms)
        )


def _table_work(before: tuple[TableCounters, ...], after: tuple[TableCounters, ...]) -> Mapping[str, TableWork]:
    """Take the scans of every table that stands in both samples; a new one counts from zero."""
    earlier = {(table.schema, table.name): table for table in before}
    work: dict[str, TableWork] = {}
    for table in after:
        then = earlier.get((table.schema, table.name))
        work[display_name(table.schema, table.name)] = TableWork(
            _growth(then.sequential_scans if then else 0, table.sequential_scans),
            _growth(then.sequential_rows if then else 0, table.sequential_rows),
            _growth(then.index_scans if then else 0, table.index_scans),
        )
    return work


def _growth(before: int, after: int) -> int:
    """Give the growth of a counter that may have been reset to zero.

    >>> _growth(5, 8), _growth(8, 3)
    (3, 3)
    """
    return after - before if after >= before else after
