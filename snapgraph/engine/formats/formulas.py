"""Texts that a spreadsheet would take for a formula, made harmless in a way that can be undone.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab, CR, LF, NUL or the full-width forms of the first four gets an
apostrophe before it; so does one that begins with apostrophes and then one of these, which makes it reversible. Source:
OWASP, CSV injection; quoting alone does not help, since a spreadsheet unquotes first.
"""

from __future__ import annotations

import re

__all__ = ["FORMULA", "guarded", "is_formula", "unguarded"]

FORMULA = "'*[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]"
"""What a guarded text begins with, apostrophe apart; a regular expression."""

_FORMULA = re.compile(FORMULA)


def is_formula(text: str) -> bool:
    """Say whether a text needs the guard."""
    return _FORMULA.match(text) is not None


def guarded(text: str) -> str:
    """Put an apostrophe before what looks like a formula.

    >>> guarded("=cmd|' /C calc'!A0"), guarded("users")
    ("'=cmd|' /C calc'!A0", 'users')
    """
    return f"'{text}" if is_formula(text) else text


def unguarded(text: str) -> str:
    """Undo :func:`guarded`.

    >>> unguarded("'=1"), unguarded("'tis")
    ('=1', "'tis")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text
