"""The delta of two graphs on columns: found, put on a graph, and two of them made one.

A delta holds whole elements as they are afterwards and the keys of those that went, so that putting one on twice does
no harm and merging is a matter of keys. ``apply(before, delta_between(before, after))`` is ``after``, and merging is
associative: both are held by property tests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.aligning import Matching, align
from snapgraph.engine.diff.fields import Tolerance, difference
from snapgraph.engine.stream.columns import Rows
from snapgraph.engine.stream.overlays import Overlaid, cut, overlay
from snapgraph.model.columns import Column, GraphColumns, Mask

__all__ = ["GraphDelta", "Op", "apply_delta", "delta_between", "merge_deltas"]

_EXACT = Tolerance()
_NOWHERE = -1
Ops = NDArray[np.int8]


class Op(IntEnum):
    """What happened to an element of :attr:`GraphDelta.upserts`."""

    END = 0
    """Nothing: a node that stands there as an end of an edge, without its properties."""
    ADDED = 1
    CHANGED = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphDelta:
    """What leads from one graph to another.

    Attributes:
        upserts: The elements that came or changed, whole, as they are afterwards; in canonical order.
        node_ops: An :class:`Op` for each node of ``upserts``.
        edge_ops: An :class:`Op` for each edge of ``upserts``, never END.
        removals: The elements that went, without properties; in canonical order.
        removed_nodes: Which nodes of ``removals`` went; the others are ends of edges that did.
    """

    upserts: GraphColumns
    node_ops: Ops
    edge_ops: Ops
    removals: GraphColumns
    removed_nodes: Mask

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (
            len(self.edge_ops) or len(self.removals.edges) or self.node_ops.any() or bool(self.removed_nodes.any())
        )


def delta_between(before: GraphColumns, after: GraphColumns, *, ignoring: Collection[str] = ()) -> GraphDelta:
    """Find what leads from one graph to the next.

    Args:
        before: In canonical order.
        after: In canonical order.
        ignoring: Properties whose change alone is none; an element that changed otherwise brings them along.
    """
    alignment = align(before, after)
    nodes = _upserted(before.nodes.columns, after.nodes.columns, alignment.nodes, frozenset(ignoring))
    edges = _upserted(before.edges.columns, after.edges.columns, alignment.edges, frozenset(ignoring))
    upserts, own = cut(after, nodes[0], edges[0])
    removals, removed = cut(before, alignment.nodes.removed, alignment.edges.removed, keys_only=True)
    node_ops = np.full(len(own), Op.END, dtype=np.int8)
    node_ops[own] = nodes[1]
    return GraphDelta(upserts=upserts, node_ops=node_ops, edge_ops=edges[1], removals=removals, removed_nodes=removed)


def apply_delta(graph: GraphColumns, delta: GraphDelta) -> GraphColumns:
    """Put a delta on the graph that it leads from.

    Raises:
        IntegrityError: It does not belong to this graph.
    """
    if delta.is_empty:
        return graph
    gone = _found_in(graph, delta.removals, delta.removed_nodes)
    return overlay(graph, delta.upserts, wins=delta.node_ops != Op.END, gone=gone).graph


def merge_deltas(first: GraphDelta, second: GraphDelta) -> GraphDelta:
    """Make one delta of two that follow each other.

    Raises:
        IntegrityError: They do not follow each other.
    """
    gone = _found_in(first.upserts, second.removals, second.removed_nodes)
    over = overlay(first.upserts, second.upserts, wins=second.node_ops != Op.END, gone=gone)
    again = _found_in(second.upserts, first.removals, first.removed_nodes)
    node_ops = _merged_ops(over.nodes, (first.node_ops, second.node_ops), again[0])
    edge_ops = _merged_ops(over.edges, (first.edge_ops, second.edge_ops), again[1])
    upserts, own = cut(over.graph, np.flatnonzero(node_ops != Op.END), np.arange(len(edge_ops)))
    kept_ops = np.full(len(own), Op.END, dtype=np.int8)
    kept_ops[own] = node_ops[node_ops != Op.END]
    removals, removed = _merged_removals(first, second)
    return GraphDelta(upserts=upserts, node_ops=kept_ops, edge_ops=edge_ops, removals=removals, removed_nodes=removed)


def _upserted(
    before: Mapping[str, Column], after: Mapping[str, Column], matching: Matching, ignored: frozenset[str]
) -> tuple[Rows, Ops]:
    """Give the rows of after that came or changed, rising, and which of the two."""
    changed = np.zeros(len(matching.after), dtype=np.bool_)
    for name in {*before, *after} - ignored:
        left, right = before.get(name), after.get(name)
        if left is right and matching.before is matching.after:
            continue
        if left is not None and right is not None and left.kind is not right.kind:
            changed |= _there(left)[matching.before] | _there(right)[matching.after]  # a column has one kind
        else:
            changed[difference(left, right, matching.before, matching.after, _EXACT).places] = True
    rows = np.concatenate([matching.added, matching.after[changed]]).astype(np.int64)
    ops = np.repeat(np.asarray([Op.ADDED, Op.CHANGED], dtype=np.int8), [len(matching.added), int(changed.sum())])
    order = np.argsort(rows, kind="stable")
    return rows[order], ops[order]


def _there(column: Column) -> Mask:
    return np.ones(len(column), dtype=np.bool_) if column.present is None else column.present


def _found_in(graph: GraphColumns, part: GraphColumns, own: Mask) -> tuple[Rows, Rows]:
    """Give the rows of a graph of the nodes that are meant, and of the edges, of a part of it."""
    if not len(part.nodes) or not len(graph.nodes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    alignment = align(graph, part)
    return alignment.nodes.before[own[alignment.nodes.after]], alignment.edges.before


def _merged_ops(rows: tuple[Rows, Rows], ops: tuple[Ops, Ops], again: Rows) -> Ops:
    """Say what happened to each element in both together.

    Args:
        rows: Where each stands in the first and in the second, -1 for nowhere.
        ops: What happened in the first and in the second.
        again: Rows of the second that the first had removed: together they are a change.
    """
    earlier, later = (
        np.where(place == _NOWHERE, Op.END, np.append(each, np.int8(Op.END))[place]).astype(np.int8)
        for place, each in zip(rows, ops, strict=True)
    )
    came_back = np.isin(rows[1], again)
    later = np.where(came_back & (later != Op.END), np.int8(Op.CHANGED), later)
    return np.where(earlier == Op.END, later, earlier).astype(np.int8)


def _merged_removals(first: GraphDelta, second: GraphDelta) -> tuple[GraphColumns, Mask]:
    """Give what went in either: not what came back, and not what had only come in the first."""
    back = _found_in(first.removals, second.upserts, second.node_ops != Op.END)
    added = cut(
        first.upserts,
        np.flatnonzero(first.node_ops == Op.ADDED),
        np.flatnonzero(first.edge_ops == Op.ADDED),
        keys_only=True,
    )
    short_lived = _found_in(second.removals, *added)
    parts = [
        cut(
            delta.removals,
            np.setdiff1d(np.flatnonzero(delta.removed_nodes), out[0]),
            np.setdiff1d(np.arange(len(delta.removals.edges)), out[1]),
            keys_only=True,
        )
        for delta, out in ((first, back), (second, short_lived))
    ]
    nothing = np.zeros(0, dtype=np.int64)
    over = overlay(parts[0][0], parts[1][0], wins=parts[1][1], gone=(nothing, nothing))
    return over.graph, _either(over, parts[0][1], parts[1][1])


def _either(over: Overlaid, lower: Mask, upper: Mask) -> Mask:
    one, other = (np.append(mask, False)[rows] for mask, rows in zip((lower, upper), over.nodes, strict=True))
    return np.asarray(one | other, dtype=np.bool_)
