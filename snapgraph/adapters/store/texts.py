"""What may be sent to Postgres as text: everything but NUL and lone surrogates, which it refuses."""

from __future__ import annotations

from snapgraph.errors import InvalidInputError, Problem

__all__ = ["storable"]


def storable(text: str, *, pointer: str) -> str:
    """Give the text back when Postgres can take it.

    Raises:
        InvalidInputError: It holds NUL or a lone surrogate; the problem points to ``pointer``.
    """
    if "\0" in text or not _is_unicode(text):
        detail = "A text may hold neither NUL nor half of a surrogate pair: leave that character out."
        raise InvalidInputError(detail, problems=(Problem(pointer=pointer, detail=detail),))
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
