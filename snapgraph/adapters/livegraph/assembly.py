"""One read, put together: rows of ids become a graph in canonical order, with stable keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.edge_scan import EdgeScan, column_name, standard_names
from snapgraph.adapters.livegraph.identifiers import NOT_READ, Places
from snapgraph.adapters.livegraph.node_scan import NodeScan, node_columns, node_identities
from snapgraph.adapters.livegraph.parallel import declared_discriminators, tell_apart
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.model.columns import EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.live_graphs import LiveGraph

__all__ = ["Assembled", "assemble"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assembled:
    """A graph, and what had to be done to it.

    Attributes:
        graph: In canonical order.
        unnamed_nodes: Nodes left out.
        dropped_edges: Edges left out because an end was.
        shared_nodes: Nodes that share a key with another.
        shared_edges: Edges that share a key with another.
        dangling_edges: Edges left out because an end was not read at all: the read is torn.
    """

    graph: GraphColumns
    unnamed_nodes: int
    dropped_edges: int
    shared_nodes: int
    shared_edges: int
    dangling_edges: int


def assemble(scan: EdgeScan, found: NodeScan, live_graph: LiveGraph, encoder: ValueEncoder) -> Assembled:
    """Put edges and nodes together.

    Args:
        scan: The relationships.
        found: The nodes, in any order.
        live_graph: Labels, names, discriminators.
        encoder: Of values that JSON does not have.
    """
    keys, shared_nodes = node_identities(found, live_graph)
    rows = {key: row for row, key in enumerate(keys) if key is not None}
    named = sorted(rows)
    order = [rows[key] for key in named]
    nodes = NodeColumns(keys=np.array(named, dtype=object), columns=node_columns(found, order, encoder))
    places = Places(found.ids, order)
    sources, targets = places.find(scan.numbers(1)), places.find(scan.numbers(2))
    kept = np.flatnonzero((sources >= 0) & (targets >= 0))
    dangling = int(np.count_nonzero((sources == NOT_READ) | (targets == NOT_READ)))
    edges, shared_edges = _edges(scan, sources, targets, kept, live_graph)
    return Assembled(
        graph=GraphColumns(nodes=nodes, edges=edges),
        unnamed_nodes=len(found) - len(named),
        dropped_edges=len(sources) - len(kept),
        shared_nodes=shared_nodes,
        shared_edges=shared_edges,
        dangling_edges=dangling,
    )


def _edges(
    scan: EdgeScan,
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    kept: NDArray[np.intp],
    live_graph: LiveGraph,
) -> tuple[EdgeColumns, int]:
    """Sort the edges that are kept, and tell parallel ones apart."""
    types, type_codes = _sorted_types(scan, kept)
    columns = scan.columns()
    if len(kept) != len(sources):
        columns = {name: column.take(kept) for name, column in columns.items()}
    sources, targets = sources[kept], targets[kept]
    span = np.int64(max(1, int(max(sources.max(initial=0), targets.max(initial=0))) + 1))
    place = (sources * np.int64(len(types)) + type_codes) * span + targets
    standard = standard_names(live_graph.properties)
    declared = {type_: column_name(name, standard) for type_, name in live_graph.discriminators.items()}
    discriminators = declared_discriminators(columns, type_codes, types, declared)
    discriminators, order, shared = tell_apart(place, discriminators, columns, live_graph.volatile)
    edges = EdgeColumns(
        sources=sources[order],
        targets=targets[order],
        type_codes=type_codes[order],
        types=types,
        discriminators=None if discriminators is None else discriminators.take(order),
        columns={name: column.take(order) for name, column in columns.items()},
    )
    return edges, shared


def _sorted_types(scan: EdgeScan, kept: NDArray[np.intp]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Renumber the types so that codes stand in the order of the names, and only those that occur."""
    codes = scan.type_codes[kept]
    seen = np.flatnonzero(np.bincount(codes)).tolist()
    by_name = sorted(seen, key=lambda code: scan.types[code])
    renumbered = np.zeros(len(scan.types) + 1, dtype=np.int32)
    renumbered[by_name] = np.arange(len(by_name), dtype=np.int32)
    return tuple(scan.types[code] for code in by_name), renumbered[codes]
