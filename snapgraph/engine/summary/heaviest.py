"""The heaviest paths of an acyclic graph, however many paths there are."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.summary.acyclic import WeightedEdges

__all__ = ["heaviest_paths"]

Way = tuple[int, int, int]
"""A way on from a vertex: its weight, negative; the next vertex; the place of the way that goes on among that one's."""


def heaviest_paths(edges: WeightedEdges, *, most: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Walk the heaviest maximal paths, heaviest first, ties in order of their vertices.

    The heaviest way on is found for every vertex; second and later ways only along the paths that are given
    (Jiménez and Marzal, 1999). So the time is that of one longest path, and a little for each path that is walked.

    Args:
        edges: Without cycles.
        most: How many paths to give.

    Yields:
        The vertices of a path, and its weight.
    """
    ways = _Ways(edges)
    heap = [(ways.of(begin, 0)[0], begin, 0) for begin in ways.best_begins(most)]
    heapq.heapify(heap)
    for _ in range(most):
        if not heap:
            return
        negative, begin, rank = heapq.heappop(heap)
        yield ways.walk(begin, rank), -negative
        if ways.has(begin, rank + 1):
            heapq.heappush(heap, (ways.of(begin, rank + 1)[0], begin, rank + 1))


class _Ways:
    """The ways on from every vertex, best first; those after the best are found when they are asked for.

    Among ways of one weight, those to a smaller vertex come first, and those through one vertex stand in its own order.
    """

    def __init__(self, edges: WeightedEdges) -> None:
        self._edges = edges
        self._ends = _ends(edges.sources, edges.count)
        self._weights, self._targets = _best_ways(edges)
        self._known: dict[int, list[Way]] = {}
        self._waiting: dict[int, list[Way]] = {}

    def best_begins(self, most: int) -> list[int]:
        """Give the vertices that no edge enters and the heaviest ways begin at: a path is among the first of these."""
        entered = np.zeros(self._edges.count, np.bool_)
        entered[self._edges.targets] = True
        begins = np.unique(self._edges.sources[~entered[self._edges.sources]])
        weights = np.array(self._weights, dtype=np.int64)[begins]
        chosen: list[int] = begins[np.argsort(-weights, kind="stable")[:most]].tolist()
        return chosen

    def _found(self, vertex: int) -> list[Way]:
        """Give the ways of a vertex that are known so far: at least the best."""
        found = self._known.get(vertex)
        if found is None:
            found = self._known[vertex] = [(-self._weights[vertex], self._targets[vertex], 0)]
        return found

    def _leads_on(self, vertex: int) -> bool:
        return self._targets[vertex] != vertex

    def _outgoing(self, vertex: int) -> dict[int, int]:
        """Give the edges of a vertex, as target -> weight."""
        rows = slice(self._ends[vertex], self._ends[vertex + 1])
        return dict(zip(self._edges.targets[rows].tolist(), self._edges.weights[rows].tolist(), strict=True))

    def of(self, vertex: int, rank: int) -> Way:
        """Give a way that is known to be there."""
        return self._found(vertex)[rank]

    def walk(self, vertex: int, rank: int) -> tuple[int, ...]:
        """Follow a way to its end."""
        path = [vertex]
        while self._leads_on(vertex):
            _, vertex, rank = self._found(vertex)[rank]
            path.append(vertex)
        return tuple(path)

    def has(self, vertex: int, rank: int) -> bool:
        """Say whether there is a way of that rank, and find it; all before it must be known.

        The next way goes on from where the last one went: that may need the next way there, and so on to the end. What
        is needed is noted on the way down and found on the way back up.
        """
        needed: list[int] = []
        place, wanted = vertex, rank
        while self._leads_on(place) and len(self._found(place)) <= wanted:
            needed.append(place)
            _, place, last = self._found(place)[-1]
            wanted = last + 1
        for waiting in reversed(needed):
            self._find_next(waiting)
        return len(self._found(vertex)) > rank

    def _find_next(self, vertex: int) -> None:
        """Find the next way of a vertex, if there is one; the one that its last way needs must be known."""
        found, weights = self._found, self._outgoing(vertex)
        _, target, rank = found(vertex)[-1]
        if vertex not in self._waiting:
            ways = [(found(other)[0][0] - weight, other, 0) for other, weight in weights.items() if other != target]
            heapq.heapify(ways)
            self._waiting[vertex] = ways
        waiting = self._waiting[vertex]
        if len(found(target)) > rank + 1:
            heapq.heappush(waiting, (found(target)[rank + 1][0] - weights[target], target, rank + 1))
        if waiting:
            found(vertex).append(heapq.heappop(waiting))


def _best_ways(edges: WeightedEdges) -> tuple[list[int], list[int]]:
    """Find the heaviest way on from every vertex: its weight, and where it goes first (to itself where it ends).

    A vertex is done when all that it leads to is done; then it tells those that lead to it. One walk over plain lists:
    6 ms for 10,000 vertices, where lists of pairs per vertex took 25.
    """
    order = np.argsort(edges.targets, kind="stable")
    sources, weights = edges.sources[order].tolist(), edges.weights[order].tolist()
    ends = _ends(edges.targets[order], edges.count)
    degrees = np.bincount(edges.sources, minlength=edges.count)
    waiting = degrees.tolist()
    ready: list[int] = np.flatnonzero(degrees == 0).tolist()
    best, following = [0] * edges.count, list(range(edges.count))
    for vertex in ready:  # grows while it is walked
        weight = best[vertex]
        for place in range(ends[vertex], ends[vertex + 1]):
            source = sources[place]
            whole = weight + weights[place]
            known = following[source]
            if whole > best[source] or known == source or (whole == best[source] and vertex < known):
                best[source], following[source] = whole, vertex
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    return best, following


def _ends(sorted_vertices: NDArray[np.int64], count: int) -> list[int]:
    """Say where the rows of each vertex v lie in a sorted column: from ``ends[v]`` to ``ends[v + 1]``."""
    ends: list[int] = [0, *np.cumsum(np.bincount(sorted_vertices, minlength=count)).tolist()]
    return ends
