"""Make a weighted directed graph acyclic by leaving out light edges.

Plain condensation would merge each cycle into one node, and a shop schema is nearly one cycle: 2 nodes were left of it.
So inside each strongly connected component the vertices are put in the order of Eades, Lin and Smyth (1993), and the
edges that point backwards in it are left out. Everything is iterative and takes O(edges · log edges).
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import Mask

__all__ = ["WeightedEdges", "adjacency", "components", "eades_lin_smyth", "kept_edges"]

Adjacency = Sequence[Sequence[tuple[int, int]]]
"""Per vertex its outgoing edges, as (target, weight)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedEdges:
    """A directed graph without loops and without parallel edges.

    Attributes:
        count: Number of vertices, which are 0 … count - 1.
        sources: int64, sorted.
        targets: int64, sorted where the sources are equal.
        weights: int64, not negative.
    """

    count: int
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sources)

    def take(self, which: Mask) -> WeightedEdges:
        """Keep some of the edges, and all vertices."""
        return WeightedEdges(
            count=self.count,
            sources=self.sources[which],
            targets=self.targets[which],
            weights=self.weights[which],
        )


def adjacency(edges: WeightedEdges) -> list[list[tuple[int, int]]]:
    """Write the edges of each vertex as a list."""
    ends = np.cumsum(np.bincount(edges.sources, minlength=edges.count)).tolist()
    pairs = list(zip(edges.targets.tolist(), edges.weights.tolist(), strict=True))
    return [pairs[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def kept_edges(edges: WeightedEdges) -> WeightedEdges:
    """Leave out the edges that close cycles; what is kept is acyclic."""
    inner = np.flatnonzero(_may_lie_on_cycles(edges))
    vertices, places = np.unique(np.stack([edges.sources[inner], edges.targets[inner]]), return_inverse=True)
    sources, targets = places.reshape(2, -1)
    neighbours = adjacency(
        WeightedEdges(count=len(vertices), sources=sources, targets=targets, weights=edges.weights[inner])
    )
    component = np.zeros(len(vertices), dtype=np.int64)
    place = np.zeros(len(vertices), dtype=np.int64)
    for number, members in enumerate(components(neighbours)):
        component[members] = number
        if len(members) > 1:
            place[eades_lin_smyth(members, neighbours)] = np.arange(len(members))
    backwards = (component[sources] == component[targets]) & (place[sources] > place[targets])
    kept = np.ones(len(edges), np.bool_)
    kept[inner[backwards]] = False
    return edges.take(kept)


def _may_lie_on_cycles(edges: WeightedEdges) -> Mask:
    """Trim what leads in and what leads out, round by round: most of a sparse graph goes before any walk begins."""
    left = np.ones(len(edges), np.bool_)
    while True:
        sources, targets = edges.sources[left], edges.targets[left]
        entered, leaving = np.zeros(edges.count, np.bool_), np.zeros(edges.count, np.bool_)
        entered[targets] = True
        leaving[sources] = True
        inner = entered & leaving
        stays = inner[sources] & inner[targets]
        if stays.all():
            return left
        left[np.flatnonzero(left)[~stays]] = False


def components(edges: Adjacency) -> list[list[int]]:
    """Find the strongly connected components, in reverse topological order (Tarjan, without recursion)."""
    count = len(edges)
    index, low = [-1] * count, [0] * count
    on_stack = bytearray(count)
    stack: list[int] = []
    found: list[list[int]] = []
    visited = 0
    for root in range(count):
        if index[root] >= 0:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = visited
        visited += 1
        stack.append(root)
        on_stack[root] = 1
        while work:
            vertex, rest = work[-1]
            for target, _ in rest:
                if index[target] < 0:
                    index[target] = low[target] = visited
                    visited += 1
                    stack.append(target)
                    on_stack[target] = 1
                    work.append((target, iter(edges[target])))
                    break
                if on_stack[target] and index[target] < low[vertex]:
                    low[vertex] = index[target]
            else:
                work.pop()
                if work and low[vertex] < low[work[-1][0]]:
                    low[work[-1][0]] = low[vertex]
                if low[vertex] == index[vertex]:
                    found.append(_popped(stack, on_stack, vertex))
    return found


def _popped(stack: list[int], on_stack: bytearray, root: int) -> list[int]:
    """Take the component of ``root`` from the stack."""
    members: list[int] = []
    while True:
        vertex = stack.pop()
        on_stack[vertex] = 0
        members.append(vertex)
        if vertex == root:
            return sorted(members)


def eades_lin_smyth(members: Sequence[int], edges: Adjacency) -> list[int]:
    """Order the vertices of one component so that little weight points backwards.

    Sinks go to the end and sources to the beginning; when there are neither, the vertex whose outgoing weight exceeds
    its incoming weight the most goes to the beginning. Ties go to the smaller vertex.
    """
    return _Ordering(members, edges).run()


class _Ordering:
    """The state of one ordering: what is left of the component."""

    def __init__(self, members: Sequence[int], edges: Adjacency) -> None:
        left = set(members)
        self.left = left
        self.outgoing = {vertex: [edge for edge in edges[vertex] if edge[0] in left] for vertex in members}
        self.incoming: dict[int, list[tuple[int, int]]] = {vertex: [] for vertex in members}
        self.excess = dict.fromkeys(members, 0)
        for vertex, targets in self.outgoing.items():
            sent = 0
            for target, weight in targets:
                self.incoming[target].append((vertex, weight))
                self.excess[target] -= weight
                sent += weight
            self.excess[vertex] += sent
        self.out_degree = {vertex: len(targets) for vertex, targets in self.outgoing.items()}
        self.in_degree = {vertex: len(sources) for vertex, sources in self.incoming.items()}
        self.heap = [(-excess, vertex) for vertex, excess in self.excess.items()]
        heapq.heapify(self.heap)
        self.sinks: deque[int] = deque()
        self.sources: deque[int] = deque()

    def run(self) -> list[int]:
        first: list[int] = []
        last: list[int] = []
        while self.left:
            if self.sinks:
                self._take(self.sinks.popleft(), last)
            elif self.sources:
                self._take(self.sources.popleft(), first)
            else:
                self._take_largest(first)
        return first + last[::-1]

    def _take_largest(self, side: list[int]) -> None:
        """Take the vertex of the largest excess, if the first entry still says so.

        Entries are added when an excess grows; one that has shrunk since is put back where it belongs.
        """
        negative, vertex = heapq.heappop(self.heap)
        if vertex not in self.left:
            return
        if -negative == self.excess[vertex]:
            self._take(vertex, side)
        elif -negative > self.excess[vertex]:
            heapq.heappush(self.heap, (-self.excess[vertex], vertex))

    def _take(self, vertex: int, side: list[int]) -> None:
        """Remove a vertex and its edges."""
        if vertex not in self.left:
            return  # both a sink and a source when its last edge went
        self.left.remove(vertex)
        side.append(vertex)
        left, excess, heap = self.left, self.excess, self.heap
        for target, weight in self.outgoing[vertex]:
            if target in left:
                excess[target] += weight
                heapq.heappush(heap, (-excess[target], target))
                self.in_degree[target] -= 1
                if not self.in_degree[target]:
                    self.sources.append(target)
        for source, weight in self.incoming[vertex]:
            if source in left:
                excess[source] -= weight
                self.out_degree[source] -= 1
                if not self.out_degree[source]:
                    self.sinks.append(source)
