"""Each query of a tick, and the values that its rows make."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import psycopg

from snapgraph.adapters.observed.queries import query, query_in
from snapgraph.model.observations import (
    DatabaseCounters,
    StatementCounters,
    StatementKey,
    TableCounters,
    TableName,
)

__all__ = [
    "Facts",
    "Moment",
    "ViewEdition",
    "read_facts",
    "read_moment",
    "read_sizes",
    "read_statements",
    "read_tables",
    "read_texts",
    "read_view_editions",
    "read_view_texts",
    "version_number",
]

LONGEST_TEXT = 20_000
"""Characters of a statement that are read, and one more: longer ones are not parsed anyway."""

_SINCE_VERSION = (1, 11)
"""Of the extension (PostgreSQL 17): from here on it says since when an entry counts."""

_Connection = psycopg.Connection


class Facts(NamedTuple):
    """What decides how to read; ``schema`` and ``version`` are those of the extension, ``None`` when it is missing."""

    database: str
    username: str
    reads_all: bool
    schema: str | None
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The server's clock and what holds for the whole sample."""

    taken_at: datetime
    started_at: datetime
    statements_reset_at: datetime | None
    evictions: int
    database: DatabaseCounters


class ViewEdition(NamedTuple):
    """A view, and a mark that changes with its definition."""

    id: int
    schema: str
    name: str
    edition: str


def read_facts(connection: _Connection) -> Facts:
    """Read whether, and how, this database can be observed."""
    row = connection.execute(query("facts")).fetchone()
    return Facts(*row) if row else Facts("", "", reads_all=False, schema=None, version=None)


def read_moment(connection: _Connection, schema: str) -> Moment:
    """Read the clock and the counters of the database."""
    row = connection.execute(query_in(schema, "moment")).fetchone()
    if row is None:
        raise psycopg.OperationalError("pg_stat_database has no row of this database")
    taken_at, started_at, statements_reset_at, evictions, *counters = row
    name, commits, rollbacks, deadlocks, reset_at = counters
    return Moment(
        taken_at=taken_at,
        started_at=started_at,
        statements_reset_at=statements_reset_at,
        evictions=evictions,
        database=DatabaseCounters(
            name=name, commits=commits, rollbacks=rollbacks, deadlocks=deadlocks, reset_at=reset_at
        ),
    )


def read_statements(connection: _Connection, schema: str, version: str) -> dict[StatementKey, StatementCounters]:
    """Read the counters of every statement of this database."""
    name = "statements" if version_number(version) >= _SINCE_VERSION else "statements_before_17"
    rows = connection.execute(query_in(schema, name), binary=True).fetchall()
    return {StatementKey(*row[:4]): StatementCounters(*row[4:]) for row in rows}


def read_texts(connection: _Connection, schema: str, query_ids: Collection[int]) -> dict[int, str]:
    """Read the texts of some statements; one whose text the server has lost is left out."""
    if not query_ids:
        return {}
    parameters = {"longest": LONGEST_TEXT, "query_ids": list(query_ids)}
    return dict(connection.execute(query_in(schema, "texts"), parameters).fetchall())


def read_tables(connection: _Connection, sizes: Mapping[int, int]) -> tuple[TableCounters, ...]:
    """Read the counters of every table, with the definitions of its indexes.

    Args:
        connection: To the observed database.
        sizes: Id of a table -> bytes, as last read by :func:`read_sizes`.
    """
    indexes: dict[int, list[str]] = dict(connection.execute(query("indexes")).fetchall())
    return tuple(
        TableCounters(
            schema=schema,
            name=name,
            row_estimate=row_estimate or 0,
            sequential_scans=sequential_scans,
            sequential_rows=sequential_rows,
            index_scans=index_scans,
            size_bytes=sizes.get(id_),
            indexes=tuple(indexes.get(id_, ())),
            partitions=tuple(map(TableName, schemas or (), names or ())),
        )
        for (
            id_,
            schema,
            name,
            row_estimate,
            sequential_scans,
            sequential_rows,
            index_scans,
            schemas,
            names,
        ) in connection.execute(query("tables")).fetchall()
    )


def read_sizes(connection: _Connection) -> dict[int, int]:
    """Read the size of every table that nobody holds exclusively; nothing when a lock comes in between."""
    try:
        return dict(connection.execute(query("sizes")).fetchall())
    except psycopg.errors.LockNotAvailable:
        return {}


def read_view_editions(connection: _Connection) -> tuple[ViewEdition, ...]:
    """Read which views there are."""
    return tuple(ViewEdition(*row) for row in connection.execute(query("views")).fetchall())


def read_view_texts(connection: _Connection, ids: Collection[int]) -> dict[int, str]:
    """Read the definitions of some views; nothing when one of their tables is locked: ask again in the next tick."""
    if not ids:
        return {}
    try:
        rows = connection.execute(query("view_definitions"), {"ids": list(ids)}).fetchall()
    except psycopg.errors.LockNotAvailable:
        return {}
    return {id_: definition for id_, definition in rows if definition is not None}


def version_number(version: str) -> tuple[int, ...]:
    """Read the version of an extension.

    >>> version_number("1.10") < version_number("1.11")
    True
    """
    return tuple(int(part) for part in version.split(".") if part.isdigit())
