"""Numbers, shares, counts and names as a sentence writes them."""

from __future__ import annotations

from collections.abc import Sequence

from snapgraph.model.keys import split_edge_key, split_node_key

__all__ = ["edge_name", "listed", "node_name", "percent", "plural", "two_numbers", "was"]

_DIGITS = 3
_MOST_DIGITS = 17
"""With so many significant digits two different floats have different texts."""


def two_numbers(before: float, after: float) -> tuple[str, str]:
    """Write two different numbers with three digits, or as many more as it takes to see the difference.

    >>> two_numbers(4.1, 212.04), two_numbers(211.9, 212.1), two_numbers(0, 15420)
    (('4.1', '212'), ('211.9', '212.1'), ('0', '15,400'))
    """
    for digits in range(_DIGITS, _MOST_DIGITS):
        texts = _rounded(before, digits), _rounded(after, digits)
        if texts[0] != texts[1]:
            return texts
    return _rounded(before, _MOST_DIGITS), _rounded(after, _MOST_DIGITS)


def percent(share: float) -> str:
    """Write a share as a signed percentage.

    >>> percent(50.7073), percent(-0.4)
    ('+5,070 %', '-40 %')
    """
    return f"{'+' if share > 0 else '-'}{_rounded(abs(share) * 100, _DIGITS)} %"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "edge"), plural(2000, "edge")
    ('1 edge', '2,000 edges')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


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


def _rounded(number: float, digits: int) -> str:
    """Round to significant digits, without an exponent for what people read as a number."""
    rounded = float(f"{number:.{digits}g}")
    return f"{rounded:,.0f}" if rounded.is_integer() and abs(rounded) < 1e15 else f"{rounded:,.{digits}g}"  # noqa: PLR2004
