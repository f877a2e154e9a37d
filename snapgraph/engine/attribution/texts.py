"""Make the texts of pg_stat_statements fit for a parser.

What stands there is not quite SQL: constants are ``$1``, which sqlglot takes for the tag of a dollar quote in
``VALUES ($1,$2)``, and before PostgreSQL 18 a list of 1,000 values is 1,000 placeholders. Literals, quoted names and
dollar quotes are left alone.
"""

from __future__ import annotations

import re

__all__ = ["MAX_TEXT_LENGTH", "OWN_MARK", "is_own", "plain_sql"]

OWN_MARK = "/* snapgraph:observe */"
"""Stands behind the first word of each of our own statements. pg_stat_statements keeps comments inside a statement in
the text (checked on 15 and 18; 18 strips those in front), so that our own work is told apart from that of others even
when they log in as the same user."""

MAX_TEXT_LENGTH = 20_000
"""Longer texts count as unparsed: sqlglot takes 0.5 ms for 300 characters, and time grows with the length."""

_LEXEMES = re.compile(
    r"""
      (?P<keep> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*'         # strings
              | "(?:[^"]|"")*"                                    # quoted names
              | \$(?P<tag>(?:[^\W\d]\w*)?)\$ .*? \$(?P=tag)\$ )   # dollar quotes
    | (?P<comment> --[^\n]* | /\*(?:[^/*]|\*(?!/)|/(?!\*)|/\*(?:[^*]|\*(?!/))*\*/)*\*/ )   # one level of nesting
    | (?<![\w$])\$(?P<number>\d+)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACEHOLDER = r":p\d+"
_LIST = re.compile(rf"({_PLACEHOLDER})(?:\s*,\s*{_PLACEHOLDER}){{3,}}")
_ROWS = re.compile(rf"(\(\s*{_PLACEHOLDER}\s*\))(?:\s*,\s*\(\s*{_PLACEHOLDER}\s*\))+")
_UNKNOWN_TO_SQLGLOT = (
    (re.compile(r"\bOVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\b", re.IGNORECASE), " "),
    (re.compile(r"\bCURRENT\s+OF\s+\w+", re.IGNORECASE), "TRUE"),
)


def is_own(text: str) -> bool:
    """Say whether a statement is one of snapgraph's own.

    >>> is_own("SELECT /* snapgraph:observe */ userid FROM public.pg_stat_statements($1)")
    True
    """
    return OWN_MARK in text


def plain_sql(text: str) -> str:
    """Rewrite placeholders as ``:p1``, drop comments, and shorten long lists of placeholders.

    >>> plain_sql("SELECT a FROM t WHERE b = $1 AND c IN ($2 /*, ... */) AND d = '$3'").split()[5:]
    ['b', '=', ':p1', 'AND', 'c', 'IN', '(', ':p2', ')', 'AND', 'd', '=', "'$3'"]
    """
    kept: list[str] = []

    def rewrite(match: re.Match[str]) -> str:
        if match["number"]:
            return f" :p{match['number']} "  # the spaces keep a[$1:$2] from becoming a[:p1::p2], a cast
        if match["comment"]:
            return " "
        kept.append(match["keep"])
        return f"\0{len(kept) - 1}\0"  # Postgres has no NUL in a text

    sql = _LEXEMES.sub(rewrite, text)
    for pattern, replacement in _UNKNOWN_TO_SQLGLOT:
        sql = pattern.sub(replacement, sql)
    sql = _ROWS.sub(r"\1", _LIST.sub(r"\1", sql))
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], sql).strip()
