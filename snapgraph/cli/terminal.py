"""Texts of others on a terminal, which obeys some of their characters."""

from __future__ import annotations

import re

__all__ = ["harmless"]

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""C0, DEL and C1, without the line break."""


def harmless(text: str) -> str:
    r"""Write the characters that a terminal would obey in a form in which it shows them; line breaks stay.

    A description or a name in the observed database may hold escape sequences, which move the cursor, set the title of
    the window, or write over what stands above.

    >>> print(harmless("a \x1b[31mred\x07"))
    a \x1b[31mred\x07
    """
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
