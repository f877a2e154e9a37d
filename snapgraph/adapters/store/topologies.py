"""The topology of a stored graph: its elements in canonical order, and where those of each chunk stand in it.

It follows from the structure columns alone, which hardly ever change from one snapshot to the next, so it is remembered
by their hashes: at 100,000 edges it takes 25 ms to build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.contents import Manifest, ManifestColumn
from snapgraph.adapters.store.cutting import ID, property_name
from snapgraph.adapters.store.joining import Skeleton, join_pieces, skeleton
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ElementKind

__all__ = ["Elements", "Topology", "part_of", "pieces_of", "structure_of", "topology_of"]

Ids = NDArray[np.int64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Elements:
    """The elements of one kind, in the order of their chunks.

    Attributes:
        ids: Rising.
        bounds: Chunk number -> first of its elements, and the one after the last.
        places: Their rows in canonical order; ``None`` when these are the same.
    """

    ids: Ids
    bounds: Mapping[int, tuple[int, int]]
    places: Rows | None

    def ids_of(self, number: int) -> Ids:
        """Give the ids of a chunk, none when it is not there."""
        first, end = self.bounds.get(number, (0, 0))
        return self.ids[first:end]

    def rows_of(self, number: int, local: Rows) -> Rows:
        """Say where elements of a chunk stand in canonical order."""
        rows = local + self.bounds.get(number, (0, 0))[0]
        return rows if self.places is None else self.places[rows]

    def places_among(self, rows: Rows, number: int, local: Rows) -> slice | Rows:
        """Say where elements of a chunk stand among rows in canonical order that have no others of this chunk."""
        if self.places is not None:
            return np.searchsorted(rows, self.rows_of(number, local))
        first = int(rows.searchsorted(self.bounds[number][0]))
        return slice(first, first + len(local))

    def local_rows(self, number: int, wanted: NDArray[np.bool_]) -> Rows:
        """Give the elements of a chunk whose rows in canonical order are wanted."""
        first, end = self.bounds.get(number, (0, 0))
        return (wanted[first:end] if self.places is None else wanted[self.places[first:end]]).nonzero()[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topology:
    """All elements of a snapshot.

    Attributes:
        bones: The graph without its properties, and how to put these in order.
        nodes: Where the nodes of each chunk stand.
        edges: The same of the edges.
    """

    bones: Skeleton
    nodes: Elements
    edges: Elements

    @property
    def graph(self) -> GraphColumns:
        """All nodes and edges in canonical order, with ids, without properties."""
        return GraphColumns(nodes=self.bones.nodes, edges=self.bones.edges)

    @property
    def node_ids(self) -> Ids:
        """The ids of its nodes, in canonical order."""
        return self.nodes.ids if self.bones.node_order is None else self.nodes.ids[self.bones.node_order]

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes; the texts of the keys are counted as 80 each."""
        edges = self.bones.edges
        arrays = (edges.sources, edges.targets, edges.type_codes, self.edges.ids, self.edges.places)
        return sum(each.nbytes for each in arrays if each is not None) + 120 * len(self.bones.nodes)

    def of(self, kind: ElementKind) -> Elements:
        """Give the elements of a kind."""
        return self.nodes if kind is ElementKind.NODE else self.edges


def topology_of(manifest: Manifest, pieces: Mapping[bytes, Column]) -> Topology:
    """Build the topology of a snapshot from the chunks of its structure columns.

    Raises:
        IntegrityError: An edge ends in a node that is not there.
    """
    stored = [structure_of(manifest.of(kind)) for kind in (ElementKind.NODE, ElementKind.EDGE)]
    nodes, edges = (join_pieces(pieces_of(each, pieces)) for each in stored)
    bones = skeleton(nodes, edges)
    return Topology(
        bones=bones,
        nodes=_elements(stored[0], nodes, pieces, bones.node_order),
        edges=_elements(stored[1], edges, pieces, bones.edge_order),
    )


def structure_of(columns: Mapping[str, ManifestColumn]) -> dict[str, ManifestColumn]:
    """Give the structure columns among the stored ones."""
    return {name: column for name, column in columns.items() if property_name(name) is None}


def pieces_of(columns: Mapping[str, ManifestColumn], pieces: Mapping[bytes, Column]) -> Iterator[dict[str, Column]]:
    """Give the pieces of one kind of elements chunk by chunk, in the order of their ids."""
    for number in columns[ID].hashes if columns else ():
        yield {name: pieces[each.hashes[number]] for name, each in columns.items() if number in each.hashes}


def part_of(topology: Topology, node_rows: Rows, edge_rows: Rows) -> GraphColumns:
    """Give some nodes and edges, rows rising; the ends of the edges are among the nodes."""
    nodes, edges = topology.bones.nodes, topology.bones.edges
    numbers = np.empty(len(nodes), dtype=np.int32)
    numbers[node_rows] = np.arange(len(node_rows), dtype=np.int32)
    discriminators = edges.discriminators
    return GraphColumns(
        nodes=NodeColumns(keys=nodes.keys[node_rows], ids=_taken(nodes.ids, node_rows)),
        edges=EdgeColumns(
            sources=numbers[edges.sources[edge_rows]],
            targets=numbers[edges.targets[edge_rows]],
            type_codes=edges.type_codes[edge_rows],
            types=edges.types,
            discriminators=None if discriminators is None else discriminators.take(edge_rows),
            ids=_taken(edges.ids, edge_rows),
        ),
    )


def _taken(ids: Ids | None, rows: Rows) -> Ids | None:
    return None if ids is None else ids[rows]


def _elements(
    stored: Mapping[str, ManifestColumn],
    joined: Mapping[str, Column],
    pieces: Mapping[bytes, Column],
    order: Rows | None,
) -> Elements:
    ids = joined[ID].values.astype(np.int64, copy=False) if joined else np.empty(0, dtype=np.int64)
    bounds: dict[int, tuple[int, int]] = {}
    end = 0
    for number, chunk_hash in (stored[ID].hashes if stored else {}).items():
        first, end = end, end + len(pieces[chunk_hash])
        bounds[number] = first, end
    places = None
    if order is not None:
        places = np.empty_like(order)
        places[order] = np.arange(len(order))
    return Elements(ids=ids, bounds=bounds, places=places)
