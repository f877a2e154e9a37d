"""The id of a request: the caller's when it is harmless, else a new one; it stands in the answer and in the log."""

from __future__ import annotations

import re
import uuid

__all__ = ["request_id_of"]

_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(given: str | None) -> str:
    """Take the caller's id, or make one.

    >>> request_id_of("deploy-42")
    'deploy-42'
    """
    return given if given and _HARMLESS.fullmatch(given) else uuid.uuid4().hex
