"""What a stored snapshot consists of: the values that manifests are read into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from snapgraph.model.snapshots import Snapshot, SnapshotCounts
from snapgraph.model.vocabulary import ColumnKind, ElementKind, RetentionClass

__all__ = ["Manifest", "ManifestColumn", "PayloadAddress", "PayloadOwner", "SnapshotPlace"]

_HASH_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPlace:
    """Of a header, what leads to its payload: twenty whole ones take 10 ms to read when they list bottlenecks."""

    id: str
    version: int
    captured_at: datetime
    retention_class: RetentionClass
    content_hash: str
    counts: SnapshotCounts


PayloadOwner = Snapshot | SnapshotPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadAddress:
    """Where the manifest of a snapshot lies."""

    snapshot_id: str
    class_no: int
    captured_at: datetime


@dataclass(frozen=True, kw_only=True)  # without slots: cached_property needs a dict
class ManifestColumn:
    """One stored column.

    Attributes:
        kind: How its values are held.
        numbers: Chunk numbers, rising.
        packed: 16 bytes for each of them; most columns are compared as one piece and never taken apart.
    """

    kind: ColumnKind
    numbers: Sequence[int]
    packed: bytes

    @cached_property
    def hashes(self) -> Mapping[int, bytes]:
        """Chunk number -> hash."""
        parts = [self.packed[start : start + _HASH_BYTES] for start in range(0, len(self.packed), _HASH_BYTES)]
        return dict(zip(self.numbers, parts, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All columns of one snapshot, by name.

    Attributes:
        address: Whose it is.
        nodes: Structure columns and properties of the nodes.
        edges: The same of the edges.
    """

    address: PayloadAddress
    nodes: dict[str, ManifestColumn] = field(default_factory=dict)
    edges: dict[str, ManifestColumn] = field(default_factory=dict)

    @property
    def structure(self) -> tuple[tuple[str, bytes], ...]:
        """What tells topologies apart: names and hashes of the structure columns."""
        return tuple(
            (name, column.packed)
            for columns in (self.nodes, self.edges)
            for name, column in columns.items()
            if name.startswith("@")
        )

    def of(self, element_kind: ElementKind) -> dict[str, ManifestColumn]:
        """Give the columns of nodes or of edges."""
        return self.nodes if element_kind is ElementKind.NODE else self.edges
