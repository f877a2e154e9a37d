"""A graph as columns of chunks, and back: chunk number = element id >> 12, so that chunks of all snapshots align.

Beside the properties a payload has *structure columns*, marked by ``@``: ``@id`` and ``@key`` of nodes; ``@id``,
``@source``, ``@target`` (node ids), ``@type`` and, where there are any, ``@discriminator`` of edges. A snapshot can so
be read without the dictionary. Properties are stored with a dot before their name, since a property may be called
``@id`` too. A chunk in which no element has the property is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.errors import InvalidInputError
from snapgraph.model.codecs import ColumnCodec
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
    "CutGraph",
    "cut",
    "property_name",
    "stored_name",
]

CHUNK_BITS = 12
"""4096 elements: 25 chunks for 100,000 edges; half as many per chunk cost 30 % more bytes, twice as many skip less."""
ID, KEY, SOURCE, TARGET, TYPE, DISCRIMINATOR = "@id", "@key", "@source", "@target", "@type", "@discriminator"

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPieces:
    """One column, cut.

    Attributes:
        element_kind: Nodes or edges.
        name: As stored.
        kind: How the values are held.
        whole: The column, in the order of its graph.
        pieces: Chunk number, rising -> the rows of that chunk's ``@id``, in its order.
        hashes: Chunk number -> 16 bytes.
        element_count: How many elements have the property.
    """

    element_kind: ElementKind
    name: str
    kind: ColumnKind
    whole: Column
    pieces: Mapping[int, Column]
    hashes: Mapping[int, bytes]
    element_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the elements of one kind fall into chunks.

    Attributes:
        order: Rows in the order of their ids; ``None`` when they are in it.
        bounds: First row and row after the last of each chunk, in that order.
        numbers: Chunk numbers.
        is_gapless: The ids are 0, 1, 2 … in the order of the rows.
    """

    order: NDArray[np.intp] | None
    bounds: tuple[tuple[int, int], ...]
    numbers: NDArray[np.int32]
    is_gapless: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CutGraph:
    """A graph, cut. The last committed one of each live graph is remembered: what is the same is not hashed again.

    Attributes:
        graph: With ids.
        nodes: How its nodes fall into chunks.
        edges: How its edges do.
        structure: Its structure columns, cut: they depend on the ids alone, and hardly ever change.
        properties: Its properties, cut, by kind of element and stored name.
    """

    graph: GraphColumns
    nodes: Layout
    edges: Layout
    structure: tuple[ColumnPieces, ...]
    properties: Mapping[tuple[ElementKind, str], ColumnPieces]

    @property
    def columns(self) -> tuple[ColumnPieces, ...]:
        """All columns, in the order of the manifest."""
        return (*self.structure, *self.properties.values())

    def blocks(self, rows: int) -> dict[tuple[str, str], tuple[bytes, ...]]:
        """Give the hashes of the properties whose chunks are blocks of so many rows in canonical order.

        They are when a graph has all elements that were ever seen, numbered in canonical order: a stable schema.
        """
        if rows != 1 << CHUNK_BITS:
            return {}
        found: dict[tuple[str, str], tuple[bytes, ...]] = {}
        for (kind, stored), column in self.properties.items():
            layout, name = (self.nodes if kind is ElementKind.NODE else self.edges), property_name(stored)
            if layout.is_gapless and len(column.hashes) == len(layout.bounds) and name is not None:
                found[str(kind), name] = tuple(column.hashes.values())
        return found

    def has_elements_of(self, graph: GraphColumns) -> bool:
        """Say whether a graph, with or without ids, has just these elements."""
        mine, edges = self.graph.edges, graph.edges
        return (
            edges.types == mine.types
            and np.array_equal(edges.sources, mine.sources)
            and np.array_equal(edges.targets, mine.targets)
            and np.array_equal(edges.type_codes, mine.type_codes)
            and np.array_equal(graph.nodes.keys, self.graph.nodes.keys)
            and _same_texts(edges.discriminators, mine.discriminators)
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


def cut(graph: GraphColumns, codec: ColumnCodec, last: CutGraph | None = None) -> CutGraph:
    """Cut a graph with ids into the columns of its payload.

    Args:
        graph: With ids; with the id arrays of ``last`` when it has the same elements.
        codec: Hashes.
        last: Capture before this one.

    Raises:
        InvalidInputError: Two elements have the same key.
    """
    node_ids, edge_ids = _known(graph.nodes.ids), _known(graph.edges.ids)
    if last is not None and node_ids is last.graph.nodes.ids and edge_ids is last.graph.edges.ids:
        nodes, edges, structure = last.nodes, last.edges, last.structure
    else:
        last = None
        nodes, edges = _layout(node_ids), _layout(edge_ids)
        structure = (
            *_cut(ElementKind.NODE, _node_structure(graph), nodes, codec),
            *_cut(ElementKind.EDGE, _edge_structure(graph), edges, codec),
        )
    properties = (
        *_cut(ElementKind.NODE, _stored(graph.nodes.columns), nodes, codec, last),
        *_cut(ElementKind.EDGE, _stored(graph.edges.columns), edges, codec, last),
    )
    return CutGraph(
        graph=graph,
        nodes=nodes,
        edges=edges,
        structure=structure,
        properties={(each.element_kind, each.name): each for each in properties},
    )


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
        is_gapless=order is None and len(ids) > 0 and int(ids[-1]) == len(ids) - 1,
    )


def _cut(
    element_kind: ElementKind,
    columns: Mapping[str, Column],
    layout: Layout,
    codec: ColumnCodec,
    last: CutGraph | None = None,
) -> Iterator[ColumnPieces]:
    for name, column in columns.items():
        before = last.properties.get((element_kind, name)) if last is not None else None
        if before is not None and codec.is_same(column, before.whole):
            yield before
            continue
        ordered = column if layout.order is None else column.take(layout.order)
        pieces = {
            number: piece
            for number, (first, end) in zip(layout.numbers.tolist(), layout.bounds, strict=True)
            if (piece := _slice(ordered, first, end)).present is None or piece.present.any()
        }
        if pieces:
            yield ColumnPieces(
                element_kind=element_kind,
                name=name,
                kind=column.kind,
                whole=column,
                pieces=pieces,
                hashes=_hashes(pieces, before, codec),
                element_count=len(column) if column.present is None else int(column.present.sum()),
            )


def _hashes(pieces: Mapping[int, Column], before: ColumnPieces | None, codec: ColumnCodec) -> dict[int, bytes]:
    """Hash the pieces, but for those that are as they were."""
    known = {} if before is None else before.pieces
    return {
        number: before.hashes[number]
        if before is not None and number in known and codec.is_same(piece, known[number])
        else codec.chunk_hash(piece)
        for number, piece in pieces.items()
    }


def _same_texts(left: Column | None, right: Column | None) -> bool:
    if left is None or right is None:
        return left is right
    return left.categories == right.categories and np.array_equal(left.values, right.values)


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
