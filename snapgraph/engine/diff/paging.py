"""Pages of changes: a cursor says where the next one begins, and in which list.

A cursor is bound to its list by a digest of everything that decides about it: the diff, the significance of its
changes, the filter. In another list the same place would silently leave changes out or show them twice; there it is
refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from snapgraph.engine.diff.differences import DiffColumns
from snapgraph.engine.diff.ranking import select
from snapgraph.errors import InvalidInputError, Problem
from snapgraph.model.queries import ChangeFilter, Page

__all__ = ["MAX_LIMIT", "page"]

MAX_LIMIT = 50_000
"""So many changes are 20 MB of JSON."""

_DIGEST_BYTES = 12
_CURSOR = re.compile(rb"1\.(0|[1-9][0-9]{0,11})\.([0-9a-f]{24})")
"""Version, offset, digest of the list."""


def page(diff: DiffColumns, content_hash: str, wanted: ChangeFilter, limit: int, cursor: str | None) -> Page[int]:
    """Cut one page out of the changes that a filter lets through.

    Args:
        diff: All changes.
        content_hash: Of the diff.
        wanted: Filter and sort.
        limit: At most so many, from 1 to :data:`MAX_LIMIT`.
        cursor: ``next`` of the page before; ``None`` for the first.

    Returns:
        Positions in the diff.

    Raises:
        InvalidInputError: The limit is out of range, the sort is unknown, or the cursor is not one of this list.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise _invalid("?limit", f"The limit is a number from 1 to {MAX_LIMIT}.")
    selected = select(diff, wanted)
    digest = _list_digest(diff, content_hash, wanted)
    start = 0 if cursor is None else _offset(cursor, digest, len(selected))
    end = start + limit
    following = _cursor(end, digest) if end < len(selected) else None
    return Page(items=tuple(selected[start:end].tolist()), next=following, total=len(selected))


def _list_digest(diff: DiffColumns, content_hash: str, wanted: ChangeFilter) -> str:
    digest = hashlib.blake2b(content_hash.encode(), digest_size=_DIGEST_BYTES)
    digest.update(diff.significances.tobytes())
    digest.update(repr(wanted).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _cursor(offset: int, digest: str) -> str:
    return base64.urlsafe_b64encode(f"1.{offset}.{digest}".encode()).decode().rstrip("=")


def _offset(cursor: str, digest: str, count: int) -> int:
    """Read the offset out of a cursor of this list."""
    try:
        text = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise _invalid("?cursor", "This is no cursor: take `next` of the page before as it is.") from error
    parts = _CURSOR.fullmatch(text)
    if parts is None or _cursor(int(parts[1]), parts[2].decode()) != cursor:
        raise _invalid("?cursor", "This is no cursor: take `next` of the page before as it is.")
    if parts[2].decode() != digest or not 0 < int(parts[1]) < count:
        raise _invalid("?cursor", "The cursor is of another list of changes: begin again without a cursor.")
    return int(parts[1])


def _invalid(pointer: str, detail: str) -> InvalidInputError:
    return InvalidInputError(detail, problems=(Problem(pointer=pointer, detail=detail),))
