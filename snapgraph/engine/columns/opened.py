"""Chunks that are compared and taken from as they are packed: of what is equal on both sides no value is ever made.

Two chunks of one *form* stand for their values in the same way, so their integers differ where their values do, and
mostly their very bytes: comparing the planes of 4096 3-decimal values takes 4 us, decoding both 60.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.columns.canonical import CODED
from snapgraph.engine.columns.packing import PackHead, floats_of, integers_of, take_integers
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column, Mask
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["OpenChunk", "gather"]

_LISTED = struct.Struct("<II")
_Form = tuple[ColumnKind, int | None, bytes]
_Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)  # without slots: cached_property needs a dict
class OpenChunk:
    """A chunk whose sections are unpacked, and nothing more.

    Attributes:
        kind: How its values are held.
        masked: Whether some are absent.
        count: How many there are.
        head: How its integers were packed.
        sections: Presence bits when masked, categories of coded kinds, planes.
    """

    kind: ColumnKind
    masked: bool
    count: int
    head: PackHead
    sections: Sequence[bytes]

    @cached_property
    def column(self) -> Column:
        """All of its values."""
        return _column(self, self.integers, self.present)

    @cached_property
    def present(self) -> Mask | None:
        """Which are there; ``None`` when all are."""
        if not self.masked:
            return None
        return np.unpackbits(np.frombuffer(self.sections[0], dtype=np.uint8), count=self.count).view(np.bool_)

    @cached_property
    def planes(self) -> NDArray[np.uint8]:
        """The bytes of its integers, one row for each place."""
        joined = b"".join(self.sections[len(self.sections) - self.head.width :])
        if len(joined) != self.head.width * self.count:
            raise IntegrityError(f"A chunk is damaged: its planes do not hold {self.count} values.")
        return np.frombuffer(joined, dtype=np.uint8).reshape(self.head.width, self.count)

    @cached_property
    def integers(self) -> NDArray[np.int64]:
        """What stands for its values."""
        return integers_of(self.head, self.planes)

    @property
    def texts(self) -> bytes:
        """Its categories, as they are listed."""
        return self.sections[int(self.masked)] if self.kind in CODED else b""

    @property
    def form(self) -> _Form:
        """In what way integers stand for values."""
        return self.kind, self.head.decimals if self.kind is ColumnKind.FLOAT else None, self.texts

    def differs(self, other: OpenChunk) -> Mask | None:
        """Say row by row where two chunks differ, on bits; ``None`` when they are not of one form.

        Args:
            other: With as many values.
        """
        if self.form != other.form:
            return None
        if self.head == other.head and not self.head.is_running:
            differs: Mask = np.logical_or.reduce(self.planes != other.planes, axis=0)
        else:
            differs = self.integers != other.integers
        if self.masked or other.masked:
            differs = differs | (_mask(self) != _mask(other))
        return differs

    def take(self, rows: _Rows) -> NDArray[np.int64]:
        """Give the integers of some rows."""
        return self.integers[rows] if self.head.is_running else take_integers(self.head, self.planes, rows)


def gather(chunks: Sequence[OpenChunk], rows: Sequence[_Rows]) -> Column | None:
    """Take rows of some chunks of one column, and put them one behind the other.

    Args:
        chunks: At least one.
        rows: Of each of them.

    Returns:
        ``None`` when they are not all of one form.
    """
    first = chunks[0]
    if any(each.form != first.form for each in chunks[1:]):
        return None
    integers = np.concatenate([each.take(taken) for each, taken in zip(chunks, rows, strict=True)])
    present = None
    if any(each.masked for each in chunks):
        present = np.concatenate([_mask(each)[taken] for each, taken in zip(chunks, rows, strict=True)])
    return _column(first, integers, present)


def _mask(chunk: OpenChunk) -> Mask:
    return np.ones(chunk.count, dtype=np.bool_) if chunk.present is None else chunk.present


def _column(like: OpenChunk, integers: NDArray[np.int64], present: Mask | None) -> Column:
    if like.kind is ColumnKind.FLOAT:
        return Column(kind=like.kind, values=floats_of(like.head, integers), present=present)
    if like.kind in CODED:
        categories = _unlisted(like.texts)
        return Column(kind=like.kind, values=integers.astype(np.int32), present=present, categories=categories)
    values = integers.astype(np.bool_) if like.kind is ColumnKind.BOOLEAN else integers
    return Column(kind=like.kind, values=values, present=present)


def _unlisted(data: bytes) -> tuple[str, ...]:
    number, separator = _LISTED.unpack_from(data)
    if number == 0:
        return ()
    texts = tuple(data[_LISTED.size :].decode("utf-8", "surrogatepass").split(chr(separator)))
    if len(texts) != number:
        raise IntegrityError(f"A chunk lists {len(texts)} categories and says that it has {number}.")
    return texts
