"""From the text of a statement to its shape: which tables it touches, and which joins which.

Weakness: the text is that of the first statement with its query id, and PostgreSQL 18 makes that id from the aliases of
the tables and not from the tables. ``SELECT x.n FROM a x`` and ``SELECT x.n FROM b x`` are one row of
pg_stat_statements there (two up to 17), and both count for the one that came first.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from snapgraph.engine.attribution.relations import relations_of
from snapgraph.engine.attribution.texts import MAX_TEXT_LENGTH, is_own, plain_sql
from snapgraph.engine.attribution.utilities import body_of, utility_shape
from snapgraph.model.observations import StatementKind, StatementShape

__all__ = ["shape_of"]

_KINDS: tuple[tuple[type[exp.Expr], StatementKind], ...] = (
    (exp.Query, StatementKind.SELECT),
    (exp.Values, StatementKind.SELECT),
    (exp.Insert, StatementKind.INSERT),
    (exp.Update, StatementKind.UPDATE),
    (exp.Delete, StatementKind.DELETE),
    (exp.Merge, StatementKind.MERGE),
    (exp.Create, StatementKind.UTILITY),
)
_QUERY_WORDS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "(")
_MAX_WRAPPERS = 3
"""``EXPLAIN ANALYZE CREATE TABLE t AS …``, ``PREPARE … AS EXPLAIN …``: more levels do not occur."""


def shape_of(text: str) -> StatementShape:
    """Find out what a statement, as pg_stat_statements keeps it, touches.

    Never raises: a text that is not understood, too long or too deep is ``unparsed``, so that it is counted.

    >>> shape_of("SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = $1").joins
    (Join(earlier=TableName(schema=None, name='users'), joined=TableName(schema=None, name='orders')),)
    """
    if is_own(text):
        return StatementShape(kind=StatementKind.SELECT, is_own=True)
    if len(text) > MAX_TEXT_LENGTH:
        return StatementShape(kind=StatementKind.UNPARSED)
    sql = plain_sql(text).rstrip("; \n")
    for _ in range(_MAX_WRAPPERS):
        sql = body_of(sql) or sql
    return _query_shape(sql) if _is_query(sql) else utility_shape(sql) or StatementShape(kind=StatementKind.UNPARSED)


def _is_query(sql: str) -> bool:
    head = sql[:400].upper()
    creates_from_query = head.startswith("CREATE") and ("TABLE" in head or "MATERIALIZED" in head) and " AS" in head
    return head.startswith(_QUERY_WORDS) or creates_from_query


def _query_shape(sql: str) -> StatementShape:
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
        relations = relations_of(tree)
    except (SqlglotError, RecursionError):
        return StatementShape(kind=StatementKind.UNPARSED)
    kind = next((kind for type_, kind in _KINDS if isinstance(tree, type_)), StatementKind.UNPARSED)
    return StatementShape(kind=kind, tables=relations.tables, joins=relations.joins, driving=relations.driving)
