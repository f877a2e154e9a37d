"""What this process remembers: only what never changes once it is committed, so that nothing has to be invalidated."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

from snapgraph.adapters.store.cutting import Structure
from snapgraph.adapters.store.dictionary import GraphDictionary
from snapgraph.model.columns import Column

__all__ = ["Caches"]

_DECODED_CHUNKS = 512
"""Chunks of keys, ids and types kept decoded: some 50 MB at most, which a stored diff does not read again."""


class Caches:
    """The memory of one store.

    Attributes:
        partitions: (class number, lower bound) of partitions that were seen.
    """

    def __init__(self) -> None:
        self.partitions: set[tuple[int, datetime]] = set()
        self.horizon_seen_at: datetime | None = None
        self._lock = threading.Lock()
        self._dictionaries: dict[UUID, GraphDictionary] = {}
        self._structures: dict[UUID, Structure] = {}
        self._chunks: OrderedDict[bytes, Column] = OrderedDict()

    def dictionary(self, incarnation: UUID) -> GraphDictionary:
        """Give the dictionary of a live graph, empty at first."""
        with self._lock:
            return self._dictionaries.setdefault(incarnation, GraphDictionary())

    def structure(self, incarnation: UUID) -> Structure | None:
        """Give the structure of the last capture of a live graph."""
        return self._structures.get(incarnation)

    def keep_structure(self, incarnation: UUID, structure: Structure) -> None:
        """Remember the structure of a committed capture; before the commit its ids may still become another's."""
        self._structures[incarnation] = structure

    def decoded(self, chunk_hash: bytes) -> Column | None:
        """Give a decoded chunk that is still remembered."""
        with self._lock:
            column = self._chunks.get(chunk_hash)
            if column is not None:
                self._chunks.move_to_end(chunk_hash)
            return column

    def keep(self, chunk_hash: bytes, column: Column) -> None:
        """Remember a decoded chunk, and forget the one that was not asked for longest."""
        with self._lock:
            self._chunks[chunk_hash] = column
            if len(self._chunks) > _DECODED_CHUNKS:
                self._chunks.popitem(last=False)
