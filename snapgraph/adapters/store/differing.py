"""Where two stored graphs differ: chunks with equal hashes are skipped unread, and equal rows are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.cutting import CHUNK_BITS, ID, SOURCE, TARGET, property_name, stored_name
from snapgraph.adapters.store.joining import build_graph
from snapgraph.adapters.store.loading import fetch_chunks, joined, read_manifests
from snapgraph.adapters.store.manifests import Manifest, ManifestColumn
from snapgraph.model.columns import STALE, Column, GraphColumns
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = ["Differing", "read_differing"]

_STALE = stored_name(STALE)
_CODED = (ColumnKind.TEXT, ColumnKind.JSON)
_Ids = NDArray[np.int64]
_Mask = NDArray[np.bool_]
_Columns = dict[str, Column]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Differing:
    """The parts of two graphs in which they differ.

    Whatever element or column is left out is equal on both sides, volatile columns apart. A column may be absent on
    both sides where its chunks are equal. The ends of every edge are among the nodes of its side.

    Attributes:
        before: Canonical order, ids set.
        after: The same of the later side.
        same_topology: Both have the same nodes and the same edges.
    """

    before: GraphColumns
    after: GraphColumns
    same_topology: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which chunks to read of one kind of elements: numbers, and names of columns by number."""

    names: Mapping[int, frozenset[str]]

    def columns_of(
        self, columns: Mapping[str, ManifestColumn], more: Collection[int] = ()
    ) -> dict[str, ManifestColumn]:
        """Cut a side's columns down to what differs, with the structure of the chunks that are touched at all."""
        numbers = {*self.names, *more}
        kept = {
            name: ManifestColumn(
                kind=column.kind,
                hashes={
                    number: each
                    for number, each in column.hashes.items()
                    if number in numbers and (property_name(name) is None or name in self.names.get(number, ()))
                },
            )
            for name, column in columns.items()
        }
        return {name: column for name, column in kept.items() if column.hashes}


def read_differing(tx: Transaction, before: Snapshot, after: Snapshot, *, volatile: Collection[str] = ()) -> Differing:
    """Read where two snapshots of one live graph differ.

    Args:
        tx: A read transaction: both are read as of one moment.
        before: Header of the earlier side.
        after: Header of the later side.
        volatile: Properties that are not compared.

    Raises:
        GoneError: A payload is not there any more.
    """
    manifests = tuple(read_manifests(tx, [before, after]))
    skipped = frozenset(map(stored_name, volatile))
    node_plan, edge_plan = (
        _plan(manifests[0].of(kind), manifests[1].of(kind), skipped) for kind in (ElementKind.NODE, ElementKind.EDGE)
    )
    loaded = [_load(tx, each, ElementKind.EDGE, edge_plan) for each in manifests]
    edges = _narrowed(loaded[0], loaded[1], skipped)
    ends = np.unique(np.concatenate([_ends(side) for side in edges]))
    more = frozenset(np.unique(ends >> CHUNK_BITS).tolist())
    loaded = [_load(tx, each, ElementKind.NODE, node_plan, more) for each in manifests]
    nodes = _narrowed(loaded[0], loaded[1], skipped, kept=ends)
    return Differing(
        before=build_graph(nodes[0], edges[0]),
        after=build_graph(nodes[1], edges[1]),
        same_topology=all(_same_ids(manifests, kind) for kind in ElementKind),
    )


def _plan(before: Mapping[str, ManifestColumn], after: Mapping[str, ManifestColumn], skipped: frozenset[str]) -> _Plan:
    compared = (before.keys() | after.keys()) - skipped
    names: dict[int, set[str]] = {}
    for name in compared:
        left, right = (side[name].hashes if name in side else {} for side in (before, after))
        for number, _ in left.items() ^ right.items():
            names.setdefault(number, {_STALE}).add(name)
            if name == _STALE:  # what went idle is shown with the values that it had
                names[number] |= compared
    return _Plan(names={number: frozenset(each) for number, each in names.items()})


def _load(tx: Transaction, manifest: Manifest, kind: ElementKind, plan: _Plan, more: Collection[int] = ()) -> _Columns:
    columns = plan.columns_of(manifest.of(kind), more)
    hashes = (each for column in columns.values() for each in column.hashes.values())
    return joined(columns, fetch_chunks(tx, manifest, hashes))


def _same_ids(manifests: tuple[Manifest, ...], kind: ElementKind) -> bool:
    left, right = (each.of(kind)[ID].hashes if each.of(kind) else {} for each in manifests)
    return left == right


def _ends(edges: _Columns) -> _Ids:
    if not edges:
        return np.empty(0, dtype=np.int64)
    return np.concatenate([edges[name].values.astype(np.int64) for name in (SOURCE, TARGET)])


def _narrowed(
    before: _Columns, after: _Columns, skipped: frozenset[str], *, kept: _Ids | None = None
) -> tuple[_Columns, _Columns]:
    """Leave out the elements that are the same on both sides, but for those with an id in ``kept``."""
    left_ids, right_ids = _ids(before), _ids(after)
    left_rows, right_rows = _common_rows(left_ids, right_ids)
    differs = np.zeros(len(left_rows), dtype=np.bool_)
    for name in (before.keys() | after.keys()) - skipped:
        if property_name(name) is not None:
            differs |= _differs(_taken(before.get(name), left_rows), _taken(after.get(name), right_rows))
    left_mask, right_mask = np.ones(len(left_ids), dtype=np.bool_), np.ones(len(right_ids), dtype=np.bool_)
    left_mask[left_rows], right_mask[right_rows] = differs, differs
    if kept is not None:
        left_mask |= np.isin(left_ids, kept)
        right_mask |= np.isin(right_ids, kept)
    return _picked(before, left_mask), _picked(after, right_mask)


def _ids(columns: _Columns) -> _Ids:
    return columns[ID].values.astype(np.int64, copy=False) if columns else np.empty(0, dtype=np.int64)


def _common_rows(left: _Ids, right: _Ids) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the rows of ids that both have; both are sorted."""
    if np.array_equal(left, right):
        rows = np.arange(len(left), dtype=np.intp)
        return rows, rows
    _, left_rows, right_rows = np.intersect1d(left, right, assume_unique=True, return_indices=True)
    return left_rows.astype(np.intp), right_rows.astype(np.intp)


def _taken(column: Column | None, rows: NDArray[np.intp]) -> Column | None:
    if column is None or (len(rows) == len(column) and (len(rows) == 0 or rows[-1] == len(rows) - 1)):
        return column
    return column.take(rows)


def _differs(left: Column | None, right: Column | None) -> _Mask | np.bool_:
    """Say row by row where two columns differ, on bits."""
    if left is None or right is None or left.kind is not right.kind:
        present = [each.present for each in (left, right) if each is not None]
        if any(each is None for each in present):
            return np.True_
        return np.asarray(np.logical_or.reduce([each for each in present if each is not None]), dtype=np.bool_)
    if left.kind in _CODED:
        codes = {text: code for code, text in enumerate(left.categories)}
        table = np.array([*(codes.get(text, -2) for text in right.categories), -1], dtype=np.int32)
        differs = left.values != table[right.values.astype(np.intp)]
    else:
        differs = _bits(left) != _bits(right)
    if left.present is not None or right.present is not None:
        differs = differs | (_present(left) != _present(right))
    return np.asarray(differs, dtype=np.bool_)


def _bits(column: Column) -> NDArray[np.generic]:
    return column.values.view(np.int64) if column.kind is ColumnKind.FLOAT else column.values


def _present(column: Column) -> _Mask:
    return np.ones(len(column), dtype=np.bool_) if column.present is None else column.present


def _picked(columns: _Columns, mask: _Mask) -> _Columns:
    rows = np.flatnonzero(mask)
    return {name: column.take(rows) for name, column in columns.items()} if len(rows) else {}
