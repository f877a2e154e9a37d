"""Where two stored graphs differ: chunks with equal hashes are skipped unread, and equal rows are left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import Manifest
from snapgraph.adapters.store.cutting import CHUNK_BITS, ID, SOURCE, TARGET, property_name, stored_name
from snapgraph.adapters.store.joining import Memo, fill, join_pieces, pick, skeleton
from snapgraph.adapters.store.loading import fetch_chunks, read_manifests
from snapgraph.model.columns import STALE, Column, GraphColumns
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import ColumnKind, ElementKind

__all__ = ["Differing", "read_differing"]

_STALE = stored_name(STALE)
_CODED = (ColumnKind.TEXT, ColumnKind.JSON)
_NOTHING: NDArray[np.int64] = np.empty(0, dtype=np.int64)
_Ids = NDArray[np.int64]
_Rows = NDArray[np.intp]
_Mask = NDArray[np.bool_]
_Columns = dict[str, Column]
_Chunks = Sequence[tuple[_Columns, _Columns]]
"""Both sides, chunk by chunk."""
_Plan = dict[int, set[str]]
"""Chunk number -> the stored names of the properties to read there."""


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
    both = _Both(*read_manifests(tx, [before, after]))
    skipped = frozenset(map(stored_name, volatile))
    plans = {kind: both.plan(kind, skipped) for kind in ElementKind}
    both.load(tx, plans)
    edges = list(both.changed(ElementKind.EDGE, plans[ElementKind.EDGE], {}))
    ends = _ends(edges)
    more: _Plan = {number: set() for number in ends if number not in plans[ElementKind.NODE]}
    both.load(tx, {ElementKind.NODE: more})
    nodes = list(both.changed(ElementKind.NODE, plans[ElementKind.NODE] | more, ends))
    left, right = _built(nodes, edges)
    return Differing(before=left, after=right, same_topology=all(both.has_same_ids(kind) for kind in ElementKind))


def _built(nodes: _Chunks, edges: _Chunks) -> tuple[GraphColumns, GraphColumns]:
    """Build both graphs; where they have the same elements, the work on them is done once."""
    memo: Memo = {}
    sides = [
        tuple(join_pieces((chunk[side] for chunk in chunks), memo) for chunks in (nodes, edges)) for side in (0, 1)
    ]
    bones = skeleton(*sides[0])
    shared = all(_same_structure(*pair) for pair in zip(*sides, strict=True))
    return fill(bones, *sides[0]), fill(bones if shared else skeleton(*sides[1]), *sides[1])


def _same_structure(left: _Columns, right: _Columns) -> bool:
    names = {name for name in (*left, *right) if property_name(name) is None}
    return all(left.get(name) is right.get(name) for name in names)


class _Both:
    """Two payloads side by side: their manifests, and what was fetched of their chunks."""

    def __init__(self, before: Manifest, after: Manifest) -> None:
        self._manifests = (before, after)
        self._pieces: dict[bytes, Column] = {}

    def plan(self, kind: ElementKind, skipped: frozenset[str]) -> _Plan:
        """Say which chunks of which properties differ; a chunk of changed structure is planned without a name."""
        before, after = (each.of(kind) for each in self._manifests)
        compared = (before.keys() | after.keys()) - skipped
        plan: _Plan = {}
        for name in compared:
            if name in before and name in after and before[name] == after[name]:
                continue
            left, right = (side[name].hashes if name in side else {} for side in (before, after))
            for number in {number for number, _ in left.items() ^ right.items()}:
                # what went idle is shown with the values that it had, so its chunk is read whole
                plan.setdefault(number, {_STALE}).update(compared if name == _STALE else {name})
        return {number: {each for each in names if property_name(each) is not None} for number, names in plan.items()}

    def load(self, tx: Transaction, plans: Mapping[ElementKind, _Plan]) -> None:
        """Fetch what is planned, with the structure of each planned chunk, from both sides in one statement."""
        wanted = [
            (manifest, {each: kept for kind, plan in plans.items() for each, kept in _hashes(manifest, kind, plan)})
            for manifest in self._manifests
        ]
        self._pieces |= fetch_chunks(tx, wanted)

    def changed(self, kind: ElementKind, plan: _Plan, kept: Mapping[int, _Ids]) -> Iterator[tuple[_Columns, _Columns]]:
        """Give, chunk by chunk, both sides of the elements that differ, and of those with an id in ``kept``."""
        for number, names in plan.items():
            left, right = (self._chunk(manifest, kind, number, names) for manifest in self._manifests)
            rows = _changed_rows(left, right, names)
            wanted = kept.get(number, _NOTHING)
            if rows[0] is rows[1]:
                both = _with_ids(left, rows[0], wanted)
                picked = _picked(left, both)
                yield picked, _picked(right, both, (left, picked))
            else:
                yield _picked(left, _with_ids(left, rows[0], wanted)), _picked(right, _with_ids(right, rows[1], wanted))

    def has_same_ids(self, kind: ElementKind) -> bool:
        """Say whether both sides have the same elements of a kind."""
        left, right = (each.of(kind).get(ID) for each in self._manifests)
        return left == right

    def _chunk(self, manifest: Manifest, kind: ElementKind, number: int, names: Collection[str]) -> _Columns:
        return {
            name: self._pieces[column.hashes[number]]
            for name, column in manifest.of(kind).items()
            if number in column.hashes and (name in names or property_name(name) is None)
        }


def _hashes(manifest: Manifest, kind: ElementKind, plan: _Plan) -> Iterator[tuple[bytes, bool]]:
    """Give what is planned, and whether it is worth remembering."""
    for name, column in manifest.of(kind).items():
        is_structure = property_name(name) is None
        for number, names in plan.items():
            if number in column.hashes and (is_structure or name in names):
                yield column.hashes[number], is_structure


def _changed_rows(left: _Columns, right: _Columns, names: Collection[str]) -> tuple[_Rows, _Rows]:
    """Give the rows, on each side, of what is only there or differs in one of the properties."""
    left_ids, right_ids = _ids(left), _ids(right)
    if left_ids is right_ids or np.array_equal(left_ids, right_ids):
        differs = np.zeros(len(left_ids), dtype=np.bool_)
        for name in names:
            differs |= _differs(left.get(name), right.get(name))
        rows = np.flatnonzero(differs)
        return rows, rows
    _, left_rows, right_rows = np.intersect1d(left_ids, right_ids, assume_unique=True, return_indices=True)
    differs = np.zeros(len(left_rows), dtype=np.bool_)
    for name in names:
        differs |= _differs(_taken(left.get(name), left_rows), _taken(right.get(name), right_rows))
    return _all_but(len(left_ids), left_rows[~differs]), _all_but(len(right_ids), right_rows[~differs])


def _all_but(count: int, rows: _Rows) -> _Rows:
    kept = np.ones(count, dtype=np.bool_)
    kept[rows] = False
    return np.flatnonzero(kept)


def _with_ids(side: _Columns, rows: _Rows, wanted: _Ids) -> _Rows:
    """Give the rows, and those of the wanted ids that this side has, in order."""
    if len(wanted) == 0:
        return rows
    ids = _ids(side)
    if len(ids) == 0:
        return rows
    position = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    found = position[ids[position] == wanted]
    return found if len(rows) == 0 else np.union1d(rows, found)


def _picked(side: _Columns, rows: _Rows, like: tuple[_Columns, _Columns] | None = None) -> _Columns:
    """Take rows of a chunk; of columns that the other side has too, take what was taken there."""
    if len(rows) == 0:
        return {}
    whole, taken = like or ({}, {})
    return {name: taken[name] if whole.get(name) is column else pick(column, rows) for name, column in side.items()}


def _ends(edges: Iterable[tuple[_Columns, _Columns]]) -> dict[int, _Ids]:
    """Give the ids of the nodes in which edges end, by chunk number, rising."""
    parts = [side[name].values for pair in edges for side in pair if side for name in (SOURCE, TARGET)]
    if not parts:
        return {}
    ends = np.concatenate(parts).astype(np.int64)
    lowest = int(ends.min(initial=0))
    flags = np.zeros(int(ends.max(initial=0)) - lowest + 1, dtype=np.bool_)
    flags[ends - lowest] = True
    ids = np.flatnonzero(flags) + lowest
    numbers = ids >> CHUNK_BITS
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    return {int(part[0]) >> CHUNK_BITS: part for part in np.split(ids, starts[1:]) if len(part)}


def _ids(columns: _Columns) -> _Ids:
    return columns[ID].values.view(np.int64) if columns else _NOTHING


def _taken(column: Column | None, rows: _Rows) -> Column | None:
    return None if column is None else column.take(rows)


def _differs(left: Column | None, right: Column | None) -> _Mask | np.bool_:
    """Say row by row where two columns differ, on bits."""
    if left is None or right is None or left.kind is not right.kind:
        there = [_present(each) for each in (left, right) if each is not None]
        return np.logical_or.reduce(there) if there else np.False_
    if left.kind in _CODED and left.categories != right.categories:
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
