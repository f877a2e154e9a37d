"""Values of single elements over many snapshots: what noise is measured on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.caches import MANIFESTS
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import ManifestColumn, PayloadOwner
from snapgraph.adapters.store.cutting import CHUNK_BITS, ID, stored_name
from snapgraph.adapters.store.loading import fetch_chunks, read_columns, read_manifests
from snapgraph.model.columns import STALE, Column
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = ["edge_values", "node_values"]

_NUMBERS = (ColumnKind.FLOAT, ColumnKind.INTEGER, ColumnKind.JSON)
_Ids = NDArray[np.int64]
_Values = NDArray[np.float64]


def edge_values(tx: Transaction, snapshots: Sequence[PayloadOwner], edge_ids: _Ids, field: str = "value") -> _Values:
    """Read one numeric property of some edges in some snapshots.

    Args:
        tx: Reads.
        snapshots: Of one live graph.
        edge_ids: Of its dictionary.
        field: The property.

    Returns:
        Shape (len(snapshots), len(edge_ids)); NaN where it is absent, no number, or stale.

    Raises:
        GoneError: The payload of a snapshot is not there any more.
    """
    return _element_values(tx, snapshots, ElementKind.EDGE, edge_ids, field)


def node_values(tx: Transaction, snapshots: Sequence[PayloadOwner], node_ids: _Ids, field: str) -> _Values:
    """Read one numeric property of some nodes in some snapshots; see :func:`edge_values`."""
    return _element_values(tx, snapshots, ElementKind.NODE, node_ids, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The ids that lie in one chunk, and where their values go."""

    ids: _Ids
    places: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Rows of one chunk, and where their values go."""

    rows: NDArray[np.intp]
    places: NDArray[np.intp]


def _element_values(
    tx: Transaction, snapshots: Sequence[PayloadOwner], kind: ElementKind, ids: _Ids, field: str
) -> _Values:
    values = np.full((len(snapshots), len(ids)), np.nan)
    if len(ids) == 0 or not snapshots:
        return values
    wanted = _by_chunk(ids)
    names = (ID, stored_name(field), stored_name(STALE))
    is_many = len(snapshots) > MANIFESTS  # more than are remembered
    manifests = read_columns(tx, snapshots, names) if is_many else read_manifests(tx, snapshots)
    pieces = fetch_chunks(tx, [(each, _hashes(each.of(kind), names, wanted)) for each in manifests])
    found: dict[bytes, _Found] = {}  # most snapshots of a window have the same elements
    for row, manifest in enumerate(manifests):
        columns = manifest.of(kind)
        column = columns.get(stored_name(field))
        if column is None or column.kind not in _NUMBERS:
            continue
        for number in wanted.keys() & column.hashes.keys():
            chunk = columns[ID].hashes[number]
            if chunk not in found:
                found[chunk] = _find(pieces[chunk], wanted[number])
            stale = _piece(columns.get(stored_name(STALE)), number, pieces)
            where = found[chunk]
            values[row, where.places] = _numbers(pieces[column.hashes[number]], stale, where.rows)
    return values


def _hashes(columns: Mapping[str, ManifestColumn], names: Sequence[str], numbers: Collection[int]) -> dict[bytes, bool]:
    """Give the chunks to read, all worth remembering: the next window begins one snapshot later."""
    return {
        columns[name].hashes[number]: True
        for name in names
        if name in columns
        for number in numbers
        if number in columns[name].hashes
    }


def _by_chunk(ids: _Ids) -> dict[int, _Wanted]:
    order = np.argsort(ids >> CHUNK_BITS, kind="stable")
    numbers = ids[order] >> CHUNK_BITS
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    return {
        int(numbers[places[0]]): _Wanted(ids=ids[order[places]], places=order[places])
        for places in np.split(np.arange(len(ids)), starts[1:])
    }


def _piece(column: ManifestColumn | None, number: int, pieces: Mapping[bytes, Column]) -> Column | None:
    return pieces.get(column.hashes.get(number, b"")) if column is not None else None


def _find(chunk_ids: Column, wanted: _Wanted) -> _Found:
    ids = chunk_ids.values.astype(np.int64, copy=False)
    rows = np.minimum(np.searchsorted(ids, wanted.ids), len(ids) - 1)
    there = ids[rows] == wanted.ids
    return _Found(rows=rows[there], places=wanted.places[there])


def _numbers(column: Column, stale: Column | None, rows: NDArray[np.intp]) -> _Values:
    numbers = column.take(rows).numbers()
    if stale is not None:
        numbers[stale.values[rows].astype(np.bool_)] = np.nan
    return numbers
