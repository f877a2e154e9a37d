"""Parts of graphs: cut out of one, laid over another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from snapgraph.engine.diff.aligning import align
from snapgraph.engine.stream.columns import Rows, joined, joined_column, masked, taken
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, Mask, NodeColumns

__all__ = ["Overlaid", "all_but", "cut", "overlay"]

_NOWHERE = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlaid:
    """One graph laid over another.

    Attributes:
        graph: In canonical order.
        nodes: For each of its nodes the row in the lower and in the upper graph, -1 where it is not there.
        edges: The same of its edges.
    """

    graph: GraphColumns
    nodes: tuple[Rows, Rows]
    edges: tuple[Rows, Rows]


def cut(graph: GraphColumns, nodes: Rows, edges: Rows, *, keys_only: bool = False) -> tuple[GraphColumns, Mask]:
    """Cut some nodes and edges out of a graph.

    Args:
        graph: In canonical order.
        nodes: Rows of nodes, rising.
        edges: Rows of edges, rising.
        keys_only: Leave all properties away.

    Returns:
        The part, with the ends of its edges as nodes without properties; and which nodes were meant themselves.
    """
    sources, targets = graph.edges.sources[edges], graph.edges.targets[edges]
    is_kept = np.zeros(len(graph.nodes), dtype=np.bool_)
    is_own = is_kept.copy()
    is_own[nodes] = True
    is_kept[nodes] = is_kept[sources] = is_kept[targets] = True
    rows = np.flatnonzero(is_kept)
    place = np.cumsum(is_kept) - 1
    own = is_own[rows]
    part = GraphColumns(
        nodes=NodeColumns(
            keys=graph.nodes.keys[rows],
            columns={} if keys_only else masked(taken(graph.nodes.columns, rows), own),
        ),
        edges=EdgeColumns(
            sources=place[sources].astype(np.int32),
            targets=place[targets].astype(np.int32),
            type_codes=graph.edges.type_codes[edges],
            types=graph.edges.types,
            discriminators=None if graph.edges.discriminators is None else graph.edges.discriminators.take(edges),
            columns={} if keys_only else taken(graph.edges.columns, edges),
        ),
    )
    return part, own


def overlay(lower: GraphColumns, upper: GraphColumns, *, wins: Mask, gone: tuple[Rows, Rows]) -> Overlaid:
    """Lay a graph over another: its edges, and those of its nodes that win, replace what is below.

    Args:
        lower: In canonical order.
        upper: In canonical order.
        wins: Which nodes of ``upper`` replace the one below; the others are only ends there.
        gone: Rows of nodes and of edges of ``lower`` that are left out.
    """
    alignment = align(lower, upper)
    matched = alignment.nodes
    is_new = np.ones(len(upper.nodes), dtype=np.bool_)
    is_new[matched.after] = False
    kept = all_but(len(lower.nodes), gone[0], matched.before[wins[matched.after]])
    above = np.flatnonzero(wins | is_new)
    keys = np.concatenate([lower.nodes.keys[kept], upper.nodes.keys[above]])
    order = np.argsort(keys, kind="stable")
    columns = joined(taken(lower.nodes.columns, kept), taken(upper.nodes.columns, above), (len(kept), len(above)))
    nodes = NodeColumns(keys=keys[order], columns=taken(columns, order))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    from_lower, from_upper = (
        _places(len(lower.nodes), kept, place),
        _places(len(upper.nodes), above, place[len(kept) :]),
    )
    below = matched.after[from_upper[matched.after] == _NOWHERE]
    from_upper[below] = from_lower[matched.before[from_upper[matched.after] == _NOWHERE]]
    from_lower[matched.before] = from_upper[matched.after]
    edges, edge_rows = _overlaid_edges(
        (lower.edges, all_but(len(lower.edges), gone[1], alignment.edges.before), from_lower),
        (upper.edges, np.arange(len(upper.edges)), from_upper),
    )
    edge_rows[0][edge_rows[1] != _NOWHERE] = _paired(
        edge_rows[1][edge_rows[1] != _NOWHERE], alignment.edges.after, alignment.edges.before
    )
    return Overlaid(
        graph=GraphColumns(nodes=nodes, edges=edges),
        nodes=(_inverse(from_lower, len(order)), _inverse(from_upper, len(order))),
        edges=edge_rows,
    )


def all_but(count: int, *rows: Rows) -> Rows:
    """Give all rows but some."""
    kept = np.ones(count, dtype=np.bool_)
    for each in rows:
        kept[each] = False
    return np.flatnonzero(kept)


_Side = tuple[EdgeColumns, Rows, Rows]
"""Edges, the rows that are taken, and the new row of each node."""


def _overlaid_edges(lower: _Side, upper: _Side) -> tuple[EdgeColumns, tuple[Rows, Rows]]:
    types = tuple(sorted({*lower[0].types, *upper[0].types}))
    counts = len(lower[1]), len(upper[1])
    sources, targets, codes = (
        np.concatenate([_of_side(side, name, types) for side in (lower, upper)])
        for name in ("sources", "targets", "type_codes")
    )
    parts = [_discriminators(side) for side in (lower, upper)]
    discriminators = joined_column(parts[0], parts[1], counts)
    order = np.lexsort((_text_ranks(discriminators, len(sources)), targets, codes, sources))
    columns = joined(taken(lower[0].columns, lower[1]), taken(upper[0].columns, upper[1]), counts)
    origin = np.concatenate([lower[1], upper[1]])[order]
    is_upper = order >= counts[0]
    edges = EdgeColumns(
        sources=sources[order].astype(np.int32),
        targets=targets[order].astype(np.int32),
        type_codes=codes[order].astype(np.int32),
        types=types,
        discriminators=None if discriminators is None else discriminators.take(order),
        columns=taken(columns, order),
    )
    return edges, (np.where(is_upper, _NOWHERE, origin), np.where(is_upper, origin, _NOWHERE))


def _discriminators(side: _Side) -> Column | None:
    column = side[0].discriminators
    return None if column is None else column.take(side[1])


def _of_side(side: _Side, name: str, types: tuple[str, ...]) -> Rows:
    edges, rows, places = side
    if name != "type_codes":
        ends: Rows = places[getattr(edges, name)[rows]]
        return ends
    table = np.asarray([types.index(each) for each in edges.types], dtype=np.int64)
    return table[edges.type_codes[rows]]


def _text_ranks(column: Column | None, count: int) -> Rows:
    """Rank texts as they sort; what is absent sorts first, as the empty text."""
    if column is None:
        return np.zeros(count, dtype=np.int64)
    rank = {text: place + 1 for place, text in enumerate(sorted(column.categories))}
    table = np.asarray([*(rank[text] for text in column.categories), 0], dtype=np.int64)
    return table[column.values.astype(np.int64)]


def _places(count: int, rows: Rows, places: Rows) -> Rows:
    found = np.full(count, _NOWHERE, dtype=np.int64)
    found[rows] = places[: len(rows)]
    return found


def _inverse(places: Rows, count: int) -> Rows:
    found = np.full(count, _NOWHERE, dtype=np.int64)
    there = np.flatnonzero(places != _NOWHERE)
    found[places[there]] = there
    return found


def _paired(wanted: Rows, known: Rows, beside: Rows) -> Rows:
    """Give what stands beside each wanted row, -1 where it is not known."""
    table = np.full(int(max(wanted.max(initial=-1), known.max(initial=-1))) + 1, _NOWHERE, dtype=np.int64)
    table[known] = beside
    return table[wanted]
