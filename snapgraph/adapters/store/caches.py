"""What this process remembers: only what never changes once it is committed, so that nothing has to be invalidated.

The last graph of each live graph is among it: 6 MB for 100,000 relationships with four properties.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from snapgraph.adapters.store.contents import Manifest, PayloadOwner
from snapgraph.adapters.store.cutting import CutGraph
from snapgraph.adapters.store.dictionary import GraphDictionary
from snapgraph.adapters.store.topologies import Topology
from snapgraph.model.codecs import ContentDigests
from snapgraph.model.columns import Column

__all__ = ["MANIFESTS", "Caches"]

_DECODED_BYTES = 64 << 20
"""Decoded chunks that are kept: keys, ids and types, which a stored diff does not read again, and the values of noise.
One comparison at 100,000 relationships looks at 20 MB of them; the next one at the same, and one snapshot more."""

_TOPOLOGY_BYTES = 64 << 20
"""Topologies that are kept, 3.4 MB each at 100,000 edges and 10,000 nodes; one that is larger is not."""

_TEXT_BYTES = 60
"""What a str takes beside its characters."""

MANIFESTS = 64
"""Some 20 kB each at 100,000 relationships; twenty are what one comparison looks at."""
_Structure = tuple[tuple[str, bytes], ...]
_Identity = tuple[str, int, datetime, str]


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
        self._captures: dict[UUID, CutGraph] = {}
        self._digests: dict[str, ContentDigests] = {}
        self._manifests: OrderedDict[_Identity, Manifest] = OrderedDict()
        self._chunks: OrderedDict[bytes, Column] = OrderedDict()
        self._chunk_bytes = 0
        self._topologies: OrderedDict[_Structure, Topology] = OrderedDict()
        self._topology_bytes = 0

    def dictionary(self, incarnation: UUID) -> GraphDictionary:
        """Give the dictionary of a live graph, empty at first."""
        with self._lock:
            return self._dictionaries.setdefault(incarnation, GraphDictionary())

    def last_capture(self, incarnation: UUID) -> CutGraph | None:
        """Give the last committed capture of a live graph that this process made."""
        return self._captures.get(incarnation)

    def keep_capture(self, incarnation: UUID, made: CutGraph) -> None:
        """Remember a committed capture; before the commit its ids may still become another's."""
        self._captures[incarnation] = made

    def digests(self, graph: str) -> ContentDigests | None:
        """Give the digests of the last graph of that name: they are of contents, so no commit is needed."""
        return self._digests.get(graph)

    def keep_digests(self, graph: str, digests: ContentDigests) -> None:
        """Remember the digests of a graph."""
        self._digests[graph] = digests

    def manifest(self, snapshot: PayloadOwner) -> Manifest | None:
        """Give a manifest that is still remembered."""
        with self._lock:
            return self._manifests.get(_identity(snapshot))

    def keep_manifest(self, snapshot: PayloadOwner, manifest: Manifest) -> None:
        """Remember a manifest: it never changes, and a chunk of it that is gone is noticed when it is fetched."""
        with self._lock:
            self._manifests[_identity(snapshot)] = manifest
            if len(self._manifests) > MANIFESTS:
                self._manifests.popitem(last=False)

    def decoded(self, hashes: Iterable[bytes]) -> dict[bytes, Column]:
        """Give those of the decoded chunks that are still remembered."""
        with self._lock:
            found = {each: self._chunks[each] for each in hashes if each in self._chunks}
            for each in found:
                self._chunks.move_to_end(each)
            return found

    def keep(self, chunk_hash: bytes, column: Column) -> None:
        """Remember a decoded chunk, and forget those that were not asked for longest."""
        with self._lock:
            if chunk_hash in self._chunks:
                return  # another thread decoded it at the same time
            self._chunks[chunk_hash] = column
            self._chunk_bytes += _size(column)
            while self._chunk_bytes > _DECODED_BYTES:
                _, forgotten = self._chunks.popitem(last=False)
                self._chunk_bytes -= _size(forgotten)

    def topology(self, structure: _Structure) -> Topology | None:
        """Give a topology that is still remembered."""
        with self._lock:
            found = self._topologies.get(structure)
            if found is not None:
                self._topologies.move_to_end(structure)
            return found

    def keep_topology(self, structure: _Structure, topology: Topology) -> None:
        """Remember a topology, and forget those that were not asked for longest."""
        with self._lock:
            if structure in self._topologies:
                return
            self._topologies[structure] = topology
            self._topology_bytes += topology.nbytes
            while self._topology_bytes > _TOPOLOGY_BYTES:
                _, forgotten = self._topologies.popitem(last=False)
                self._topology_bytes -= forgotten.nbytes


def _size(column: Column) -> int:
    """Give about how many bytes a column takes."""
    masked = 0 if column.present is None else column.present.nbytes
    return column.values.nbytes + masked + sum(_TEXT_BYTES + len(text) for text in column.categories)


def _identity(snapshot: PayloadOwner) -> _Identity:
    """Tell snapshots apart even when a database was emptied, or restored, under a running process."""
    return snapshot.id, snapshot.version, snapshot.captured_at, snapshot.content_hash
