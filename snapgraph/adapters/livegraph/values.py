"""Values of the driver that JSON does not have, in the forms that :mod:`snapgraph.model.values` lists."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from math import isfinite
from typing import Any

from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time
from neo4j.vector import Vector

from snapgraph.model.values import MAX_PLAIN_INTEGER, TYPE_TAG, TaggedType, canonical_json, tagged

__all__ = ["ValueEncoder"]

_FRACTION = re.compile(r"\.(\d*?)0+(?!\d)")


def _iso(text: str) -> str:
    """Drop the zeros at the end of a fraction, and the whole fraction when it is 0."""
    return _FRACTION.sub(lambda found: f".{found[1]}" if found[1] else "", text)


def _zoned(value: DateTime | Time) -> str:
    text = _iso(value.iso_format())
    if value.utcoffset() == timedelta(0):
        text = text.removesuffix("+00:00") + "Z"
    return text


def _datetime(value: DateTime) -> dict[str, Any]:
    if value.tzinfo is None:
        return tagged(TaggedType.LOCAL_DATE_TIME, _iso(value.iso_format()))
    zone = getattr(value.tzinfo, "zone", None) or getattr(value.tzinfo, "key", None)
    named = f"[{zone}]" if zone and zone != "UTC" else ""
    return tagged(TaggedType.DATE_TIME, _zoned(value) + named)


def _time(value: Time) -> dict[str, Any]:
    if value.tzinfo is None:
        return tagged(TaggedType.LOCAL_TIME, _iso(value.iso_format()))
    return tagged(TaggedType.TIME, _zoned(value))


def _point(value: Point) -> dict[str, Any]:
    coordinates = dict(zip("xyz", map(float, value), strict=False))
    return tagged(TaggedType.POINT, {"srid": value.srid, **coordinates})


def _bytes(value: bytes | bytearray) -> dict[str, Any]:
    return tagged(TaggedType.BYTES, b64encode(value).decode("ascii"))


def _vector(value: Vector) -> dict[str, Any]:
    return tagged(TaggedType.VECTOR, {"dtype": value.dtype.value, "values": value.to_native()})


_TAGGED: dict[type, Callable[[Any], dict[str, Any]]] = {
    DateTime: _datetime,
    Date: lambda value: tagged(TaggedType.DATE, value.iso_format()),
    Time: _time,
    Duration: lambda value: tagged(TaggedType.DURATION, _iso(value.iso_format())),
    bytes: _bytes,
    bytearray: _bytes,
    Vector: _vector,
}


class ValueEncoder:
    """Writes canonical JSON texts (sorted keys, no spaces) and counts what JSON cannot hold.

    Attributes:
        non_finite: NaN and infinities met so far; they become ``null``.
    """

    def __init__(self) -> None:
        self.non_finite = 0

    def text(self, value: Any) -> str:
        """Encode one value of the driver."""
        return canonical_json(self._jsonable(value))

    def _jsonable(self, value: Any) -> Any:
        if value is None or isinstance(value, (str, bool)):
            return value
        if isinstance(value, int):
            return value if abs(value) <= MAX_PLAIN_INTEGER else tagged(TaggedType.INTEGER, str(value))
        if isinstance(value, float):
            return self._finite(value)
        return self._composed(value)

    def _composed(self, value: Any) -> Any:
        if isinstance(value, Point):  # a tuple, of a class of its own for each coordinate system
            return _point(value)
        write = _TAGGED.get(type(value))
        if write is not None:  # before lists: a duration is a tuple as well
            return write(value)
        if isinstance(value, (list, tuple)):
            return [self._jsonable(item) for item in value]
        return self._map(value) if isinstance(value, dict) else str(value)  # a type that is newer than this driver

    def _finite(self, value: float) -> float | None:
        if isfinite(value):
            return value
        self.non_finite += 1
        return None

    def _map(self, value: dict[str, Any]) -> dict[str, Any]:
        content = {name: self._jsonable(item) for name, item in value.items()}
        return tagged(TaggedType.MAP, sorted(content.items())) if TYPE_TAG in content else content
