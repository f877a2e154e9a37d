"""Passwords of the embedded servers: random, in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["keep_password"]


def keep_password(folder: Path, wanted: str | None = None) -> str:
    """Read the password of a server's folder, or make one.

    Args:
        folder: The password stands in ``password`` inside, mode 0600.
        wanted: What a new folder takes; ``None``: 192 random bits.
    """
    path = folder / "password"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    password = wanted or secrets.token_urlsafe(24)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password)
    return password
