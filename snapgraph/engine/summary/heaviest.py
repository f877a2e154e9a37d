"""The heaviest paths of an acyclic graph, however many paths there are."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from snapgraph.engine.summary.acyclic import WeightedEdges, adjacency

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
    ways = _Ways(adjacency(edges))
    entered = set(edges.targets.tolist())
    begins = sorted({*edges.sources.tolist()} - entered)
    heap = [(ways.of(begin, 0)[0], begin, 0) for begin in begins]
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

    def __init__(self, edges: list[list[tuple[int, int]]]) -> None:
        self._edges = edges
        self._found: list[list[Way]] = [[] for _ in edges]
        self._waiting: dict[int, list[Way]] = {}
        found = self._found
        for vertex in _sinks_first(edges):
            best: Way = (0, vertex, 0)
            for target, weight in edges[vertex]:
                negative = found[target][0][0] - weight
                if negative < best[0] or best[1] == vertex:
                    best = (negative, target, 0)
            found[vertex].append(best)

    def of(self, vertex: int, rank: int) -> Way:
        """Give a way that is known to be there."""
        return self._found[vertex][rank]

    def walk(self, vertex: int, rank: int) -> tuple[int, ...]:
        """Follow a way to its end."""
        path = [vertex]
        while self._edges[vertex]:
            _, vertex, rank = self._found[vertex][rank]
            path.append(vertex)
        return tuple(path)

    def has(self, vertex: int, rank: int) -> bool:
        """Say whether there is a way of that rank, and find it; all before it must be known.

        The next way goes on from where the last one went: that may need the next way there, and so on to the end. What
        is needed is noted on the way down and found on the way back up.
        """
        needed: list[int] = []
        place, wanted = vertex, rank
        while self._edges[place] and len(self._found[place]) <= wanted:
            needed.append(place)
            _, place, last = self._found[place][-1]
            wanted = last + 1
        for waiting in reversed(needed):
            self._find_next(waiting)
        return len(self._found[vertex]) > rank

    def _find_next(self, vertex: int) -> None:
        """Find the next way of a vertex, if there is one; the one that its last way needs must be known."""
        found = self._found
        weights = dict(self._edges[vertex])
        _, target, rank = found[vertex][-1]
        if vertex not in self._waiting:
            ways = [(found[other][0][0] - weight, other, 0) for other, weight in weights.items() if other != target]
            heapq.heapify(ways)
            self._waiting[vertex] = ways
        waiting = self._waiting[vertex]
        if len(found[target]) > rank + 1:
            heapq.heappush(waiting, (found[target][rank + 1][0] - weights[target], target, rank + 1))
        if waiting:
            found[vertex].append(heapq.heappop(waiting))


def _sinks_first(edges: list[list[tuple[int, int]]]) -> list[int]:
    """Order the vertices of an acyclic graph so that every edge points backwards."""
    waiting = [len(targets) for targets in edges]
    sources: list[list[int]] = [[] for _ in edges]
    for source, targets in enumerate(edges):
        for target, _ in targets:
            sources[target].append(source)
    ready = [vertex for vertex, count in enumerate(waiting) if not count]
    for vertex in ready:  # grows while it is walked
        for source in sources[vertex]:
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    return ready
