"""Manifests: which chunks make up the columns of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from snapgraph.adapters.store import tables
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.cutting import ColumnPieces
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = ["Manifest", "ManifestColumn", "PayloadAddress", "read", "write"]

_HASH_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadAddress:
    """Where the manifest of a snapshot lies."""

    snapshot_id: str
    class_no: int
    captured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestColumn:
    """One stored column.

    Attributes:
        kind: How its values are held.
        hashes: Chunk number -> hash.
    """

    kind: ColumnKind
    hashes: Mapping[int, bytes]


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
    tx.execute(
        tables.manifest.insert(),
        [
            {
                "class_no": address.class_no,
                "captured_at": address.captured_at,
                "snapshot_id": address.snapshot_id,
                "column_no": number,
                "element_kind": each.element_kind,
                "name": each.name,
                "column_kind": each.kind,
                "chunk_numbers": each.numbers.tolist(),
                "hashes": b"".join(each.hashes),
                "element_count": each.element_count,
            }
            for number, each in enumerate(columns)
        ],
    )


def read(tx: Transaction, address: PayloadAddress) -> Manifest:
    """Read the manifest of one snapshot; it has no columns when its partition is gone, or when the graph was empty."""
    rows = tx.fetch(
        "SELECT element_kind, name, column_kind, chunk_numbers, hashes FROM manifest "
        "WHERE class_no = %s AND captured_at = %s AND snapshot_id = %s ORDER BY column_no",
        (address.class_no, address.captured_at, address.snapshot_id),
    )
    manifest = Manifest(address=address)
    for element_kind, name, column_kind, numbers, hashes in rows:
        manifest.of(ElementKind(element_kind))[name] = ManifestColumn(
            kind=ColumnKind(column_kind),
            hashes={
                number: hashes[position * _HASH_BYTES : (position + 1) * _HASH_BYTES]
                for position, number in enumerate(numbers)
            },
        )
    return manifest
