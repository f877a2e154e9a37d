"""Make a weighted directed graph acyclic by leaving out light edges.

Plain condensation would merge each cycle into one node, and a shop schema is nearly one cycle: 2 nodes were left of it.
So inside each strongly connected component the vertices are put in the order of Eades, Lin and Smyth (1993), and the
edges that point backwards in it are left out. Everything is iterative and takes O(edges · log edges).
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence

__all__ = ["Edges", "acyclic_order", "components", "eades_lin_smyth"]

Edges = Sequence[Sequence[tuple[int, int]]]
"""Per vertex its outgoing edges, as (target, weight)."""


def acyclic_order(edges: Edges) -> list[int]:
    """Order the vertices so that an edge is kept when it points forwards.

    Args:
        edges: Weights are not negative; no loops.

    Returns:
        All vertices. Edges between components always point forwards; backward ones lie inside a component.
    """
    order: list[int] = []
    for members in reversed(components(edges)):
        order += eades_lin_smyth(members, edges) if len(members) > 1 else members
    return order


def components(edges: Edges) -> list[list[int]]:
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


def eades_lin_smyth(members: Sequence[int], edges: Edges) -> list[int]:
    """Order the vertices of one component so that little weight points backwards.

    Sinks go to the end and sources to the beginning; when there are neither, the vertex whose outgoing weight exceeds
    its incoming weight the most goes to the beginning. Ties go to the smaller vertex.
    """
    return _Ordering(members, edges).run()


class _Ordering:
    """The state of one ordering: what is left of the component."""

    def __init__(self, members: Sequence[int], edges: Edges) -> None:
        left = set(members)
        self.left = left
        self.members = members
        self.outgoing = {vertex: [edge for edge in edges[vertex] if edge[0] in left] for vertex in members}
        self.incoming: dict[int, list[tuple[int, int]]] = {vertex: [] for vertex in members}
        for vertex, targets in self.outgoing.items():
            for target, weight in targets:
                self.incoming[target].append((vertex, weight))
        self.out_degree = {vertex: len(targets) for vertex, targets in self.outgoing.items()}
        self.in_degree = {vertex: len(sources) for vertex, sources in self.incoming.items()}
        self.excess = {
            vertex: sum(weight for _, weight in self.outgoing[vertex])
            - sum(weight for _, weight in self.incoming[vertex])
            for vertex in members
        }
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
                negative, vertex = heapq.heappop(self.heap)
                if vertex in self.left and -negative == self.excess[vertex]:  # else an entry from before
                    self._take(vertex, first)
        return first + last[::-1]

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
                heapq.heappush(heap, (-excess[source], source))
                self.out_degree[source] -= 1
                if not self.out_degree[source]:
                    self.sinks.append(source)
