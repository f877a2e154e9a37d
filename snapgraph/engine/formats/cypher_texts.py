r"""Names and values as Cypher text: what cannot be a parameter in a file is quoted so that it cannot be code.

Neo4j turns ``\uXXXX`` into its character anywhere in a text, before it looks for quotes: inside a quoted name
``\u0060`` *is* a backtick. Other servers take the name as it stands. So a name with ``\u`` in it is written for Neo4j
(each backslash as ``\u005C``, which is not looked at again), every other name in the one way that all read alike.
Verified on Neo4j 5.26 and ArcadeDB 26.10 by loading and reading back; see Neo4j's manual, "Naming rules".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from snapgraph.model.values import TYPE_TAG, VALUE_TAG, TaggedType, canonical_json

__all__ = ["cypher_name", "cypher_value"]

_FUNCTIONS: Mapping[str, str] = {
    TaggedType.DATE: "date",
    TaggedType.TIME: "time",
    TaggedType.LOCAL_TIME: "localtime",
    TaggedType.DATE_TIME: "datetime",
    TaggedType.LOCAL_DATE_TIME: "localdatetime",
    TaggedType.DURATION: "duration",
}
_NOT_A_NUMBER = "(0.0/0.0)"
"""NaN has no literal; in a list of numbers it stands for the NaN or infinity that was there."""


def cypher_name(name: str) -> str:
    r"""Quote a label, relationship type or property name.

    >>> cypher_name("a`b")
    '`a``b`'
    >>> print(cypher_name(r"a\u0060b"))
    `a\u005Cu0060b`
    """
    text = name.replace("`", "``")
    if "\\u" in text:
        text = text.replace("\\", "\\u005C")
    # files are cut into statements at ";" and a line's end, which therefore stands in no name
    return "`" + text.replace(";\n", ";\\u000A").replace(";\r", ";\\u000D") + "`"


def cypher_value(value: Any) -> str:
    r"""Write a JSON value (tagged where JSON has none) as a Cypher expression.

    Cypher has no literal for bytes (written as their base64 text), vectors (a list of their numbers) and maps or lists
    of lists as properties (their JSON text).

    >>> print(cypher_value([1, 2.5, "it's"]))
    [1,2.5,"it's"]
    >>> print(cypher_value({"$type": "Date", "value": "2025-01-06"}))
    date("2025-01-06")
    """
    if isinstance(value, list):
        if any(isinstance(item, list) for item in value):
            return _quoted(canonical_json(value))
        return "[" + ",".join(_NOT_A_NUMBER if item is None else cypher_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return _tagged_value(value)
    return _quoted(value)


def _quoted(value: Any) -> str:
    """Write a scalar: JSON's literals and escapes are Cypher's too."""
    return orjson.dumps(value).decode()


def _tagged_value(value: Mapping[str, Any]) -> str:
    type_, inner = value.get(TYPE_TAG), value.get(VALUE_TAG)
    if isinstance(type_, str) and type_ in _FUNCTIONS and isinstance(inner, str):
        return f"{_FUNCTIONS[type_]}({_quoted(inner)})"
    if type_ == TaggedType.POINT and isinstance(inner, dict):
        members = (f"{axis}:{_quoted(float(inner[axis]))}" for axis in ("x", "y", "z") if axis in inner)
        return f"point({{srid:{int(inner['srid'])},{','.join(members)}}})"
    if type_ == TaggedType.INTEGER:
        return str(int(str(inner)))
    if type_ == TaggedType.BYTES:
        return _quoted(inner)
    if type_ == TaggedType.VECTOR and isinstance(inner, dict):
        return cypher_value(inner.get("values", []))
    return _quoted(canonical_json(dict(value)))
