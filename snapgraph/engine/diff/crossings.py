"""The parts of two graphs in which bottlenecks may have come or gone.

Describing a bottleneck costs 6 us; of thousands that changed their value a few crossed a level.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from snapgraph.engine.diff.differences import KINDS, NOTHING, OPERATIONS, DiffColumns, Rows
from snapgraph.engine.diff.elements import Sides
from snapgraph.model.columns import EdgeColumns, GraphColumns, Mask, NodeColumns
from snapgraph.model.metrics import Thresholds
from snapgraph.model.vocabulary import ElementKind, Operation

__all__ = ["crossing_parts"]


def crossing_parts(diff: DiffColumns, thresholds: Thresholds) -> Sides:
    """Cut both graphs down to the elements that came, went or crossed a level.

    Args:
        diff: All changes.
        thresholds: Of both sides.

    Returns:
        Graphs in which every other element is no bottleneck: other edges are left out, other nodes have no properties.
    """
    chosen = np.flatnonzero(_crosses(diff, thresholds) | (diff.operations != OPERATIONS.index(Operation.CHANGED)))
    edges = diff.kinds[chosen] == KINDS.index(ElementKind.EDGE)
    return (
        _part(diff.before, diff.before_rows[chosen], edges),
        _part(diff.after, diff.after_rows[chosen], edges),
    )


def _crosses(diff: DiffColumns, thresholds: Thresholds) -> Mask:
    """Mark the values that are above the lowest level of their metric on one side only, or no number on one."""
    lowest = np.asarray([*(_lowest(thresholds, metric) for metric in diff.metrics), np.inf])[diff.metric_codes]
    # NaN is not above anything: what was no number crosses when it is above now
    return np.asarray((diff.before_numbers > lowest) != (diff.after_numbers > lowest))


def _lowest(thresholds: Thresholds, metric: str) -> float:
    levels = thresholds.levels.get(metric)
    known = [] if levels is None else [level for level in (levels.high, levels.critical) if level is not None]
    return min(known, default=np.inf)


def _part(graph: GraphColumns, rows: Rows, edges: Mask) -> GraphColumns:
    there = rows != NOTHING
    return GraphColumns(nodes=_only(graph.nodes, rows[there & ~edges]), edges=_picked(graph.edges, rows[there & edges]))


def _only(nodes: NodeColumns, rows: Rows) -> NodeColumns:
    """Take the properties of all other nodes away; the nodes stay, as ends of edges."""
    chosen = np.zeros(len(nodes), dtype=np.bool_)
    chosen[rows] = True
    columns = {
        name: replace(column, present=chosen if column.present is None else chosen & column.present)
        for name, column in nodes.columns.items()
    }
    return replace(nodes, columns=columns)


def _picked(edges: EdgeColumns, rows: Rows) -> EdgeColumns:
    return replace(
        edges,
        sources=edges.sources[rows],
        targets=edges.targets[rows],
        type_codes=edges.type_codes[rows],
        discriminators=None if edges.discriminators is None else edges.discriminators.take(rows),
        columns={name: column.take(rows) for name, column in edges.columns.items()},
        ids=None if edges.ids is None else edges.ids[rows],
    )
