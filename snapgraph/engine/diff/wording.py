"""Pairs of numbers, counts and names as a sentence writes them."""

from __future__ import annotations

from collections.abc import Sequence

from snapgraph.model.keys import split_edge_key, split_node_key
from snapgraph.model.numbers import count as counted
from snapgraph.model.numbers import number, quantity, scaled

__all__ = ["edge_name", "listed", "node_name", "plural", "two_quantities", "was"]

_DIGITS = 3
_MOST_DIGITS = 17
"""With so many significant digits two different floats have different texts."""


def two_quantities(before: float, after: float, unit: str) -> tuple[str, str]:
    """Write two different numbers with three digits, or as many more as it takes to see the difference.

    A unit that both share stands at the second.

    >>> two_quantities(4.1, 212.04, "ms"), two_quantities(211.9, 212.1, ""), two_quantities(4.1, 12030, "ms")
    (('4.1', '212\u202fms'), ('211.9', '212.1'), ('4.1\u202fms', '12\u202fs'))
    """
    (first, first_unit), (second, second_unit) = scaled(before, unit), scaled(after, unit)
    if first_unit != second_unit:
        return quantity(before, unit), quantity(after, unit)
    for digits in range(_DIGITS, _MOST_DIGITS + 1):
        texts = number(first, digits), number(second, digits)
        if texts[0] != texts[1]:
            break
    return texts[0], f"{texts[1]}\u202f{second_unit}" if second_unit else texts[1]


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "edge"), plural(2000, "edge")
    ('1 edge', '2\u202f000 edges')
    """
    return f"{counted(count)} {noun}{'' if count == 1 else 's'}"


def was(count: int) -> str:
    """Give the verb that goes with a count."""
    return "was" if count == 1 else "were"


def listed(names: Sequence[str]) -> str:
    """Join names.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def node_name(key: str) -> str:
    """Give the name of a node.

    >>> node_name("users:Table")
    'users'
    """
    return split_node_key(key)[0]


def edge_name(key: str) -> str:
    """Give the ends of an edge, or the one node of a loop, and the discriminator of a parallel edge.

    >>> edge_name("users:Table|AVG_LATENCY_MS|orders:Table"), edge_name("users:Table|CALLS|users:Table|hash")
    ('users→orders', 'users [hash]')
    """
    source, _, target, discriminator = split_edge_key(key)
    name = node_name(source) if source == target else f"{node_name(source)}→{node_name(target)}"
    return f"{name} [{discriminator}]" if discriminator else name
