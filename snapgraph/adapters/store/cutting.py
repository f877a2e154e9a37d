"""A graph as columns of chunks, and back: chunk number = element id >> 12, so that chunks of all snapshots align.

Beside the properties a payload has *structure columns*, marked by ``@``: ``@id`` and ``@key`` of nodes; ``@id``,
``@source``, ``@target`` (node ids), ``@type`` and, where there are any, ``@discriminator`` of edges. A snapshot can so
be read without the dictionary. Properties are stored with a dot before their name, since a property may be called
``@id`` too. A chunk in which no element has the property is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = [
    "CHUNK_BITS",
    "DISCRIMINATOR",
    "ID",
    "KEY",
    "SOURCE",
    "TARGET",
    "TYPE",
    "ColumnPieces",
    "Structure",
    "cut_properties",
    "cut_structure",
    "property_name",
    "stored_name",
]

CHUNK_BITS = 12
"""4096 elements: 25 chunks for 100,000 edges; half as many per chunk cost 30 % more bytes, twice as many skip less."""
ID, KEY, SOURCE, TARGET, TYPE, DISCRIMINATOR = "@id", "@key", "@source", "@target", "@type", "@discriminator"

Ids = NDArray[np.int64]
Hash = Callable[[Column], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPieces:
    """One column, cut.

    Attributes:
        element_kind: Nodes or edges.
        name: As stored.
        kind: How the values are held.
        numbers: Chunk numbers, rising.
        pieces: One for each number: the rows of that chunk's ``@id``, in its order.
        hashes: One for each number, 16 bytes.
        element_count: How many elements have the property.
    """

    element_kind: ElementKind
    name: str
    kind: ColumnKind
    numbers: NDArray[np.int32]
    pieces: tuple[Column, ...]
    hashes: tuple[bytes, ...]
    element_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the elements of one kind fall into chunks.

    Attributes:
        order: Rows in the order of their ids; ``None`` when they are in it.
        bounds: First row and row after the last of each chunk, in that order.
        numbers: Chunk numbers.
    """

    order: NDArray[np.intp] | None
    bounds: tuple[tuple[int, int], ...]
    numbers: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The structure columns of a graph, cut: they depend on the ids alone, and hardly ever change.

    Attributes:
        node_ids: Of the graph.
        edge_ids: Of the graph.
        nodes: How its nodes fall into chunks.
        edges: How its edges do.
        columns: Its structure columns.
    """

    node_ids: Ids
    edge_ids: Ids
    nodes: Layout
    edges: Layout
    columns: tuple[ColumnPieces, ...]

    def is_of(self, graph: GraphColumns) -> bool:
        """Say whether a graph has just these elements."""
        return np.array_equal(self.node_ids, _known(graph.nodes.ids)) and np.array_equal(
            self.edge_ids, _known(graph.edges.ids)
        )


def stored_name(property_name: str) -> str:
    """Name the column of a property in a payload.

    >>> stored_name("value")
    '.value'
    """
    return f".{property_name}"


def property_name(stored: str) -> str | None:
    """Give the property of a stored column; ``None`` for a structure column."""
    return stored[1:] if stored.startswith(".") else None


def cut_structure(graph: GraphColumns, chunk_hash: Hash) -> Structure:
    """Cut the structure columns of a graph with ids.

    Raises:
        InvalidInputError: Two elements have the same key.
    """
    node_ids, edge_ids = _known(graph.nodes.ids), _known(graph.edges.ids)
    nodes, edges = _layout(node_ids), _layout(edge_ids)
    return Structure(
        node_ids=node_ids,
        edge_ids=edge_ids,
        nodes=nodes,
        edges=edges,
        columns=(
            *_cut(ElementKind.NODE, _node_structure(graph), nodes, chunk_hash),
            *_cut(ElementKind.EDGE, _edge_structure(graph), edges, chunk_hash),
        ),
    )


def cut_properties(graph: GraphColumns, structure: Structure, chunk_hash: Hash) -> list[ColumnPieces]:
    """Cut the properties of a graph, by its structure."""
    return [
        *_cut(ElementKind.NODE, _stored(graph.nodes.columns), structure.nodes, chunk_hash),
        *_cut(ElementKind.EDGE, _stored(graph.edges.columns), structure.edges, chunk_hash),
    ]


def _node_structure(graph: GraphColumns) -> dict[str, Column]:
    nodes = graph.nodes
    rows = np.arange(len(nodes), dtype=np.int32)
    return {
        ID: Column(kind=ColumnKind.INTEGER, values=_known(nodes.ids)),
        KEY: Column(kind=ColumnKind.TEXT, values=rows, categories=tuple(nodes.keys.tolist())),
    }


def _edge_structure(graph: GraphColumns) -> dict[str, Column]:
    edges, node_ids = graph.edges, _known(graph.nodes.ids)
    structure = {
        ID: Column(kind=ColumnKind.INTEGER, values=_known(edges.ids)),
        SOURCE: Column(kind=ColumnKind.INTEGER, values=node_ids[edges.sources]),
        TARGET: Column(kind=ColumnKind.INTEGER, values=node_ids[edges.targets]),
        TYPE: Column(kind=ColumnKind.TEXT, values=edges.type_codes, categories=edges.types),
    }
    return structure if edges.discriminators is None else {**structure, DISCRIMINATOR: edges.discriminators}


def _stored(columns: Mapping[str, Column]) -> dict[str, Column]:
    return {stored_name(name): column for name, column in columns.items()}


def _layout(ids: Ids) -> Layout:
    order = None if bool((np.diff(ids) > 0).all()) else np.argsort(ids, kind="stable")
    ordered = ids if order is None else ids[order]
    if bool((np.diff(ordered) == 0).any()):
        raise InvalidInputError("Two elements of the graph have the same key: give them names or a discriminator.")
    starts = np.flatnonzero(np.diff(ordered >> CHUNK_BITS, prepend=-1))
    ends = [*starts[1:].tolist(), len(ordered)] if len(starts) else []
    return Layout(
        order=order,
        bounds=tuple(zip(starts.tolist(), ends, strict=True)),
        numbers=(ordered[starts] >> CHUNK_BITS).astype(np.int32),
    )


def _cut(
    element_kind: ElementKind, columns: Mapping[str, Column], layout: Layout, chunk_hash: Hash
) -> Iterator[ColumnPieces]:
    for name, column in columns.items():
        whole = column if layout.order is None else column.take(layout.order)
        pieces = tuple(_slice(whole, first, last) for first, last in layout.bounds)
        there = [position for position, piece in enumerate(pieces) if piece.present is None or piece.present.any()]
        if there:
            kept = tuple(pieces[position] for position in there)
            yield ColumnPieces(
                element_kind=element_kind,
                name=name,
                kind=column.kind,
                numbers=layout.numbers[there],
                pieces=kept,
                hashes=tuple(map(chunk_hash, kept)),
                element_count=len(whole) if whole.present is None else int(whole.present.sum()),
            )


def _slice(column: Column, first: int, last: int) -> Column:
    return Column(
        kind=column.kind,
        values=column.values[first:last],
        present=None if column.present is None else column.present[first:last],
        categories=column.categories,
    )


def _known(ids: Ids | None) -> Ids:
    if ids is None:
        raise InvalidInputError("The graph has no dictionary ids: register it first.")
    return ids
