"""One reader of JSON: what would break Postgres, Python or a later reader is refused at the border.

A naive handler answered 500 to 17 of 27 such bodies (NUL, lone surrogates, NaN, 1e400, 2^63, depth 100,000 …).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from snapgraph.errors import MalformedRequestError, Problem

__all__ = ["MAX_DEPTH", "pointer_part", "read_json", "unstorable"]

MAX_DEPTH = 64
"""Nested lists and objects; our deepest body has 3. Python's own parser gives up near 1,000 with an exception."""

MAX_INTEGER_DIGITS = 19
"""Those of 2^63 - 1, the largest that Postgres and JSON readers in other languages take."""

# A string (to the end of the text when it never closes, so that the scan stays linear), or a bracket outside of one.
_STRINGS_AND_BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(raw: bytes) -> Any:
    """Read a JSON text strictly.

    Args:
        raw: UTF-8 without a byte order mark; its size was limited before.

    Returns:
        ``dict``, ``list``, ``str``, ``int`` within 64 bits, finite ``float``, ``bool`` or ``None``.

    Raises:
        MalformedRequestError: With what is wrong, and where when that can be said.
    """
    _check_depth(raw)
    try:
        text = raw.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError:
        _refuse("the body is not UTF-8")
    except json.JSONDecodeError as error:
        _refuse(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    for pointer, text in _texts(value):
        if reason := unstorable(text):
            _refuse(reason, pointer)
    return value


def unstorable(text: str) -> str | None:
    """Say why a text can be neither stored nor sent on, or ``None``."""
    if "\x00" in text:
        return "a text must not contain NUL (U+0000)"
    if _SURROGATE.search(text):
        return "a text must not contain a lone surrogate (U+D800 to U+DFFF)"
    return None


def _refuse(detail: str, pointer: str = "") -> NoReturn:
    raise MalformedRequestError(detail, problems=(Problem(pointer=pointer, detail=detail),))


def _check_depth(raw: bytes) -> None:
    depth = 0
    for match in _STRINGS_AND_BRACKETS.finditer(raw):
        character = match.group()
        if character in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                _refuse(f"the body is nested deeper than {MAX_DEPTH} levels")
        elif character in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        _refuse(f"the name {twice[:100]!r} stands twice in an object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"{name} is no JSON number")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) <= MAX_INTEGER_DIGITS and -(2**63) <= (value := int(text)) < 2**63:
        return value
    _refuse("an integer must lie between -2^63 and 2^63 - 1")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _refuse("a number must be finite (below about 1.8e308)")
    return value


def pointer_part(name: str) -> str:
    """Write a name as a part of a JSON pointer (RFC 6901).

    >>> pointer_part("a/b~")
    'a~1b~0'
    """
    return name.replace("~", "~0").replace("/", "~1")


def _texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield pointer, name
            yield from _texts(each, f"{pointer}/{pointer_part(name)}")
