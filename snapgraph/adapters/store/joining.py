"""Chunks back to columns and columns to a graph in canonical order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.cutting import DISCRIMINATOR, ID, KEY, SOURCE, TARGET, TYPE, property_name
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["Skeleton", "fill", "join_columns", "join_pieces", "skeleton"]

_CODED = (ColumnKind.TEXT, ColumnKind.JSON)
_DTYPES: Mapping[ColumnKind, type[np.generic]] = {
    ColumnKind.FLOAT: np.float64,
    ColumnKind.INTEGER: np.int64,
    ColumnKind.TIME: np.int64,
    ColumnKind.BOOLEAN: np.bool_,
    ColumnKind.TEXT: np.int32,
    ColumnKind.JSON: np.int32,
}
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Skeleton:
    """A graph in canonical order without its properties, and how its rows got there.

    Attributes:
        nodes: Without columns.
        edges: Without columns.
        node_order: Rows in canonical order; ``None`` when they were in it.
        edge_order: The same of the edges.
    """

    nodes: NodeColumns
    edges: EdgeColumns
    node_order: NDArray[np.intp] | None
    edge_order: NDArray[np.intp] | None


def join_pieces(chunks: Iterable[Mapping[str, Column]]) -> dict[str, Column]:
    """Put the pieces of columns one behind the other.

    Args:
        chunks: Stored name -> piece; ``@id`` among them, and as many values in each; a chunk of nothing is left out.

    Raises:
        IntegrityError: Pieces of one chunk are not equally long, or of one column not of one kind.
    """
    parts = [chunk for chunk in chunks if chunk]
    lengths = [len(chunk[ID]) for chunk in parts]
    return {
        name: _join([chunk.get(name) for chunk in parts], lengths, distinct=name == KEY)
        for name in dict.fromkeys(name for chunk in parts for name in chunk)
    }


def join_columns(pieces: Sequence[Column]) -> Column:
    """Put pieces of one column one behind the other."""
    return _join(pieces, [len(piece) for piece in pieces], distinct=False)


def _join(pieces: Sequence[Column | None], lengths: Sequence[int], *, distinct: bool) -> Column:
    kind = next(piece.kind for piece in pieces if piece is not None)
    for piece, length in zip(pieces, lengths, strict=True):
        if piece is not None and (piece.kind is not kind or len(piece) != length):
            raise IntegrityError(f"A chunk has {len(piece)} {piece.kind} values where {length} {kind} are listed.")
    if distinct:
        return _distinct([piece for piece in pieces if piece is not None])
    values, categories = _joined_values(kind, pieces, lengths)
    present = None
    if any(piece is None or piece.present is not None for piece in pieces):
        present = np.concatenate([_mask(piece, length) for piece, length in zip(pieces, lengths, strict=True)])
    return Column(kind=kind, values=values, present=present, categories=categories)


def _distinct(pieces: Sequence[Column]) -> Column:
    """Join texts of which none stands twice, as node keys: they need not be looked up."""
    starts = np.cumsum([0, *(len(piece.categories) for piece in pieces)])
    codes = [piece.values + start for piece, start in zip(pieces, starts[:-1].tolist(), strict=True)]
    texts = tuple(itertools.chain.from_iterable(piece.categories for piece in pieces))
    return Column(kind=ColumnKind.TEXT, values=np.concatenate(codes), categories=texts)


def skeleton(nodes: Mapping[str, Column], edges: Mapping[str, Column]) -> Skeleton:
    """Bring elements into canonical order by their structure columns.

    Raises:
        IntegrityError: An edge ends in a node that is not there.
    """
    node_order, edge_order = None, None
    found_nodes = NodeColumns(keys=np.empty(0, dtype=object), ids=np.empty(0, dtype=np.int64))
    found_edges = _no_edges()
    if nodes:
        keys, node_ids = _texts_of(nodes[KEY]), _ids(nodes[ID])
        node_order = _order_of_texts(keys)
        if node_order is not None:
            keys, node_ids = keys[node_order], node_ids[node_order]
        found_nodes = NodeColumns(keys=keys, ids=node_ids)
        if edges:
            found_edges, edge_order = _ordered_edges(edges, node_ids)
    return Skeleton(nodes=found_nodes, edges=found_edges, node_order=node_order, edge_order=edge_order)


def fill(bones: Skeleton, nodes: Mapping[str, Column], edges: Mapping[str, Column]) -> GraphColumns:
    """Put the properties to the elements."""
    return GraphColumns(
        nodes=replace(bones.nodes, columns=_properties(nodes, bones.node_order)),
        edges=replace(bones.edges, columns=_properties(edges, bones.edge_order)),
    )


def _texts_of(column: Column) -> NDArray[np.object_]:
    texts = np.empty(len(column.categories), dtype=object)
    texts[:] = column.categories
    return texts[column.values.astype(np.intp)]


def _ordered_edges(edges: Mapping[str, Column], node_ids: Ids) -> tuple[EdgeColumns, NDArray[np.intp] | None]:
    sources, targets = (_rows_of(_ids(edges[name]), node_ids) for name in (SOURCE, TARGET))
    types, type_codes = _sorted_categories(edges[TYPE])
    discriminators, ids = edges.get(DISCRIMINATOR), _ids(edges[ID])
    order = _edge_order(sources, targets, type_codes, discriminators)
    if order is not None:
        sources, targets, type_codes, ids = sources[order], targets[order], type_codes[order], ids[order]
        discriminators = None if discriminators is None else discriminators.take(order)
    found = EdgeColumns(
        sources=sources, targets=targets, type_codes=type_codes, types=types, discriminators=discriminators, ids=ids
    )
    return found, order


def _edge_order(
    sources: NDArray[np.int32], targets: NDArray[np.int32], type_codes: NDArray[np.int32], discriminators: Column | None
) -> NDArray[np.intp] | None:
    """Give the canonical order of edges whose ends are rows of sorted nodes, or ``None`` when it is theirs already."""
    ranks = [targets.astype(np.int64), type_codes.astype(np.int64), sources.astype(np.int64)]
    if discriminators is not None:
        ranks.insert(0, _sorted_categories(discriminators)[1].astype(np.int64))
    elif len(sources):
        width, types = int(targets.max()) + 1, int(type_codes.max()) + 1  # rows, so far below 2**63 together
        ranks = [(ranks[2] * types + ranks[1]) * width + ranks[0]]
        if bool((np.diff(ranks[0]) > 0).all()):
            return None
    return np.lexsort(ranks)


def _rows_of(wanted: Ids, node_ids: Ids) -> NDArray[np.int32]:
    """Look ids up by a table from the lowest to the highest of them: they are dense."""
    lowest, highest = int(node_ids.min()), int(node_ids.max())
    rows = np.full(highest - lowest + 2, -1, dtype=np.int32)
    rows[node_ids - lowest] = np.arange(len(node_ids), dtype=np.int32)
    found = rows[np.clip(wanted - lowest, -1, highest - lowest + 1)]
    if bool((found < 0).any()):
        raise IntegrityError("An edge of the snapshot ends in a node that the snapshot does not have.")
    return found


def _sorted_categories(column: Column) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Give the categories sorted, and the codes into them (-1 stays -1)."""
    order = sorted(range(len(column.categories)), key=column.categories.__getitem__)
    renumbered = np.full(len(order) + 1, -1, dtype=np.int32)
    renumbered[order] = np.arange(len(order), dtype=np.int32)
    return tuple(column.categories[code] for code in order), renumbered[column.values.astype(np.intp)]


def _order_of_texts(texts: NDArray[np.object_]) -> NDArray[np.intp] | None:
    listed: list[str] = texts.tolist()
    if listed == sorted(listed):
        return None
    return np.array(sorted(range(len(listed)), key=listed.__getitem__), dtype=np.intp)


def _joined_values(
    kind: ColumnKind, pieces: Sequence[Column | None], lengths: Sequence[int]
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    if kind not in _CODED:
        parts = [
            np.zeros(length, dtype=_DTYPES[kind]) if piece is None else piece.values
            for piece, length in zip(pieces, lengths, strict=True)
        ]
        return np.concatenate(parts), ()
    first = next(piece for piece in pieces if piece is not None)
    if all(piece is not None and piece.categories == first.categories for piece in pieces):
        return np.concatenate([piece.values for piece in pieces if piece is not None]), first.categories
    known: dict[str, int] = {}
    codes: list[NDArray[np.generic]] = []
    for piece, length in zip(pieces, lengths, strict=True):
        if piece is None:
            codes.append(np.full(length, -1, dtype=np.int32))
            continue
        numbers = [known.setdefault(text, len(known)) for text in piece.categories]
        codes.append(np.array([*numbers, -1], dtype=np.int32)[piece.values.astype(np.intp)])
    return np.concatenate(codes), tuple(known)


def _mask(piece: Column | None, length: int) -> NDArray[np.bool_]:
    if piece is None:
        return np.zeros(length, dtype=np.bool_)
    return np.ones(length, dtype=np.bool_) if piece.present is None else piece.present


def _properties(columns: Mapping[str, Column], order: NDArray[np.intp] | None) -> dict[str, Column]:
    return {
        name: column if order is None else column.take(order)
        for stored, column in columns.items()
        if (name := property_name(stored)) is not None
    }


def _ids(column: Column) -> Ids:
    return column.values.astype(np.int64, copy=False)


def _no_edges() -> EdgeColumns:
    nothing = np.empty(0, dtype=np.int32)
    return EdgeColumns(sources=nothing, targets=nothing, type_codes=nothing, types=(), ids=np.empty(0, dtype=np.int64))
