"""What differs between two ticks, worked out once for all topics of a live graph."""

from __future__ import annotations

from snapgraph.live.deltas import Difference, compare_ticks
from snapgraph.live.moments import Moment

__all__ = ["Differences"]

_KEPT = 4
"""Pairs that end at the newest tick: that of all who keep up, and those of the last few who do not."""


class Differences:
    """Compares moments; keeps what it found for the newest of them."""

    def __init__(self) -> None:
        self._after: Moment | None = None
        self._found: dict[int, tuple[Difference, Difference]] = {}

    def __call__(self, before: Moment, after: Moment) -> tuple[Difference, Difference]:
        """Give what differs in nodes and in edges."""
        if self._after is not after:
            self._after, self._found = after, {}
        seq = before.tick.seq
        if seq not in self._found:
            while len(self._found) >= _KEPT:
                del self._found[next(iter(self._found))]
            columns = before.tick.columns, after.tick.columns
            self._found[seq] = compare_ticks(*columns, volatile=after.definition.volatile)
        return self._found[seq]
