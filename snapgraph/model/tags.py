"""What may be a tag: it stands where an id is taken, so it must not look like anything else that does."""

from __future__ import annotations

import re

__all__ = ["MAX_TAGS", "RESERVED_TAGS", "TAG_PATTERN", "TAG_REFUSED_PATTERN", "tag_problem"]

MAX_TAGS = 20
"""Per snapshot; a person reads them."""

TAG_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:+_-]{0,63}"
"""What a tag must match in full: it stands in addresses and on command lines without quoting."""

RESERVED_TAGS = ("compare", "export", "import", "latest", "live", "timeline")
"""Other meanings of the same place: ``/snapshots/compare``, ``latest``."""

TAG_REFUSED_PATTERN = r"(?:" + "|".join(RESERVED_TAGS) + r"|v[0-9]+|snap_.*)"
"""What a tag must not match in full."""

_TAKEN = re.compile(TAG_PATTERN)
_REFUSED = re.compile(TAG_REFUSED_PATTERN)


def tag_problem(tag: str) -> str | None:
    """Say what is wrong with a tag, or ``None``.

    >>> tag_problem("before-1.4")
    >>> tag_problem("v17")
    "'v17' means something else where a snapshot is named: choose another tag"
    """
    if not _TAKEN.fullmatch(tag):
        return "a tag is 1 to 64 of A-Z a-z 0-9 . _ : + - and begins with a letter or digit"
    if _REFUSED.fullmatch(tag):
        return f"{tag!r} means something else where a snapshot is named: choose another tag"
    return None
