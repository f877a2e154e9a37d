"""A session of the page: what a cookie stands for."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a browser got for the token.

    Attributes:
        id: Told from all others by it; of no use without the signature that the cookie has beside it.
        ends_at: Epoch seconds at which it ends by itself.
    """

    id: str
    ends_at: int
