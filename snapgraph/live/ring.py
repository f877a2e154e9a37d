"""The last ticks of one live graph, which every cursor points into: one ring for all clients, bounded by bytes."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from snapgraph.live.moments import Moment
from snapgraph.model.columns import Column, GraphColumns

__all__ = ["MAX_TICKS", "RING_BYTES", "Ring", "size_of"]

RING_BYTES = 64 * 1024 * 1024
"""Of columns; a graph of 1,000 edges has about 60 kB a tick, so that ten minutes fit."""
MAX_TICKS = 600
"""Ten minutes at one tick a second; whoever was away longer is better served by a state."""
_ALWAYS = 2
"""The newest ones, between which every delta of a reader that keeps up lies."""


class Ring:
    """Ticks with rising numbers; the oldest go when there are too many bytes, the newest two always stay."""

    def __init__(self, *, most_bytes: int = RING_BYTES, most_ticks: int = MAX_TICKS) -> None:
        self._most_bytes = most_bytes
        self._most_ticks = most_ticks
        self._ticks: deque[tuple[Moment, int]] = deque()
        self._by_seq: dict[int, Moment] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._ticks)

    @property
    def newest(self) -> Moment | None:
        """The last tick, or ``None`` before the first."""
        return self._ticks[-1][0] if self._ticks else None

    def put(self, moment: Moment) -> bool:
        """Take a tick in.

        Returns:
            Whether it is new; one that does not rise is left out.
        """
        before = self.newest
        if before is not None and moment.tick.seq <= before.tick.seq:
            return False
        size = size_of(moment.tick.columns, None if before is None else before.tick.columns)
        self._ticks.append((moment, size))
        if len(self._ticks) > _ALWAYS:
            self._ticks[-_ALWAYS - 1][0].forget()
        self._by_seq[moment.tick.seq] = moment
        self._bytes += size
        while len(self._ticks) > _ALWAYS and (len(self._ticks) > self._most_ticks or self._bytes > self._most_bytes):
            old, freed = self._ticks.popleft()
            del self._by_seq[old.tick.seq]
            self._bytes -= freed
        return True

    def emptied(self) -> Ring:
        """Make one of the same bounds with nothing in it."""
        return Ring(most_bytes=self._most_bytes, most_ticks=self._most_ticks)

    def at(self, seq: int) -> Moment | None:
        """Find a tick by its number; ``None`` when it is too old or never was."""
        return self._by_seq.get(seq)


def size_of(columns: GraphColumns, before: GraphColumns | None) -> int:
    """Count the bytes of a tick that the tick before it does not share."""
    shared = set() if before is None else {id(array) for array in _arrays(before)}
    return sum(array.nbytes for array in _arrays(columns) if id(array) not in shared)


def _arrays(columns: GraphColumns) -> list[NDArray[np.generic]]:
    nodes, edges = columns.nodes, columns.edges
    every: list[Column] = [*nodes.columns.values(), *edges.columns.values()]
    arrays: list[NDArray[np.generic]] = [
        nodes.keys,
        edges.sources,
        edges.targets,
        edges.type_codes,
        *(column.values for column in every),
        *(column.present for column in every if column.present is not None),
    ]
    return arrays
