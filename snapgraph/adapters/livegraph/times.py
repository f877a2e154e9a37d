"""Timestamps in any of the forms in which writers keep them, as microseconds since 1970 UTC.

===================== ==========================================================================
``unix_seconds``      integer or float below 1e11 (the year 5138)
``unix_milliseconds`` integer or float from there on: 13 digits today
``iso8601``           text; without an offset it is taken as UTC; a bare date is midnight
``datetime``          any temporal type of Neo4j with a date; a local one is taken as UTC
===================== ==========================================================================
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from neo4j.time import Date, DateTime
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.columns import present_mask
from snapgraph.model.columns import Column, Mask
from snapgraph.model.values import MAX_TIME_US, MIN_TIME_US
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["TimeBuilder"]

_ABSENT = np.iinfo(np.int64).min
_MILLISECONDS_FROM = 1e11
_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()


class TimeBuilder:
    """Collects one property of many elements as points in time.

    Attributes:
        forms: Form -> how many.
        unreadable: Values left out because they are in no known form, or outside the years 1 to 9999.
        nbytes: Size so far.
    """

    def __init__(self) -> None:
        self.forms: Counter[str] = Counter()
        self.unreadable = 0
        self.nbytes = 0
        self._pieces: list[NDArray[np.int64]] = []
        self._texts: dict[str, int] = {}

    def add(self, values: Sequence[Any]) -> Mask | None:
        """Take the next values, in order; returns which are there at all, ``None``: all."""
        present = None
        try:  # numbers of either kind; exact to the microsecond until the year 2255
            piece = self._numbers(np.frombuffer(struct.pack(f"{len(values)}d", *values), dtype=np.float64))
        except struct.error:
            piece = np.fromiter(map(self._one, values), np.int64, len(values))
            present = present_mask(values) if None in values else None
        self._pieces.append(piece)
        self.nbytes += piece.nbytes
        return present

    def finish(self) -> Column | None:
        """Join the pieces; ``None`` when no element has a readable time."""
        values = np.concatenate(self._pieces)
        present = values != _ABSENT
        if not present.any():
            return None
        if present.all():
            return Column(kind=ColumnKind.TIME, values=values)
        return Column(kind=ColumnKind.TIME, values=np.where(present, values, 0), present=present)

    def _numbers(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        size = np.abs(values)
        milliseconds = size >= _MILLISECONDS_FROM
        readable = np.isfinite(size) & (size <= np.where(milliseconds, MAX_TIME_US / 1e3, MAX_TIME_US / _SECOND))
        safe = np.where(readable, values, 0)
        factor = np.where(milliseconds, 1_000, _SECOND)
        result = np.rint(safe * factor).astype(np.int64)
        readable &= result >= MIN_TIME_US
        counted = int(np.count_nonzero(milliseconds & readable))
        self._count("unix_milliseconds", counted)
        self._count("unix_seconds", int(np.count_nonzero(readable)) - counted)
        self.unreadable += len(values) - int(np.count_nonzero(readable))
        return np.where(readable, result, _ABSENT)

    def _count(self, form: str, number: int) -> None:
        if number:
            self.forms[form] += number

    def _one(self, value: Any) -> int:
        """Convert one value of any type: the slow path, 1 to 5 us."""
        if value is None:
            return int(_ABSENT)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return int(self._numbers(np.array([value], dtype=np.float64))[0])
        form, time = "iso8601", int(_ABSENT)
        if isinstance(value, str):
            time = self._text(value)
        elif isinstance(value, (DateTime, Date)):
            form, time = "datetime", _temporal(value)
        if not MIN_TIME_US <= time <= MAX_TIME_US:
            self.unreadable += 1
            return int(_ABSENT)
        self.forms[form] += 1
        return time

    def _text(self, text: str) -> int:
        if text not in self._texts:  # the edges of one tick share their text
            self._texts[text] = _parse(text)
        return self._texts[text]


def _parse(text: str) -> int:
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return int(_ABSENT)
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    since = aware - _EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds


def _temporal(value: DateTime | Date) -> int:
    seconds = (value.to_ordinal() - _EPOCH_DAY) * 86_400
    if not isinstance(value, DateTime):
        return seconds * _SECOND
    seconds += value.hour * 3_600 + value.minute * 60 + value.second
    offset = value.utcoffset()
    microseconds = value.nanosecond // 1_000
    if offset is not None:
        microseconds -= round(offset.total_seconds() * _SECOND)
    return seconds * _SECOND + microseconds
