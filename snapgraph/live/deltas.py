"""What a topic has to be told between two ticks: which rows came, changed and went, seen through its filter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.aligning import Matching, align
from snapgraph.engine.diff.fields import Tolerance, difference
from snapgraph.live.filters import Selection
from snapgraph.model.columns import EdgeColumns, GraphColumns, Mask, NodeColumns

__all__ = ["Difference", "Movement", "compare_ticks", "views"]

Rows = NDArray[np.intp]
_EXACT = Tolerance()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Movement:
    """What happened to the nodes, or to the edges.

    Attributes:
        added: Rows of after.
        changed: Rows of after.
        removed: Rows of before.
    """

    added: Rows
    changed: Rows
    removed: Rows

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Difference:
    """Two ticks side by side, before any filter.

    Attributes:
        matching: Which rows are the same element.
        is_changed: For each pair of the matching, whether a property differs that means something.
    """

    matching: Matching
    is_changed: Mask


def compare_ticks(
    before: GraphColumns, after: GraphColumns, *, volatile: Collection[str]
) -> tuple[Difference, Difference]:
    """Put two ticks side by side.

    Args:
        before: The earlier one.
        after: The later one.
        volatile: Properties that change all the time and mean nothing by it.

    Returns:
        The nodes and the edges.
    """
    alignment = align(before, after)
    return (
        _differing(before.nodes, after.nodes, alignment.nodes, volatile),
        _differing(before.edges, after.edges, alignment.edges, volatile),
    )


def _seen(found: Difference, was: Mask, is_: Mask) -> Movement:
    """Look at a difference through a filter: what comes into sight is added, what leaves it is removed.

    Args:
        found: All nodes, or all edges.
        was: Which rows of before were shown.
        is_: Which rows of after are shown.
    """
    matching = found.matching
    before, after = was[matching.before], is_[matching.after]
    came, lost = matching.added[is_[matching.added]], matching.removed[was[matching.removed]]
    return Movement(
        added=np.sort(np.concatenate([came, matching.after[after & ~before]])),
        changed=np.sort(matching.after[before & after & found.is_changed]),
        removed=np.sort(np.concatenate([lost, matching.before[before & ~after]])),
    )


def views(found: tuple[Difference, Difference], was: Selection, is_: Selection) -> tuple[Movement, Movement]:
    """Look at nodes and edges through a filter."""
    return _seen(found[0], was.nodes, is_.nodes), _seen(found[1], was.edges, is_.edges)


def _differing(
    before: NodeColumns | EdgeColumns,
    after: NodeColumns | EdgeColumns,
    matching: Matching,
    volatile: Collection[str],
) -> Difference:
    changed = np.zeros(len(matching.before), dtype=np.bool_)
    for name in {*before.columns, *after.columns} - set(volatile):
        one, other = before.columns.get(name), after.columns.get(name)
        if one is not other:
            changed[difference(one, other, matching.before, matching.after, _EXACT).places] = True
    return Difference(matching=matching, is_changed=changed)
