"""The two hashes of a graph: of everything, and of everything but what changes all the time.

A column is hashed in blocks of 4096 rows in canonical order, each as a chunk is. As long as every element of the first
capture is there and none is new, blocks and chunks are the same, and the store hands in what it has hashed already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from snapgraph.engine.columns.canonical import canonical, is_same
from snapgraph.engine.columns.chunks import chunk_hash
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["BLOCK_ROWS", "GraphDigests", "content_hashes", "digest_graph"]

BLOCK_ROWS = 4096
_HEX_DIGITS = 32
_Name = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphDigests:
    """The digests of a graph's parts.

    Attributes:
        graph: Whose they are: a later graph takes over the digests of the columns that it has too.
        structure: Of keys, ends and types.
        columns: ``("edge", "value")`` -> digest of the column; those of nothing are left out.
    """

    graph: GraphColumns
    structure: bytes
    columns: Mapping[_Name, bytes]

    def hashes(self, volatile: Collection[str] = ()) -> tuple[str, str]:
        """Give 32 hex digits each: of everything, and without the volatile columns (the *stable* hash)."""
        everything, stable = hashlib.sha256(self.structure), hashlib.sha256(self.structure)
        for (kind, name), digest in sorted(self.columns.items()):
            data = f"{kind}\0{name}\0".encode("utf-8", "surrogatepass") + digest
            everything.update(data)
            if name not in volatile:
                stable.update(data)
        return everything.hexdigest()[:_HEX_DIGITS], stable.hexdigest()[:_HEX_DIGITS]


def content_hashes(graph: GraphColumns, volatile: Collection[str] = ()) -> tuple[str, str]:
    """Hash a graph in canonical order, independent of dictionary ids, of codes and of the order of columns.

    Args:
        graph: In canonical order.
        volatile: Properties that the second hash leaves out.

    Returns:
        32 hex digits each: of everything, and without the volatile columns (the *stable* hash).
    """
    return digest_graph(graph).hashes(volatile)


def digest_graph(
    graph: GraphColumns, last: GraphDigests | None = None, blocks: Mapping[_Name, Collection[bytes]] | None = None
) -> GraphDigests:
    """Digest a graph in canonical order.

    Args:
        graph: In canonical order.
        last: Of the capture before: what is the same is compared (10 GB/s) instead of hashed (1 GB/s).
        blocks: ``("edge", "value")`` -> the hashes of all blocks of that column, where they are known.
    """
    known = blocks or {}
    columns = {
        (kind, name): _joined(known[kind, name])
        if (kind, name) in known
        else _taken_over((kind, name), column, last) or _column_digest(column)
        for kind, mapping in (("node", graph.nodes.columns), ("edge", graph.edges.columns))
        for name, column in mapping.items()
        if column.present is None or bool(column.present.any())
    }
    structure = last.structure if last is not None and _same_structure(graph, last.graph) else _structure_digest(graph)
    return GraphDigests(graph=graph, structure=structure, columns=columns)


def _taken_over(name: _Name, column: Column, last: GraphDigests | None) -> bytes | None:
    if last is None or name not in last.columns:
        return None
    known = last.graph.nodes.columns if name[0] == "node" else last.graph.edges.columns
    return last.columns[name] if is_same(column, known[name[1]]) else None


def _same_structure(graph: GraphColumns, other: GraphColumns) -> bool:
    edges, known = graph.edges, other.edges
    return (
        edges.types == known.types
        and np.array_equal(edges.sources, known.sources)
        and np.array_equal(edges.targets, known.targets)
        and np.array_equal(edges.type_codes, known.type_codes)
        and np.array_equal(graph.nodes.keys, other.nodes.keys)
        and (
            edges.discriminators is known.discriminators
            if edges.discriminators is None or known.discriminators is None
            else is_same(edges.discriminators, known.discriminators)
        )
    )


def _structure_digest(graph: GraphColumns) -> bytes:
    return hashlib.sha256(_texts_digest(graph.nodes.keys.tolist()) + _edges_digest(graph.edges)).digest()


def _column_digest(column: Column) -> bytes:
    return _joined([chunk_hash(_block(column, start)) for start in range(0, len(column), BLOCK_ROWS)])


def _block(column: Column, start: int) -> Column:
    rows = slice(start, start + BLOCK_ROWS)
    present = None if column.present is None else column.present[rows]
    return Column(kind=column.kind, values=column.values[rows], present=present, categories=column.categories)


def _joined(hashes: Collection[bytes]) -> bytes:
    return hashlib.sha256(b"".join(hashes)).digest()


def _edges_digest(edges: EdgeColumns) -> bytes:
    types = canonical(Column(kind=ColumnKind.TEXT, values=edges.type_codes, categories=edges.types))
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(edges.sources, dtype="<i4").data)
    digest.update(np.ascontiguousarray(edges.targets, dtype="<i4").data)
    digest.update(types.values.data)
    digest.update(_texts_digest(types.categories))
    if edges.discriminators is not None and any(edges.discriminators.categories):
        digest.update(_column_digest(edges.discriminators))
    return digest.digest()


def _texts_digest(texts: Collection[str]) -> bytes:
    """Hash texts one after the other: their lengths, then all of them."""
    digest = hashlib.sha256()
    lengths = np.fromiter(map(len, texts), dtype="<i8", count=len(texts))
    digest.update(lengths.data)
    digest.update("".join(texts).encode("utf-8", "surrogatepass"))
    return digest.digest()
