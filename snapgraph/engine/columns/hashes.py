"""The two hashes of a graph: of everything, and of everything but what changes all the time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

import numpy as np

from snapgraph.engine.columns.canonical import canonical
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["content_hashes"]

_SIZE = 16


def content_hashes(graph: GraphColumns, volatile: Collection[str] = ()) -> tuple[str, str]:
    """Hash a graph in canonical order, independent of dictionary ids, of codes and of the order of columns.

    Args:
        graph: In canonical order.
        volatile: Properties that the second hash leaves out.

    Returns:
        32 hex digits each: of everything, and without the volatile columns (the *stable* hash).
    """
    structure = _texts_digest(graph.nodes.keys.tolist()) + _edges_digest(graph.edges)
    columns = [
        (name, mark + name.encode("utf-8", "surrogatepass") + b"\0" + column_digest)
        for mark, mapping in ((b"n", graph.nodes.columns), (b"e", graph.edges.columns))
        for name, column_digest in _column_digests(mapping)
    ]
    everything = hashlib.blake2b(structure, digest_size=_SIZE)
    stable = hashlib.blake2b(structure, digest_size=_SIZE)
    for name, data in columns:
        everything.update(data)
        if name not in volatile:
            stable.update(data)
    return everything.hexdigest(), stable.hexdigest()


def _column_digests(columns: Mapping[str, Column]) -> list[tuple[str, bytes]]:
    return [(name, _column_digest(columns[name])) for name in sorted(columns) if _has_any(columns[name])]


def _has_any(column: Column) -> bool:
    """Say whether any element has it: a column of nothing is no content."""
    return column.present is None or bool(column.present.any())


def _column_digest(column: Column) -> bytes:
    piece = canonical(column)
    digest = hashlib.blake2b(piece.kind.encode(), digest_size=_SIZE)
    if piece.present is not None:
        digest.update(np.packbits(piece.present).data)
    digest.update(piece.values.data)
    digest.update(_texts_digest(piece.categories))
    return digest.digest()


def _edges_digest(edges: EdgeColumns) -> bytes:
    types = canonical(Column(kind=ColumnKind.TEXT, values=edges.type_codes, categories=edges.types))
    digest = hashlib.blake2b(digest_size=_SIZE)
    digest.update(np.ascontiguousarray(edges.sources, dtype="<i4").data)
    digest.update(np.ascontiguousarray(edges.targets, dtype="<i4").data)
    digest.update(types.values.data)
    digest.update(_texts_digest(types.categories))
    if edges.discriminators is not None and any(edges.discriminators.categories):
        digest.update(_column_digest(edges.discriminators))
    return digest.digest()


def _texts_digest(texts: Collection[str]) -> bytes:
    """Hash texts one after the other: their lengths, then all of them."""
    digest = hashlib.blake2b(digest_size=_SIZE)
    lengths = np.fromiter(map(len, texts), dtype="<i8", count=len(texts))
    digest.update(lengths.data)
    digest.update("".join(texts).encode("utf-8", "surrogatepass"))
    return digest.digest()
