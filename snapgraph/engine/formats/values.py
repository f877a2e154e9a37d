"""Property values and times as JSON says them: between Python values, JSON values and columns.

The forms of the values that JSON does not have stand in :mod:`snapgraph.model.values`.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import Column
from snapgraph.model.values import (
    MAX_PLAIN_INTEGER,
    MAX_TIME_US,
    MIN_TIME_US,
    TaggedType,
    canonical_json,
    tagged,
    untagged,
)
from snapgraph.model.vocabulary import ColumnKind

__all__ = [
    "PLAIN_TIMES",
    "column_from_values",
    "column_values",
    "has_big_integers",
    "json_value",
    "text_to_time",
    "texts_to_times",
    "time_column",
    "time_to_text",
    "times_to_json",
    "times_to_texts",
]

PLAIN_TIMES = frozenset({"timestamp", "updated_at"})
"""Properties that are plain RFC 3339 texts when they are a TIME column; any other TIME column says what it is."""

_TIMES = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECONDS_FROM = 10**11
"""An epoch number from here on is milliseconds: as seconds it would be the year 5138."""


def time_to_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC; a fraction only when there is one.

    >>> time_to_text(datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC))
    '2025-01-06T14:23:05Z'
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def text_to_time(text: str) -> datetime:
    """Read an RFC 3339 date-time; an offset is required.

    Raises:
        InvalidInputError: It is no date-time, or has no offset.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise InvalidInputError(f"{text!r} has no offset from UTC: write 2025-01-06T14:23:05Z.")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(f"{text!r} is no time: write 2025-01-06T14:23:05Z.") from error


def times_to_json(times_us: NDArray[np.int64]) -> bytes:
    """Write moments (microseconds since 1970 UTC) as one JSON list of RFC 3339 texts."""
    try:
        return orjson.dumps(times_us.astype("datetime64[us]"), option=_TIMES)
    except orjson.JSONEncodeError:
        # orjson ends at 9999-12-30T22:00:00Z, two hours before our own bound
        return orjson.dumps([time_to_text(_EPOCH + us * _MICROSECOND) for us in times_us.tolist()])


def times_to_texts(times_us: NDArray[np.int64]) -> list[str]:
    """Write moments (microseconds since 1970 UTC) as RFC 3339."""
    texts: list[str] = orjson.loads(times_to_json(times_us))
    return texts


def texts_to_times(texts: Sequence[str]) -> NDArray[np.int64]:
    """Read RFC 3339 date-times to microseconds since 1970 UTC; each distinct text is read once.

    Raises:
        InvalidInputError: One of them is no date-time with an offset.
    """
    known = {text: (text_to_time(text) - _EPOCH) // _MICROSECOND for text in set(texts)}
    return np.fromiter((known[text] for text in texts), dtype=np.int64, count=len(texts))


def json_value(value: Any) -> Any:
    """Turn a Python value into the JSON value of a property.

    Raises:
        InvalidInputError: It is NaN or infinite, or of a type that no property has.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and not math.isfinite(plain):
        raise InvalidInputError(f"{plain!r} is no number that JSON has: leave the property out.")
    if plain is None or isinstance(plain, bool | str | float):
        return plain
    if isinstance(plain, int):
        return plain if abs(plain) <= MAX_PLAIN_INTEGER else tagged(TaggedType.INTEGER, str(plain))
    if isinstance(plain, list | tuple):
        return [json_value(item) for item in plain]
    if isinstance(plain, dict):
        return {str(key): json_value(item) for key, item in plain.items()}
    return _tagged_value(plain)


def _tagged_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bytes | bytearray):
        return tagged(TaggedType.BYTES, b64encode(value).decode())
    if isinstance(value, date | time | timedelta):
        return _temporal_value(value)
    raise InvalidInputError(f"{value!r} cannot be a property: give a number, text, time, bytes or a list of these.")


def _temporal_value(value: date | time | timedelta) -> dict[str, Any]:
    if isinstance(value, datetime):
        type_ = TaggedType.LOCAL_DATE_TIME if value.tzinfo is None else TaggedType.DATE_TIME
        return tagged(type_, _iso(value))
    if isinstance(value, date):
        return tagged(TaggedType.DATE, value.isoformat())
    if isinstance(value, time):
        return tagged(TaggedType.LOCAL_TIME if value.tzinfo is None else TaggedType.TIME, _iso(value))
    microseconds = value // _MICROSECOND
    seconds, fraction = divmod(abs(microseconds), 1_000_000)
    text = f"{'-' if microseconds < 0 else ''}{seconds}" + (f".{fraction:06d}".rstrip("0") if fraction else "")
    return tagged(TaggedType.DURATION, f"PT{text}S")


def _iso(value: datetime | time) -> str:
    """Write without trailing zeros in the fraction, and UTC as Z."""
    plain = value.replace(tzinfo=None).isoformat()
    text = plain.rstrip("0") if value.microsecond else plain
    offset = value.isoformat()[len(plain) :]
    return text + ("Z" if offset == "+00:00" else offset)


def column_values(column: Column) -> list[Any]:
    """Give the JSON value of every element, ``None`` where it has none.

    A TIME column gives plain RFC 3339 texts.
    """
    values = _present_values(column)
    if column.present is None:
        return values
    return [value if there else None for value, there in zip(values, column.present.tolist(), strict=True)]


def _present_values(column: Column) -> list[Any]:
    match column.kind:
        case ColumnKind.TEXT:
            return _looked_up(column, column.categories)
        case ColumnKind.JSON:
            return _looked_up(column, [orjson.loads(text) for text in column.categories])
        case ColumnKind.TIME:
            return list(times_to_texts(column.values.astype(np.int64)))
        case ColumnKind.INTEGER:
            integers: list[Any] = column.values.tolist()
            return [json_value(value) for value in integers] if has_big_integers(column.values) else integers
        case _:
            plain: list[Any] = column.values.tolist()
            return plain


def _looked_up(column: Column, values: Sequence[Any]) -> list[Any]:
    if not values:
        return [None] * len(column)
    return [values[code] for code in column.values.tolist()]


def has_big_integers(values: NDArray[np.generic]) -> bool:
    """Say whether any integer is beyond ±2^53."""
    integers = values.astype(np.int64, copy=False)
    return bool(len(integers)) and (int(integers.max()) > MAX_PLAIN_INTEGER or int(integers.min()) < -MAX_PLAIN_INTEGER)


def column_from_values(values: Sequence[Any]) -> Column | None:
    """Build the column of one property from its JSON values, ``None`` where an element has none.

    All floats give FLOAT, all integers (64 bits, tagged ones too) INTEGER, all booleans BOOLEAN, all texts TEXT;
    anything else, mixtures included, is a JSON column.

    Returns:
        The column, or ``None`` when no element has the property.
    """
    there = [value is not None for value in values]
    if not any(there):
        return None
    present = None if all(there) else np.array(there, dtype=np.bool_)
    plain = [untagged(value) for value in values]
    types = {type(value) for value in plain if value is not None}
    if types == {float}:
        return Column(kind=ColumnKind.FLOAT, values=_filled(plain, 0.0, np.float64), present=present)
    if types == {bool}:
        return Column(kind=ColumnKind.BOOLEAN, values=_filled(plain, 0, np.bool_), present=present)
    if types == {int} and all(value is None or -(2**63) <= value < 2**63 for value in plain):
        return Column(kind=ColumnKind.INTEGER, values=_filled(plain, 0, np.int64), present=present)
    if types == {str}:
        return _coded(values, ColumnKind.TEXT, present)
    return _coded([None if value is None else canonical_json(value) for value in values], ColumnKind.JSON, present)


def _filled(values: Sequence[Any], absent: Any, dtype: type) -> NDArray[np.generic]:
    filled: NDArray[np.generic] = np.array([absent if value is None else value for value in values], dtype=dtype)
    return filled


def _coded(texts: Sequence[str | None], kind: ColumnKind, present: NDArray[np.bool_] | None) -> Column:
    codes: dict[str, int] = {}
    coded = [-1 if text is None else codes.setdefault(text, len(codes)) for text in texts]
    return Column(kind=kind, values=np.array(coded, dtype=np.int32), present=present, categories=tuple(codes))


def time_column(values: Sequence[Any]) -> Column | None:
    """Build a TIME column from RFC 3339 texts or epoch numbers (seconds, or milliseconds from 13 digits on).

    Returns:
        The column, or ``None`` when no element has the property.

    Raises:
        InvalidInputError: A value is neither, or outside the years 1 to 9999.
    """
    there = [value is not None for value in values]
    if not any(there):
        return None
    for value in values:
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise InvalidInputError(f"{value!r} is no time: write 2025-01-06T14:23:05Z, or seconds since 1970.")
    known = {value: _moment_us(value) for value in {value for value in values if value is not None}}
    times = np.array([0 if value is None else known[value] for value in values], dtype=np.int64)
    return Column(kind=ColumnKind.TIME, values=times, present=None if all(there) else np.array(there, dtype=np.bool_))


def _moment_us(value: str | float) -> int:
    if isinstance(value, str):
        return (text_to_time(value) - _EPOCH) // _MICROSECOND
    microseconds = round(value * (1_000 if abs(value) >= _MILLISECONDS_FROM else 1_000_000))
    if not MIN_TIME_US <= microseconds <= MAX_TIME_US:
        raise InvalidInputError(f"{value!r} is outside the years 1 to 9999.")
    return microseconds
