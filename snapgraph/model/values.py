"""Property values that JSON does not have, and the one text form of each: ``{"$type": …, "value": …}``.

=============  =========================================================  ==============================
``$type``      ``value``                                                  example
=============  =========================================================  ==============================
Date           ISO 8601                                                   ``2025-01-06``
Time           ISO 8601 with offset, up to nanoseconds                    ``14:23:05.123456789+01:00``
LocalTime      ISO 8601, up to nanoseconds                                ``14:23:05``
DateTime       ISO 8601 with offset, then the zone's name if it has one   ``2025-01-06T14:23:05+01:00[Europe/Prague]``
LocalDateTime  ISO 8601, up to nanoseconds                                ``2025-01-06T14:23:05.5``
Duration       ISO 8601, as Neo4j writes it                               ``P1Y2M3DT4H5M6.5S``
Point          ``srid``, ``x``, ``y`` and, in three dimensions, ``z``     ``{"srid": 4326, "x": 14.4, "y": 50.1}``
Bytes          base64, the standard alphabet with padding                 ``3q2+7w==``
Integer        decimal text, when beyond ±2^53                            ``9007199254740993``
Vector         ``dtype`` and ``values``                                   ``{"dtype": "f32", "values": [1.0]}``
Map            pairs, for a map that has a key ``$type`` itself           ``[["$type", "x"]]``
=============  =========================================================  ==============================

UTC is written ``Z``; a fraction of a second stands without trailing zeros, and not at all when it is 0. A column of
kind TIME is kept for the properties ``timestamp`` and ``updated_at``, which are plain RFC 3339 texts in JSON; every
other temporal property is a JSON column of these values, so that zone and nanoseconds survive. ``null`` inside a list
stands for a number that was NaN or infinite.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import orjson

from snapgraph.errors import InvalidInputError

__all__ = [
    "KEY_PROPERTY",
    "MAX_PLAIN_INTEGER",
    "MAX_TIME_US",
    "MIN_TIME_US",
    "TYPE_TAG",
    "VALUE_TAG",
    "TaggedType",
    "canonical_json",
    "tagged",
    "untagged",
]

TYPE_TAG = "$type"
VALUE_TAG = "value"

MAX_PLAIN_INTEGER = 2**53
"""The largest magnitude that a double, and so every JSON reader, holds exactly."""

MIN_TIME_US = -62_135_596_800_000_000
"""0001-01-01T00:00:00Z in microseconds since 1970: RFC 3339 and Python know no earlier year."""

MAX_TIME_US = 253_402_300_799_999_999
"""9999-12-31T23:59:59.999999Z in microseconds since 1970."""

KEY_PROPERTY = "snapgraph_key"
"""Property by which a Cypher export merges what it loads; a read of a live graph leaves it out."""


class TaggedType(StrEnum):
    """The values of ``$type``; the module's table has their text forms."""

    DATE = "Date"
    TIME = "Time"
    LOCAL_TIME = "LocalTime"
    DATE_TIME = "DateTime"
    LOCAL_DATE_TIME = "LocalDateTime"
    DURATION = "Duration"
    POINT = "Point"
    BYTES = "Bytes"
    INTEGER = "Integer"
    VECTOR = "Vector"
    MAP = "Map"


def tagged(type_: TaggedType, value: Any) -> dict[str, Any]:
    """Make a tagged value.

    >>> tagged(TaggedType.DATE, "2025-01-06")
    {'$type': 'Date', 'value': '2025-01-06'}
    """
    return {TYPE_TAG: type_.value, VALUE_TAG: value}


def untagged(value: Any) -> Any:
    """Take a tagged integer for the integer that it is; leave everything else.

    >>> untagged({"$type": "Integer", "value": "9007199254740993"}), untagged(1.5)
    (9007199254740993, 1.5)

    Raises:
        InvalidInputError: What is tagged as an integer is none.
    """
    if isinstance(value, dict) and value.get(TYPE_TAG) == TaggedType.INTEGER:
        try:
            return int(value[VALUE_TAG])
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInputError(f"{value!r} is no integer: its value is decimal text.") from error
    return value


def canonical_json(value: Any) -> str:
    """Write a JSON value in its one text form: keys sorted, no spaces, UTF-8 unescaped.

    This is the form of the categories of a JSON column.

    >>> canonical_json([1, {"b": 2.0, "a": "é"}])
    '[1,{"a":"é","b":2.0}]'
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
