"""The Cypher texts of the read path: each stands in a ``.cypher`` file beside this module.

Values are always parameters. The only names that ever stand in a text are relationship types in the count query, and
only those that match :data:`snapgraph.model.live_graphs.NAME_PATTERN`, in backticks: the set of texts is finite.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from snapgraph.model.live_graphs import NAME_PATTERN

__all__ = ["count_by_type", "is_countable", "query"]


@cache
def query(name: str) -> str:
    """Read the text ``<name>.cypher`` without its comments.

    Args:
        name: One of our own file names, never input.
    """
    lines = files(__package__).joinpath(f"{name}.cypher").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))


def is_countable(type_: str) -> bool:
    """Say whether a relationship type may stand as a name in the count query."""
    return NAME_PATTERN.fullmatch(type_) is not None


def count_by_type(types: Sequence[str]) -> str:
    """Compose the count query: one branch per type, each answered from the count store.

    Args:
        types: Relationship types of the strict pattern, at least one.

    Raises:
        ValueError: A type is outside the pattern; callers sort these out by :func:`is_countable`.
    """
    if not all(is_countable(type_) for type_ in types):
        raise ValueError("only names of the strict pattern may stand in a Cypher text")
    branch = query("count_of_type")
    return "\nUNION ALL\n".join(branch.replace("RELATIONSHIP_TYPE", type_) for type_ in types)
