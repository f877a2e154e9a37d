"""The SQL texts of the read path: each stands in a ``.sql`` file beside this module.

The only name that is ever put into a text is the schema of the extension, as a quoted identifier.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import LiteralString

from psycopg import sql

__all__ = ["query", "query_in"]


@cache
def query(name: str) -> LiteralString:
    """Read the text ``<name>.sql`` without its comments.

    Args:
        name: One of our own file names, never input.
    """
    lines = files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


@cache
def query_in(schema: str, name: str) -> sql.Composed:
    """Read the text ``<name>.sql`` with ``{schema}`` replaced by the schema of pg_stat_statements."""
    return sql.SQL(query(name)).format(schema=sql.Identifier(schema))
