"""Manifests: which chunks make up the columns of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.cutting import ColumnPieces
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = ["Manifest", "ManifestColumn", "PayloadAddress", "read", "write"]

_HASH_BYTES = 16


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

    def of(self, element_kind: ElementKind) -> dict[str, ManifestColumn]:
        """Give the columns of nodes or of edges."""
        return self.nodes if element_kind is ElementKind.NODE else self.edges


def write(tx: Transaction, address: PayloadAddress, columns: Sequence[ColumnPieces]) -> None:
    """Write one row per column."""
    if not columns:
        return
    tx.fetch(
        QUERIES["add_manifest"],
        (
            address.class_no,
            address.captured_at,
            address.snapshot_id,
            [str(each.element_kind) for each in columns],
            [each.name for each in columns],
            [str(each.kind) for each in columns],
            ["{" + ",".join(map(str, each.hashes)) + "}" for each in columns],
            [b"".join(each.hashes.values()) for each in columns],
            [each.element_count for each in columns],
        ),
    )


def read(tx: Transaction, addresses: Sequence[PayloadAddress]) -> list[Manifest]:
    """Read the manifests of some snapshots, in their order.

    One of them has no columns when its partition is gone, or when the graph was empty. One statement for each retention
    class, with its range of time: that is what lets Postgres leave all other partitions alone.
    """
    found = {address.snapshot_id: Manifest(address=address) for address in addresses}
    for class_no in {address.class_no for address in addresses}:
        of_class = [address for address in addresses if address.class_no == class_no]
        times = [address.captured_at for address in of_class]
        rows = tx.fetch(
            QUERIES["read_manifests"],
            (class_no, min(times), max(times), [address.snapshot_id for address in of_class]),
        )
        for snapshot_id, element_kind, name, column_kind, numbers, hashes in rows:
            column = ManifestColumn(kind=ColumnKind(column_kind), numbers=numbers, packed=hashes)
            found[snapshot_id].of(ElementKind(element_kind))[name] = column
    return [found[address.snapshot_id] for address in addresses]
