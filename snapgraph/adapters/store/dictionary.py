"""The dictionary of one live graph in memory: keys to ids, by numpy look-ups.

Append-only and dense: position = id. It holds only what is committed; a transaction that registers elements keeps them
to itself until then (see ``elements``), so that after a rollback nothing wrong is remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from snapgraph.errors import TooLargeError

__all__ = ["EdgeParts", "GraphDictionary", "Ids"]

Ids = NDArray[np.int64]
_NO_IDS: Ids = np.empty(0, dtype=np.int64)
_NUMBER_BITS = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeParts:
    """What edges are made of: equally long arrays of node ids and numbers of (type, discriminator)."""

    source_ids: Ids
    target_ids: Ids
    type_numbers: Ids

    def __len__(self) -> int:
        return len(self.source_ids)

    def has_twins(self) -> bool:
        """Say whether two of the edges are the same."""
        arrays = (self.type_numbers, self.target_ids, self.source_ids)
        order = np.lexsort(arrays)
        steps = np.stack([np.diff(each[order]) for each in arrays])
        return bool((steps == 0).all(axis=0).any())

    def take(self, rows: NDArray[np.intp]) -> EdgeParts:
        """Pick rows."""
        return EdgeParts(
            source_ids=self.source_ids[rows], target_ids=self.target_ids[rows], type_numbers=self.type_numbers[rows]
        )

    def followed_by(self, other: EdgeParts) -> EdgeParts:
        """Put the parts of other edges behind."""
        return EdgeParts(
            source_ids=np.concatenate((self.source_ids, other.source_ids)),
            target_ids=np.concatenate((self.target_ids, other.target_ids)),
            type_numbers=np.concatenate((self.type_numbers, other.type_numbers)),
        )


_NO_PARTS = EdgeParts(source_ids=_NO_IDS, target_ids=_NO_IDS, type_numbers=_NO_IDS)


@dataclass(slots=True)
class _EdgeIndex:
    """The edges sorted by one packed number each."""

    bits: tuple[int, int]
    packed: Ids
    ids: Ids


@dataclass(slots=True)
class GraphDictionary:
    """Everything that was ever seen in one live graph, as far as this process knows."""

    nodes: dict[str, int] = field(default_factory=dict)
    types: dict[tuple[str, str], int] = field(default_factory=dict)
    edges: EdgeParts = _NO_PARTS
    _index: _EdgeIndex | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def node_ids(self, keys: NDArray[np.object_]) -> Ids:
        """Look node keys up; -1 where one is unknown."""
        with self._lock:
            known = self.nodes
            return np.fromiter((known.get(key, -1) for key in keys.tolist()), dtype=np.int64, count=len(keys))

    def edge_ids(self, parts: EdgeParts) -> Ids:
        """Look edges up; -1 where one is unknown."""
        with self._lock:
            return self._search(parts)

    def add_nodes(self, first_id: int, keys: Sequence[str]) -> None:
        """Append committed nodes; those that are known already are left alone."""
        with self._lock:
            self.nodes.update((key, first_id + position) for position, key in enumerate(keys))

    def add_types(self, first_number: int, names: Sequence[tuple[str, str]]) -> None:
        """Append committed pairs of type and discriminator; those that are known already are left alone."""
        with self._lock:
            self.types.update((name, first_number + position) for position, name in enumerate(names))

    def add_edges(self, first_id: int, parts: EdgeParts) -> None:
        """Append committed edges; those that are known already are left alone."""
        with self._lock:
            known = len(self.edges)
            if first_id <= known < first_id + len(parts):
                self.edges = self.edges.followed_by(parts.take(np.arange(known - first_id, len(parts))))
                self._index = None

    def _search(self, parts: EdgeParts) -> Ids:
        if len(parts) == 0 or len(self.edges) == 0:
            return np.full(len(parts), -1, dtype=np.int64)
        if self._index is None:
            bits = _bits(self.edges)
            packed = _pack(self.edges, bits)
            order = np.argsort(packed, kind="stable")
            self._index = _EdgeIndex(bits=bits, packed=packed[order], ids=order)
        index = self._index
        in_range = _fits(parts, index.bits)
        wanted = _pack(parts, index.bits)
        position = np.minimum(np.searchsorted(index.packed, wanted), len(index.packed) - 1)
        return np.where(in_range & (index.packed[position] == wanted), index.ids[position], -1)


def _bits(parts: EdgeParts) -> tuple[int, int]:
    """Give the bits of a node id and of a type number; source, target and type must fit into 63 bits together."""
    node_bits = int(max(parts.source_ids.max(), parts.target_ids.max())).bit_length()
    type_bits = int(parts.type_numbers.max()).bit_length()
    if 2 * node_bits + type_bits > _NUMBER_BITS:
        raise TooLargeError(
            f"The live graph has shown 2**{node_bits} nodes and 2**{type_bits} kinds of edges over time, more than the "
            "dictionary holds: name the graph anew, or leave out what changes its name all the time."
        )
    return node_bits, type_bits


def _pack(parts: EdgeParts, bits: tuple[int, int]) -> Ids:
    node_bits, type_bits = bits
    return (parts.source_ids << (node_bits + type_bits)) | (parts.target_ids << type_bits) | parts.type_numbers


def _fits(parts: EdgeParts, bits: tuple[int, int]) -> NDArray[np.bool_]:
    node_bits, type_bits = bits
    nodes = parts.source_ids | parts.target_ids
    return np.asarray((nodes >> node_bits == 0) & (parts.type_numbers >> type_bits == 0), dtype=np.bool_)
