"""What is seen of an observed Postgres at one moment, and what one tick writes to the live graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

__all__ = [
    "DatabaseCounters",
    "EdgeWrite",
    "GraphTick",
    "Join",
    "NodeReference",
    "NodeWrite",
    "ObservedSample",
    "StatementCounters",
    "StatementKey",
    "StatementKind",
    "StatementShape",
    "TableCounters",
    "TableName",
    "TickGap",
    "ViewDefinition",
]


class StatementKind(StrEnum):
    """What a statement does, as far as counting goes."""

    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    MERGE = "merge"
    COPY = "copy"
    UTILITY = "utility"
    """VACUUM, LOCK, DDL, CALL, FETCH …: work, often on a table."""
    SESSION = "session"
    """BEGIN, COMMIT, SET, SHOW, PREPARE …: no query at all; left out of ``queries_per_sec``."""
    UNPARSED = "unparsed"
    """The text is not understood, or too long."""


class TickGap(StrEnum):
    """Why a sample has no differences from the one before it."""

    FIRST_SAMPLE = "first_sample"
    STATISTICS_RESET = "statistics_reset"
    SERVER_RESTARTED = "server_restarted"
    TOO_LONG = "too_long"
    CLOCK_STOOD = "clock_stood"


class TableName(NamedTuple):
    """A table as a statement names it; ``schema`` is ``None`` when it does not say."""

    schema: str | None
    name: str


class Join(NamedTuple):
    """One join: the table that the join's condition names (else the driving one), and the table joined to it."""

    earlier: TableName
    joined: TableName


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementShape:
    """Which tables a statement touches and how it joins them.

    Attributes:
        kind: What it does.
        tables: Every table named, once, in the order of appearance; views stand as they are named.
        joins: Every join, repeated when the statement repeats it; a self-join joins a table to itself.
        driving: The first table in FROM, or the one that is written.
        is_own: It is one of snapgraph's own statements.
    """

    kind: StatementKind
    tables: tuple[TableName, ...] = ()
    joins: tuple[Join, ...] = ()
    driving: TableName | None = None
    is_own: bool = False


class StatementKey(NamedTuple):
    """One row of pg_stat_statements within the observed database."""

    user_id: int
    database_id: int
    query_id: int
    toplevel: bool


class StatementCounters(NamedTuple):
    """Counters of one statement since its entry was made.

    Attributes:
        calls: Times executed.
        execution_ms: Total time of execution, without planning.
        since: Unix seconds at which the entry was made (PostgreSQL 17 on), else ``None``.
    """

    calls: int
    execution_ms: float
    since: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCounters:
    """Counters of the observed database since ``reset_at``."""

    name: str
    commits: int
    rollbacks: int
    deadlocks: int
    reset_at: datetime | None


class TableCounters(NamedTuple):
    """One table, materialized view, or partitioned table with the counters of its partitions added up.

    Attributes:
        schema: Its schema.
        name: Its name in the schema.
        row_estimate: Live rows as the server estimates them.
        sequential_scans: Since the statistics were reset.
        sequential_rows: Rows that those read.
        index_scans: Since the statistics were reset.
        size_bytes: With its indexes and TOAST; ``None`` until it could be read (a locked table is not waited for).
        indexes: Definitions (``CREATE INDEX …``) in the order of their names; ``None`` until they could be read.
        partitions: Names of its partitions.
    """

    schema: str
    name: str
    row_estimate: int
    sequential_scans: int
    sequential_rows: int
    index_scans: int
    size_bytes: int | None = None
    indexes: tuple[str, ...] | None = ()
    partitions: tuple[TableName, ...] = ()


class ViewDefinition(NamedTuple):
    """A view, and the SELECT that stands for it; the text is empty until it could be read."""

    schema: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedSample:
    """Everything read from an observed Postgres in one tick.

    Attributes:
        taken_at: The server's clock; aware.
        started_at: When the server was started; aware.
        statements_reset_at: When pg_stat_statements was reset as a whole; aware.
        evictions: How often pg_stat_statements dropped its least used entries.
        database: Counters of the database.
        statements: Counters of every statement of this database.
        texts: Query id -> text, for the query ids that the caller did not know yet.
        tables: All user tables; partitions stand within their partitioned table.
        views: All user views.
        own_transactions: Transactions that reading cost since the last sample: they are in ``database`` too.
    """

    taken_at: datetime
    started_at: datetime
    statements_reset_at: datetime | None
    evictions: int
    database: DatabaseCounters
    statements: Mapping[StatementKey, StatementCounters]
    texts: Mapping[int, str]
    tables: tuple[TableCounters, ...]
    views: tuple[ViewDefinition, ...] = ()
    own_transactions: int = 0


class NodeReference(NamedTuple):
    """Which node: its label and its name."""

    label: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWrite:
    """A node to be made or changed; a property that is ``None`` is removed."""

    node: NodeReference
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeWrite:
    """A relationship to be made or changed; without properties, one to be deleted."""

    source: NodeReference
    target: NodeReference
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphTick:
    """What one tick writes to the live graph, in one transaction.

    Attributes:
        taken_at: Time of the tick by snapgraph's clock; aware.
        database: Name of the observed database; its tables are the nodes with this ``database``.
        nodes: The Database node and every Table node that there is: others of this database are deleted.
        edges: Relationship type -> relationships.
        forgotten: Relationship type -> relationships to delete, since there were no calls for 24 hours.
        sweep_before: Also delete relationships of this database that nobody wrote since then (unix seconds): leftovers
            of an earlier run. ``None``: not in this tick.
        gap: Why there are no differences; ``None`` when there are.
    """

    taken_at: datetime
    database: str
    nodes: tuple[NodeWrite, ...]
    edges: Mapping[str, tuple[EdgeWrite, ...]] = field(default_factory=dict)
    forgotten: Mapping[str, tuple[EdgeWrite, ...]] = field(default_factory=dict)
    sweep_before: float | None = None
    gap: TickGap | None = None
