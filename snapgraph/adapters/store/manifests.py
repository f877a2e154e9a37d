"""Manifests in Postgres: which chunks make up the columns of a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import Manifest, ManifestColumn, PayloadAddress
from snapgraph.adapters.store.cutting import ColumnPieces
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = ["read", "write"]


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


def read(tx: Transaction, addresses: Sequence[PayloadAddress], *, names: Sequence[str] | None = None) -> list[Manifest]:
    """Read the manifests of some snapshots, in their order; with ``names`` those columns of them only.

    One of them has no columns when its partition is gone, or when the graph was empty. One statement for each retention
    class, with its range of time: that is what lets Postgres leave all other partitions alone.
    """
    found = {address.snapshot_id: Manifest(address=address) for address in addresses}
    for class_no in {address.class_no for address in addresses}:
        of_class = [address for address in addresses if address.class_no == class_no]
        times = [address.captured_at for address in of_class]
        listed = None if names is None else list(names)
        rows = tx.fetch(
            QUERIES["read_manifests"],
            (class_no, min(times), max(times), [address.snapshot_id for address in of_class], listed, listed),
        )
        for snapshot_id, element_kind, name, column_kind, numbers, hashes in rows:
            column = ManifestColumn(kind=ColumnKind(column_kind), numbers=numbers, packed=hashes)
            found[snapshot_id].of(ElementKind(element_kind))[name] = column
    return [found[address.snapshot_id] for address in addresses]
