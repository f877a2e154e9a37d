"""Columns to bytes without an object per row: each column gives one list of byte pieces per slice, which are joined.

A piece is a value with all that stands between it and the value before (``,"value":89.2``). Texts are quoted once per
category and looked up by their codes; numbers and times are written by orjson as one list per slice and cut apart. So
100,000 relationships cost about ten pieces each and no dict: building the dicts alone takes 6 times as long as orjson
then needs to write them.

Pieces must not contain the bytes 0xFE and 0xFF: UTF-8 never does, which makes them safe as separator and mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.values import column_values, has_big_integers, times_to_json
from snapgraph.model.columns import Column
from snapgraph.model.values import canonical_json
from snapgraph.model.vocabulary import ColumnKind

__all__ = [
    "MARK",
    "ROWS_PER_BLOCK",
    "Coded",
    "Constant",
    "Notation",
    "Pieces",
    "Written",
    "as_json_column",
    "joined_blocks",
    "json_strings",
    "pieces_of_column",
    "pieces_of_properties",
]

ROWS_PER_BLOCK = 1_024
"""Rows that are joined at a time: the pieces of a block stay in the cache; 4,096 rows took 1.5 times longer to join."""

MARK = b"\xff"
"""Stands before the first property until the block is joined; no UTF-8 text contains it."""

_CUT = b"\xfe"
"""Separates written values while they are cut apart; no UTF-8 text contains it either."""

_ROWS_PER_PAIR = 8
"""Two columns become one when there are at least this many rows for each pair of their pieces."""

_MOST_STEPS = 65_536
"""A table of times with more steps than this would leave the cache."""

_NUMPY = orjson.OPT_SERIALIZE_NUMPY
_BETWEEN = b",\n  "
"""Separator of a list that orjson indents: the only raw newlines in it."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same piece in every row; joining makes it part of a neighbour."""

    text: bytes

    def cut(self, rows: slice) -> list[bytes]:
        """Repeat it."""
        return [self.text] * (rows.stop - rows.start)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """Pieces that are looked up.

    Attributes:
        pieces: Object array of bytes.
        codes: Places in ``pieces``, one per row, none negative.
    """

    pieces: NDArray[np.object_]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, pieces: Sequence[bytes], codes: NDArray[np.integer], *, absent: bytes = b"") -> Coded:
        """Make it from the pieces of the categories and codes of which -1 means absent."""
        places = codes.astype(np.intp)
        if len(places) and places.min() < 0:
            places[places < 0] = len(pieces)
        return cls(pieces=np.array([*pieces, absent], dtype=object), codes=places)

    def can_take_up(self, column: Coded, count: int) -> bool:
        """Say whether all pairs of pieces are few against ``count`` rows."""
        return len(self.pieces) * len(column.pieces) <= max(256, count // _ROWS_PER_PAIR)

    def followed_by(self, column: Coded) -> Coded:
        """Make one column of two: every pair of pieces."""
        pairs = np.add.outer(self.pieces, column.pieces).ravel()
        return Coded(pieces=pairs, codes=self.codes * len(column.pieces) + column.codes)

    def cut(self, rows: slice) -> list[bytes]:
        """Look the pieces of a slice up."""
        found: list[bytes] = self.pieces[self.codes[rows]].tolist()
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """Pieces of numbers or times, written a slice at a time.

    Attributes:
        column: FLOAT, INTEGER or TIME.
        before: Stands before each value.
        after: Stands after each value.
        absent: Stands where an element has no value.
    """

    column: Column
    before: bytes = b""
    after: bytes = b""
    absent: bytes = b""

    def cut(self, rows: slice) -> list[bytes]:
        """Write the values of a slice."""
        values = self.column.values[rows]
        if self.column.present is None:
            return self._written(values)
        present = self.column.present[rows]
        pieces = np.full(len(values), self.absent, dtype=object)
        pieces[present] = np.array(self._written(values[present]), dtype=object)
        found: list[bytes] = pieces.tolist()
        return found

    def _written(self, values: NDArray[np.generic]) -> list[bytes]:
        if not len(values):
            return []
        if self.column.kind is ColumnKind.TIME:
            listed = times_to_json(values.astype(np.int64, copy=False))
        else:
            listed = orjson.dumps(np.ascontiguousarray(values), option=_NUMPY)
        if self.before or self.after:
            inner = listed[1:-1].replace(b",", self.after + _CUT + self.before)
            return b"".join((self.before, inner, self.after)).split(_CUT)
        return listed[1:-1].split(b",")


Pieces = Constant | Coded | Written
"""One column of pieces; ``cut`` gives one per row of a slice."""


class Notation(Protocol):
    """How a format writes property names and values."""

    def before(self, name: str, *, first: bool) -> bytes:
        """Write all that stands before the value of a property: a comma unless it comes first, and the name."""

    def texts(self, categories: Sequence[str]) -> list[bytes]:
        """Write texts."""

    def json_texts(self, categories: Sequence[str]) -> list[bytes]:
        """Write values that stand as canonical JSON."""

    def around_time(self, name: str) -> tuple[bytes, bytes]:
        """Give what stands before and after the quoted RFC 3339 text of a TIME column."""


def json_strings(texts: Sequence[str]) -> list[bytes]:
    """Quote texts as JSON, all in one call."""
    if not texts:
        return []
    return orjson.dumps(list(texts), option=orjson.OPT_INDENT_2)[4:-2].split(_BETWEEN)


def pieces_of_column(name: str, column: Column, notation: Notation, *, first: bool) -> Pieces:
    """Make the pieces of one property; where it is absent, nothing stands."""
    before = notation.before(name, first=first)
    if column.kind is ColumnKind.INTEGER and has_big_integers(column.values):
        column = as_json_column(column)
    match column.kind:
        case ColumnKind.TEXT:
            return _looked_up(column, [before + text for text in notation.texts(column.categories)])
        case ColumnKind.JSON:
            return _looked_up(column, [before + text for text in notation.json_texts(column.categories)])
        case ColumnKind.BOOLEAN:
            return _looked_up(column, [before + b"false", before + b"true"])
        case ColumnKind.TIME:
            opening, closing = notation.around_time(name)
            return _times(Written(column=column, before=before + opening, after=closing))
    return Written(column=column, before=before)


def _times(written: Written) -> Pieces:
    """Look times up where few are distinct, as when a whole tick has one: half the time of writing each."""
    column = written.column
    values = column.values.astype(np.int64, copy=False)
    ordered = np.sort(values)  # np.unique hashes, which takes ten times as long
    distinct = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    if not len(distinct) or len(distinct) > len(column) // _ROWS_PER_PAIR:
        return written
    codes = _places(distinct, values)
    pieces = replace(written, column=Column(kind=column.kind, values=distinct)).cut(slice(None))
    return Coded.of(
        pieces, codes if column.present is None else np.where(column.present, codes, -1), absent=written.absent
    )


def _places(distinct: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.intp]:
    """Find values among the distinct ones, which are in order.

    Times are whole seconds or milliseconds of a few minutes as a rule: then a table by their common step, which takes
    0.16 ms for 100,000 values where a search takes 1.6.
    """
    offsets = distinct - distinct[0]
    step = max(int(np.gcd.reduce(offsets)), 1)
    steps = offsets // step
    if steps[-1] > _MOST_STEPS:
        return np.searchsorted(distinct, values)
    table = np.empty(int(steps[-1]) + 1, dtype=np.intp)
    table[steps] = np.arange(len(distinct))
    found: NDArray[np.intp] = table[(values - distinct[0]) // step]
    return found


def as_json_column(column: Column) -> Column:
    """Bring a column into the kind JSON, value by value: for integers that a double does not hold."""
    texts = [None if value is None else canonical_json(value) for value in column_values(column)]
    categories = {text: code for code, text in enumerate(dict.fromkeys(text for text in texts if text is not None))}
    codes = np.array([-1 if text is None else categories[text] for text in texts], dtype=np.int32)
    return Column(kind=ColumnKind.JSON, values=codes, present=column.present, categories=tuple(categories))


def _looked_up(column: Column, pieces: Sequence[bytes]) -> Coded:
    codes = column.values.astype(np.intp)
    return Coded.of(pieces, codes if column.present is None else np.where(column.present, codes, -1))


def pieces_of_properties(columns: Mapping[str, Column], notation: Notation, order: Sequence[str]) -> list[Pieces]:
    """Make the pieces of all properties of nodes or edges.

    A property that every element has goes first, so that commas are right. When there is none, a :data:`MARK` stands
    there, and :func:`joined_blocks` takes it away with the comma after it.

    Args:
        columns: Properties by name; derived ones (``@stale``, ``@labels``) are the caller's to leave out.
        notation: How to write them.
        order: Names that go before the others, which follow by name.
    """
    names = [name for name in order if name in columns] + sorted(columns.keys() - set(order))
    leader = next((name for name in names if columns[name].present is None), None)
    if leader is None:
        return [Constant(MARK), *(pieces_of_column(name, columns[name], notation, first=False) for name in names)]
    names.remove(leader)
    rest = [pieces_of_column(name, columns[name], notation, first=False) for name in names]
    return [pieces_of_column(leader, columns[leader], notation, first=True), *rest]


def joined_blocks(columns: Sequence[Pieces], count: int) -> Iterator[bytes]:
    """Join the pieces of all columns row by row, :data:`ROWS_PER_BLOCK` rows at a time."""
    marked = Constant(MARK) in columns
    fewer = _tightened(columns, count)
    width = len(fewer)
    for start in range(0, count, ROWS_PER_BLOCK):
        rows = slice(start, min(start + ROWS_PER_BLOCK, count))
        pieces = [b""] * ((rows.stop - rows.start) * width)
        for place, column in enumerate(fewer):
            pieces[place::width] = column.cut(rows)
        block = b"".join(pieces)
        yield block.replace(MARK + b",", b"").replace(MARK, b"") if marked else block


def _tightened(columns: Sequence[Pieces], count: int) -> list[Pieces]:
    """Make fewer pieces of the same bytes: of 12 a row 8 are left (1,000 nodes), which saves a quarter of the time."""
    tight: list[Pieces] = []
    for column in columns:
        if tight and (pair := _paired(tight[-1], column, count)):
            tight[-1:] = pair
        else:
            tight.append(column)
    return tight


def _paired(first: Pieces, second: Pieces, count: int) -> list[Pieces] | None:
    """Write two neighbours as one, or with less to do for the second; ``None`` when there is nothing to gain."""
    match first, second:
        case Constant(), _:
            return [_with_text(second, before=first.text)]
        case _, Constant():
            return [_with_text(first, after=second.text)]
        case Coded(), Coded() if first.can_take_up(second, count):
            return [first.followed_by(second)]
        case Coded(), Written() if second.column.present is None and second.before:
            return [_with_text(first, after=second.before), replace(second, before=b"")]
        case Written(), Coded() if first.column.present is None and first.after:
            return [replace(first, after=b""), _with_text(second, before=first.after)]
    return None


def _with_text(column: Pieces, *, before: bytes = b"", after: bytes = b"") -> Pieces:
    """Put a text before and after every piece, the absent ones included."""
    if isinstance(column, Constant):
        return Constant(before + column.text + after)
    if isinstance(column, Coded):
        return Coded(pieces=before + column.pieces + after, codes=column.codes)
    return replace(
        column, before=before + column.before, after=column.after + after, absent=before + column.absent + after
    )
