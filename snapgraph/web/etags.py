"""Strong ETags (RFC 9110): the same tag means the same bytes before compression."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["ENCODING_SUFFIX", "is_current", "is_fresh", "strong_etag"]

ENCODING_SUFFIX = "-gzip"
"""Ends the tag of a compressed answer, since its bytes are others; left out of comparisons."""

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')


def strong_etag(*parts: object) -> str:
    """Make a tag of the things that decide about the bytes.

    >>> strong_etag("0f3a", 2)
    '"0f3a-2"'
    """
    return '"' + "-".join(str(part) for part in parts) + '"'


def is_fresh(headers: Mapping[str, str], etag: str) -> bool:
    """Tell whether the caller's copy is still good (``If-None-Match``, weak comparison): answer 304."""
    given = headers.get("if-none-match")
    return given is not None and (given.strip() == "*" or _opaque(etag) in {tag for _, tag in _tags(given)})


def is_current(headers: Mapping[str, str], etag: str) -> bool:
    """Tell whether a change may be made (``If-Match``, strong comparison); true without that header.

    Args:
        headers: Of the request, by lower-case name.
        etag: Of the thing; that of every way in which it is given begins with the same parts, and is as good.
    """
    given = headers.get("if-match")
    if given is None or given.strip() == "*":
        return True
    whole = _opaque(etag)
    return any(tag == whole or tag.startswith(f"{whole}-") for weak, tag in _tags(given) if not weak)


def _opaque(etag: str) -> str:
    return etag.strip('"').removesuffix(ENCODING_SUFFIX)


def _tags(header: str) -> list[tuple[bool, str]]:
    return [(bool(match[1]), match[2].removesuffix(ENCODING_SUFFIX)) for match in _TAG.finditer(header[:4000])]
