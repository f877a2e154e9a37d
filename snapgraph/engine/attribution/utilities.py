"""Statements that are no queries: which table they work on, if any.

sqlglot gives most of them back unparsed, so the few forms that name a table are read by pattern.
"""

from __future__ import annotations

import re

from snapgraph.model.observations import StatementKind, StatementShape, TableName

__all__ = ["body_of", "utility_shape"]

_PART = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART}){{0,2}}"
_ITEM = rf"(?:ONLY\s+)?{_NAME}(?:\s*\*)?(?:\s*\([^()]*\))?"
_NAMES = rf"(?P<names>{_ITEM}(?:\s*,\s*{_ITEM})*)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)


_ON_TABLES = tuple(
    _pattern(prefix + _NAMES)
    for prefix in (
        r"(?:VACUUM|ANALYZE|ANALYSE|CLUSTER)\b\s*(?:\([^()]*\))?\s*(?:(?:FULL|FREEZE|VERBOSE|ANALYZE|ANALYSE)\b\s*)*",
        r"TRUNCATE\b\s*(?:TABLE\b)?\s*",
        r"LOCK\b\s*(?:TABLE\b)?\s*",
        r"ALTER\s+(?:TABLE|MATERIALIZED\s+VIEW)\s+(?:IF\s+EXISTS\s+)?",
        r"DROP\s+(?:TABLE|MATERIALIZED\s+VIEW)\s+(?:IF\s+EXISTS\s+)?",
        r"REFRESH\s+MATERIALIZED\s+VIEW\s+(?:CONCURRENTLY\s+)?",
        r"REINDEX\b\s*(?:\([^()]*\))?\s*TABLE\s+(?:CONCURRENTLY\s+)?",
        r"CREATE\s+(?:UNIQUE\s+)?INDEX\b.*?\bON\s+(?=(?:ONLY\s+)?(?P<one>" + _NAME + r"))",
        r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\b.*?\bON\s+(?=(?P<one>" + _NAME + r"))",
        r"COMMENT\s+ON\s+TABLE\s+",
    )
)
_COPY = _pattern(r"COPY\s+(?:BINARY\s+)?(?P<names>" + _NAME + r")\s*(?:\([^()]*\))?\s*(?:FROM|TO)\b")
_COPY_QUERY = _pattern(r"COPY\s*\((?P<body>.*)\)\s*TO\b.*")
_EXPLAIN = _pattern(
    r"EXPLAIN\s+(?:\((?P<options>[^()]*)\)\s*)?(?P<words>(?:(?:ANALYZE|ANALYSE|VERBOSE)\b\s*)*)(?P<body>.*)"
)
_PREPARED = _pattern(r"PREPARE\s+" + _PART + r"\s*(?:\([^()]*\))?\s*AS\s+(?P<body>.*)")
_CURSOR = _pattern(r"DECLARE\s+" + _PART + r"\s.*?\bCURSOR\b.*?\bFOR\s+(?P<body>.*)")
_RUNS = re.compile(r"\bANALY[SZ]E\b(?!\s*(?:FALSE|OFF|0))", re.IGNORECASE)

_SESSION = frozenset(
    [
        "BEGIN",
        "START",
        "COMMIT",
        "END",
        "ROLLBACK",
        "ABORT",
        "SAVEPOINT",
        "RELEASE",
        "SET",
        "RESET",
        "SHOW",
        "DISCARD",
        "PREPARE",
        "DEALLOCATE",
        "EXPLAIN",
        "DECLARE",
        "CLOSE",
        "LISTEN",
        "UNLISTEN",
        "NOTIFY",
        "LOAD",
        "CHECKPOINT",
    ]
)
_WORK = frozenset(
    [
        "VACUUM",
        "ANALYZE",
        "ANALYSE",
        "CLUSTER",
        "TRUNCATE",
        "LOCK",
        "ALTER",
        "DROP",
        "REFRESH",
        "REINDEX",
        "CREATE",
        "COMMENT",
        "CALL",
        "DO",
        "EXECUTE",
        "FETCH",
        "MOVE",
        "GRANT",
        "REVOKE",
        "REASSIGN",
        "SECURITY",
        "IMPORT",
    ]
)


def body_of(sql: str) -> str | None:
    """Give the statement that another one wraps and runs; ``None`` when it wraps none.

    >>> body_of("EXPLAIN (ANALYZE, BUFFERS) SELECT 1 FROM users")
    'SELECT 1 FROM users'
    >>> body_of("EXPLAIN SELECT 1 FROM users") is None
    True
    """
    if explain := _EXPLAIN.fullmatch(sql):
        runs = _RUNS.search(explain["options"] or "") or explain["words"].strip().upper().startswith("ANALY")
        return explain["body"] if runs else None
    wrapper = _PREPARED.fullmatch(sql) or _CURSOR.fullmatch(sql) or _COPY_QUERY.fullmatch(sql)
    return wrapper["body"] if wrapper else None


def utility_shape(sql: str) -> StatementShape | None:
    """Describe a statement that is no query; ``None`` when its first word is none that is known here."""
    words = sql.split(None, 1)
    word = words[0].rstrip(";").upper() if words else ""
    if word in _SESSION:
        return StatementShape(kind=StatementKind.SESSION)
    if copy := _COPY.match(sql):
        return StatementShape(kind=StatementKind.COPY, tables=_tables(copy["names"]))
    if word not in _WORK:
        return None
    for pattern in _ON_TABLES:
        if match := pattern.match(sql):
            named = match.groupdict().get("one") or match["names"]
            return StatementShape(kind=StatementKind.UTILITY, tables=_tables(named))
    return StatementShape(kind=StatementKind.UTILITY)


def _tables(names: str) -> tuple[TableName, ...]:
    """Split a list of table names, each perhaps with ONLY, ``*`` or a list of columns."""
    listed = re.sub(r"\([^()]*\)", "", names)
    found = re.finditer(rf"(?:ONLY\s+)?(?P<name>{_NAME})\s*\*?\s*(?:,|$|\s)", listed, re.IGNORECASE)
    return tuple(dict.fromkeys(_table(match["name"]) for match in found))


def _table(name: str) -> TableName:
    parts = [_unquoted(part) for part in re.findall(_PART, name)]
    return TableName(parts[-2] if len(parts) > 1 else None, parts[-1])


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
