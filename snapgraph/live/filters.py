"""What a subscriber wants to see of a live graph, and which rows of a tick that is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.live.names import Names
from snapgraph.model.columns import GraphColumns, Mask
from snapgraph.model.keys import split_edge_key, split_node_key
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.vocabulary import ElementKind

__all__ = ["Selection", "TopicFilter"]


@dataclass(frozen=True, kw_only=True)
class TopicFilter:
    """A filter in canonical form: equal filters are one topic and share their frames.

    An edge is shown when all conditions hold that are given; a node, when an edge that is shown ends there, when it
    matches ``nodes`` and ``bottlenecks`` itself, or when no condition is given at all.

    Attributes:
        graph: Name of the live graph.
        types: Relationship types, sorted; empty: all.
        nodes: Names or patterns (``*``, ``?``, ``[…]``) of nodes, matched against name and key; an edge matches by
            either end. Sorted; empty: all.
        min_value: Edges below it are not shown, nor those without a value.
        bottlenecks: Only what is over its threshold.
    """

    graph: str
    types: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    min_value: float | None = None
    bottlenecks: bool = False

    @classmethod
    def of(
        cls, graph: str, *, types: Iterable[str], nodes: Iterable[str], min_value: float | None, bottlenecks: bool
    ) -> TopicFilter:
        """Bring conditions into their canonical form."""
        return cls(
            graph=graph,
            types=tuple(sorted(set(types))),
            nodes=tuple(sorted(set(nodes))),
            min_value=None if min_value is None else float(min_value) + 0.0,
            bottlenecks=bottlenecks,
        )

    @cached_property
    def topic(self) -> str:
        """Name of this filter on the wire: 16 hexadecimal digits."""
        return hashlib.blake2b(orjson.dumps(self.as_json(), option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether everything is shown."""
        return not (self.types or self.nodes or self.bottlenecks) and self.min_value is None

    def as_json(self) -> dict[str, object]:
        """Write the conditions as the wire has them."""
        return {
            "graph": self.graph,
            "types": list(self.types),
            "nodes": list(self.nodes),
            "min_value": self.min_value,
            "bottlenecks": self.bottlenecks,
        }

    def select(self, columns: GraphColumns, worst: Callable[[], tuple[Mask, Mask]]) -> Selection:
        """Find the rows that are shown.

        Args:
            columns: A tick.
            worst: Which nodes and edges are bottlenecks; asked only when needed.
        """
        nodes = np.ones(len(columns.nodes), dtype=np.bool_)
        edges = np.ones(len(columns.edges), dtype=np.bool_)
        if self.is_whole:
            return Selection(nodes=nodes, edges=edges)
        if self.nodes:
            nodes &= self._names.among(columns.nodes.keys)
            edges &= nodes[columns.edges.sources] | nodes[columns.edges.targets]
        if self.types:
            known = np.asarray([type_ in self.types for type_ in columns.edges.types], dtype=np.bool_)
            edges &= known[columns.edges.type_codes] if len(known) else False
        if self.min_value is not None:
            edges &= _values(columns) >= self.min_value
        if self.bottlenecks:
            bad_nodes, bad_edges = worst()
            nodes &= bad_nodes
            edges &= bad_edges
        if not (self.nodes or self.bottlenecks):
            nodes[:] = False
        nodes[columns.edges.sources[edges]] = True
        nodes[columns.edges.targets[edges]] = True
        return Selection(nodes=nodes, edges=edges)

    def admits(self, bottleneck: Bottleneck) -> bool:
        """Say whether the element of a bottleneck is shown for its own sake."""
        is_edge = bottleneck.kind is ElementKind.EDGE
        if not (is_edge or self.nodes or self.bottlenecks or self.is_whole):
            return False
        if is_edge and self.types and bottleneck.metric not in self.types:
            return False
        if is_edge and self.min_value is not None and bottleneck.value < self.min_value:
            return False
        ends = split_edge_key(bottleneck.key)[::2][:2] if is_edge else (bottleneck.key,)
        return not self.nodes or any(self._names.match(split_node_key(key)[0], key) for key in ends)

    @cached_property
    def _names(self) -> Names:
        return Names(self.nodes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """The rows of a tick that a topic shows, as masks of its nodes and edges."""

    nodes: Mask
    edges: Mask


def _values(columns: GraphColumns) -> NDArray[np.float64]:
    column = columns.edges.columns.get("value")
    if column is None:
        return np.full(len(columns.edges), np.nan)
    values = column.values.astype(np.float64)
    return values if column.present is None else np.where(column.present, values, np.nan)
