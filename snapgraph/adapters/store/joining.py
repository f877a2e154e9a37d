"""Chunks back to columns and columns to a graph in canonical order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.cutting import DISCRIMINATOR, ID, KEY, SOURCE, TARGET, TYPE, property_name
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["build_graph", "join_column", "texts_of"]

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


def join_column(kind: ColumnKind, pieces: Sequence[Column | None], lengths: Sequence[int]) -> Column:
    """Put the pieces of one column one behind the other.

    Args:
        kind: Of the column.
        pieces: One per chunk; ``None`` where no element has the property.
        lengths: Elements of each chunk.

    Raises:
        IntegrityError: A piece is of another kind or length.
    """
    for piece, length in zip(pieces, lengths, strict=True):
        if piece is not None and (piece.kind is not kind or len(piece) != length):
            raise IntegrityError(f"A chunk has {len(piece)} {piece.kind} values where {length} {kind} are listed.")
    values, categories = _joined_values(kind, pieces, lengths)
    present = None
    if any(piece is None or piece.present is not None for piece in pieces):
        present = np.concatenate([_mask(piece, length) for piece, length in zip(pieces, lengths, strict=True)])
    return Column(kind=kind, values=values, present=present, categories=categories)


def build_graph(nodes: Mapping[str, Column], edges: Mapping[str, Column]) -> GraphColumns:
    """Build a graph in canonical order from its structure columns and properties.

    Raises:
        IntegrityError: An edge ends in a node that is not there.
    """
    if not nodes:
        return _empty_graph()
    keys = texts_of(nodes[KEY])
    order = _order_of_texts(keys)
    node_ids = _ids(nodes[ID])
    if order is not None:
        keys, node_ids = keys[order], node_ids[order]
    properties = {name: column if order is None else column.take(order) for name, column in nodes.items()}
    return GraphColumns(
        nodes=NodeColumns(keys=keys, ids=node_ids, columns=_properties(properties)),
        edges=_build_edges(edges, node_ids) if edges else _no_edges(),
    )


def texts_of(column: Column) -> NDArray[np.object_]:
    """Give the texts of a TEXT column as an object array; all must be present."""
    texts = np.empty(len(column.categories), dtype=object)
    texts[:] = column.categories
    return texts[column.values.astype(np.intp)]


def _build_edges(edges: Mapping[str, Column], node_ids: Ids) -> EdgeColumns:
    sources, targets = (_rows_of(_ids(edges[name]), node_ids) for name in (SOURCE, TARGET))
    types, type_codes = _sorted_categories(edges[TYPE])
    discriminators = edges.get(DISCRIMINATOR)
    order = _edge_order(sources, targets, type_codes, discriminators)
    properties = dict(edges)
    ids = _ids(edges[ID])
    if order is not None:
        sources, targets, type_codes, ids = sources[order], targets[order], type_codes[order], ids[order]
        properties = {name: column.take(order) for name, column in edges.items()}
    return EdgeColumns(
        sources=sources,
        targets=targets,
        type_codes=type_codes,
        types=types,
        discriminators=properties.get(DISCRIMINATOR),
        ids=ids,
        columns=_properties(properties),
    )


def _edge_order(
    sources: NDArray[np.int32], targets: NDArray[np.int32], type_codes: NDArray[np.int32], discriminators: Column | None
) -> NDArray[np.intp] | None:
    """Give the canonical order of edges whose ends are rows of sorted nodes, or ``None`` when it is theirs already."""
    ranks = [targets.astype(np.int64), type_codes.astype(np.int64), sources.astype(np.int64)]
    if discriminators is not None:
        _, codes = _sorted_categories(discriminators)
        ranks.insert(0, codes.astype(np.int64))
    order = np.lexsort(ranks)
    return None if bool((np.diff(order) == 1).all()) else order


def _rows_of(wanted: Ids, node_ids: Ids) -> NDArray[np.int32]:
    order = np.argsort(node_ids, kind="stable")
    position = np.searchsorted(node_ids, wanted, sorter=order)
    rows = order[np.minimum(position, len(order) - 1)]
    if not np.array_equal(node_ids[rows], wanted):
        raise IntegrityError("An edge of the snapshot ends in a node that the snapshot does not have.")
    return rows.astype(np.int32)


def _sorted_categories(column: Column) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Give the categories sorted, and the codes into them (-1 stays -1)."""
    order = sorted(range(len(column.categories)), key=column.categories.__getitem__)
    renumbered = np.full(len(order) + 1, -1, dtype=np.int32)
    renumbered[order] = np.arange(len(order), dtype=np.int32)
    return tuple(column.categories[code] for code in order), renumbered[column.values.astype(np.intp)]


def _order_of_texts(texts: NDArray[np.object_]) -> NDArray[np.intp] | None:
    listed: list[str] = texts.tolist()
    if all(first <= second for first, second in pairwise(listed)):
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


def _properties(columns: Mapping[str, Column]) -> dict[str, Column]:
    return {name: column for stored, column in columns.items() if (name := property_name(stored)) is not None}


def _ids(column: Column) -> Ids:
    return column.values.astype(np.int64, copy=False)


def _no_edges() -> EdgeColumns:
    nothing = np.empty(0, dtype=np.int32)
    return EdgeColumns(sources=nothing, targets=nothing, type_codes=nothing, types=(), ids=np.empty(0, dtype=np.int64))


def _empty_graph() -> GraphColumns:
    nodes = NodeColumns(keys=np.empty(0, dtype=object), ids=np.empty(0, dtype=np.int64))
    return GraphColumns(nodes=nodes, edges=_no_edges())
