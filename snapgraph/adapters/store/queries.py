"""The statements of ``sql/queries.sql``, by name."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import LiteralString, cast

__all__ = ["QUERIES", "parse"]

_QUERY = re.compile(r"^-- (\w+): [^\n]*\n(.*?)(?=^-- |\Z)", re.MULTILINE | re.DOTALL)


def parse(text: str) -> dict[str, LiteralString]:
    """Split a file of statements; comments between them are left out.

    >>> parse('''-- one: The number one.
    ... SELECT 1''')
    {'one': 'SELECT 1'}
    """
    # the file is part of the package, as literal as this one
    return {name: cast("LiteralString", statement.strip()) for name, statement in _QUERY.findall(text)}


QUERIES = parse(files("snapgraph.adapters.store").joinpath("sql/queries.sql").read_text("utf-8"))
