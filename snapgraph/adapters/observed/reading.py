"""The counters of a tick: each query, and the values that its rows make."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import psycopg

from snapgraph.adapters.observed.session import Session
from snapgraph.model.observations import DatabaseCounters, StatementCounters, StatementKey

__all__ = ["Moment", "read_moment", "read_statements", "read_texts"]

LONGEST_TEXT = 20_000
"""Characters of a statement that are read, and one more: longer ones are not parsed anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The server's clock and what holds for the whole sample."""

    taken_at: datetime
    started_at: datetime
    statements_reset_at: datetime | None
    evictions: int
    database: DatabaseCounters


def read_moment(session: Session) -> Moment:
    """Read the clock and the counters of the database."""
    rows = session.ask("moment")
    if not rows:
        raise psycopg.OperationalError("pg_stat_database has no row of this database")
    taken_at, started_at, statements_reset_at, evictions, name, commits, rollbacks, deadlocks, reset_at = rows[0]
    return Moment(
        taken_at=taken_at,
        started_at=started_at,
        statements_reset_at=statements_reset_at,
        evictions=evictions,
        database=DatabaseCounters(
            name=name, commits=commits, rollbacks=rollbacks, deadlocks=deadlocks, reset_at=reset_at
        ),
    )


def read_statements(session: Session) -> dict[StatementKey, StatementCounters]:
    """Read the counters of every statement of this database."""
    name = "statements" if session.facts.says_since() else "statements_before_17"
    rows = session.ask(name, binary=True)  # half the time of the text format
    return {StatementKey(*row[:4]): StatementCounters(*row[4:]) for row in rows}


def read_texts(session: Session, query_ids: Collection[int]) -> dict[int, str]:
    """Read the texts of some statements; one whose text the server has lost is left out."""
    if not query_ids:
        return {}
    return dict(session.ask("texts", {"longest": LONGEST_TEXT, "query_ids": list(query_ids)}))
