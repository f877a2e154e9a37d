"""Values of the driver into numpy columns, chunk by chunk, without an object per row.

``struct.pack`` converts 4 ns per value where ``numpy.array`` takes 31, since it walks the tuple in C without asking
every value for its type first; so a chunk is tried as what the chunk before was, and looked at closely only when that
fails.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.model.columns import Column, Mask
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["Categories", "ColumnBuilder", "NumberBuilder", "integers", "present_mask"]

_KINDS: dict[type, ColumnKind] = {
    float: ColumnKind.FLOAT,
    int: ColumnKind.INTEGER,
    bool: ColumnKind.BOOLEAN,
    str: ColumnKind.TEXT,
}
_FILLERS: dict[ColumnKind, Any] = {
    ColumnKind.FLOAT: 0.0,
    ColumnKind.INTEGER: 0,
    ColumnKind.BOOLEAN: False,
    ColumnKind.TEXT: "",
}


def integers(values: Sequence[int]) -> NDArray[np.int64]:
    """Convert integers; ``struct.error`` when one of them is none."""
    return np.frombuffer(struct.pack(f"{len(values)}q", *values), dtype=np.int64)


def _floats(values: Sequence[float]) -> NDArray[np.float64]:
    return np.frombuffer(struct.pack(f"{len(values)}d", *values), dtype=np.float64)


def present_mask(values: Sequence[Any]) -> Mask:
    """Say which values are there."""
    return np.fromiter((value is not None for value in values), np.bool_, len(values))


class Categories(dict[str, int]):
    """Texts and their codes, in order of appearance.

    Attributes:
        size: Characters of all texts, for the bound on bytes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def code(self, text: str) -> int:
        """Give the code of a text, a new one the next code; ``TypeError`` for what is no text."""
        if text not in self:
            self._learn([text])
        return self[text]

    def codes(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Encode texts, 30 ns each; ``TypeError`` when one of them is none."""
        if len(texts) < 2:  # noqa: PLR2004 - itemgetter gives a bare value for one key
            return np.array([self.code(text) for text in texts], dtype=np.int32)
        find = itemgetter(*texts)
        try:
            found = find(self)
        except KeyError:
            self._learn(list(dict.fromkeys(texts)))
            found = find(self)
        return np.frombuffer(struct.pack(f"{len(texts)}i", *found), dtype=np.int32)

    def _learn(self, texts: Sequence[str]) -> None:
        if any(type_ is not str for type_ in set(map(type, texts))):
            raise TypeError("not a text")
        fresh = [text for text in texts if text not in self]
        self.size += sum(map(len, fresh))
        self.update(zip(fresh, range(len(self), len(self) + len(fresh)), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One chunk of a column; ``kind`` is ``None`` when nothing is present."""

    kind: ColumnKind | None
    values: NDArray[Any]
    present: Mask | None


class ColumnBuilder:
    """Collects one property of many elements, in whatever types it comes.

    A column whose values are all of one kind (float, integer, boolean, text) becomes a typed one; anything else, lists
    and mixtures of kinds included, becomes canonical JSON, so that nothing changes its type on the way.
    """

    def __init__(self, encoder: ValueEncoder) -> None:
        self._encoder = encoder
        self._texts = Categories()
        self._json = Categories()
        self._pieces: list[_Piece] = []
        self.nbytes = 0

    def add(self, values: Sequence[Any]) -> Mask | None:
        """Take the next values, in order.

        Args:
            values: As the driver gave them; ``None`` where an element has no such property.

        Returns:
            Which are present; ``None``: all.
        """
        before = self._texts.size + self._json.size
        piece = self._piece(values)
        self._pieces.append(piece)
        self.nbytes += piece.values.nbytes + self._texts.size + self._json.size - before
        return piece.present

    def finish(self) -> Column | None:
        """Join the pieces; ``None`` when no element has the property."""
        kinds = {piece.kind for piece in self._pieces if piece.kind is not None}
        if not kinds:
            return None
        kind = kinds.pop() if len(kinds) == 1 else ColumnKind.JSON
        pieces = [self._cast(piece, kind) for piece in self._pieces]
        values = np.concatenate([piece.values for piece in pieces])
        if kind is ColumnKind.TEXT or kind is ColumnKind.JSON:
            present = _unless_all(values >= 0)
        elif kind is ColumnKind.FLOAT:
            values, present = self._finite(values, _join_masks(pieces))
        else:
            present = _join_masks(pieces)
        if present is not None and not present.any():
            return None
        return Column(kind=kind, values=values, present=present, categories=self._categories(kind))

    def _categories(self, kind: ColumnKind) -> tuple[str, ...]:
        if kind is ColumnKind.TEXT:
            return tuple(self._texts)
        return tuple(self._json) if kind is ColumnKind.JSON else ()

    def _piece(self, values: Sequence[Any]) -> _Piece:
        if self._pieces and self._pieces[-1].kind is ColumnKind.TEXT:
            try:  # without asking for types: the categories refuse what is no text
                return _Piece(kind=ColumnKind.TEXT, values=self._texts.codes(values), present=None)
            except TypeError:
                pass  # looked at closely below
        types = set(map(type, values))
        present = None
        if NoneType in types:
            types.discard(NoneType)
            present = present_mask(values)
        return self._typed(types, values, present)

    def _typed(self, types: set[type], values: Sequence[Any], present: Mask | None) -> _Piece:
        if not types:
            return _Piece(kind=None, values=np.zeros(len(values)), present=present)
        kind = _KINDS.get(next(iter(types)), ColumnKind.JSON) if len(types) == 1 else ColumnKind.JSON
        if kind is ColumnKind.JSON:
            return _Piece(kind=kind, values=self._json_codes(values), present=present)
        filled = values
        if present is not None:
            filler = _FILLERS[kind]
            filled = [filler if value is None else value for value in values]
        array = self._array(kind, filled)
        if present is not None and kind is ColumnKind.TEXT:
            array = np.where(present, array, -1).astype(np.int32)
        return _Piece(kind=kind, values=array, present=present)

    def _array(self, kind: ColumnKind, values: Sequence[Any]) -> NDArray[Any]:
        if kind is ColumnKind.FLOAT:
            return _floats(values)
        if kind is ColumnKind.INTEGER:
            return integers(values)
        if kind is ColumnKind.BOOLEAN:
            return np.fromiter(values, np.bool_, len(values))
        return self._texts.codes(values)

    def _json_codes(self, values: Sequence[Any]) -> NDArray[np.int32]:
        texts = map(self._encoder.text, values)
        codes = (-1 if text == "null" else self._json.code(text) for text in texts)  # a bare NaN is null as well
        return np.fromiter(codes, np.int32, len(values))

    def _cast(self, piece: _Piece, kind: ColumnKind) -> _Piece:
        """Bring a piece to the kind of the column: the same, empty, or a typed piece among others to JSON."""
        if piece.kind is kind:
            return piece
        if piece.kind is None:
            filler = -1 if kind in {ColumnKind.TEXT, ColumnKind.JSON} else 0
            return _Piece(kind=kind, values=np.full(len(piece.values), filler, _dtype(kind)), present=piece.present)
        texts = tuple(self._texts)
        raw = piece.values.tolist()
        values = [texts[code] if code >= 0 else None for code in raw] if piece.kind is ColumnKind.TEXT else raw
        if piece.present is not None:
            values = [value if there else None for value, there in zip(values, piece.present, strict=True)]
        return _Piece(kind=kind, values=self._json_codes(values), present=piece.present)

    def _finite(self, values: NDArray[Any], present: Mask | None) -> tuple[NDArray[Any], Mask | None]:
        finite = np.isfinite(values)
        if finite.all():
            return values, present
        self._encoder.non_finite += int(np.count_nonzero(~finite))
        return np.where(finite, values, 0.0), finite if present is None else finite & present


class NumberBuilder:
    """Collects the property ``value``: always FLOAT, whatever kind of number the writer used.

    Attributes:
        nbytes: Size so far.
        not_numbers: Values left out because they are no numbers.
    """

    def __init__(self, encoder: ValueEncoder) -> None:
        self._encoder = encoder
        self._pieces: list[NDArray[np.float64]] = []
        self._missing = 0
        self.nbytes = 0
        self.not_numbers = 0

    def add(self, values: Sequence[Any]) -> Mask | None:
        """Take the next values, in order; returns which are there at all, ``None``: all."""
        present = None
        try:
            piece = _floats(values)
        except struct.error:
            present = _unless_all(present_mask(values))
            piece = _floats([self._number(value) for value in values])
        self._pieces.append(piece)
        self.nbytes += piece.nbytes
        return present

    def finish(self) -> Column | None:
        """Join the pieces; ``None`` when no element has a finite value."""
        values = np.concatenate(self._pieces)
        finite = np.isfinite(values)
        self._encoder.non_finite += int(np.count_nonzero(~finite)) - self._missing - self.not_numbers
        if not finite.any():
            return None
        if finite.all():
            return Column(kind=ColumnKind.FLOAT, values=values)
        return Column(kind=ColumnKind.FLOAT, values=np.where(finite, values, 0.0), present=finite)

    def _number(self, value: Any) -> float:
        if isinstance(value, (int, float)):  # a boolean too, as struct.pack takes it
            return float(value)
        if value is None:
            self._missing += 1
        else:
            self.not_numbers += 1
        return float("nan")


def _dtype(kind: ColumnKind) -> type[np.generic]:
    if kind is ColumnKind.FLOAT:
        return np.float64
    if kind is ColumnKind.BOOLEAN:
        return np.bool_
    return np.int64 if kind is ColumnKind.INTEGER else np.int32


def _join_masks(pieces: Sequence[_Piece]) -> Mask | None:
    if all(piece.present is None for piece in pieces):
        return None
    return np.concatenate(
        [np.ones(len(piece.values), np.bool_) if piece.present is None else piece.present for piece in pieces]
    )


def _unless_all(present: Mask) -> Mask | None:
    return None if present.all() else present
