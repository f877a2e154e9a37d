"""Bodies of exports: read in constant memory, and checked against the digest that the server sent along."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import httpx

from snapgraph.errors import IntegrityError

__all__ = ["copy_export", "read_export", "save_export"]

DIGEST_HEADER = "Repr-Digest"
DIGEST_PREFIX = "sha-256=:"


def read_export(response: httpx.Response) -> bytes:
    """Read a body into memory.

    Raises:
        IntegrityError: It is not what the server made.
    """
    return b"".join(_checked_chunks(response))


def save_export(response: httpx.Response, path: Path) -> int:
    """Write a body to a file beside ``path``, and give it that name when it is whole.

    Returns:
        Its size in bytes.

    Raises:
        IntegrityError: It is not what the server made; ``path`` is untouched.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            size = copy_export(response, file)
        partial.replace(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return size


def copy_export(response: httpx.Response, file: IO[bytes]) -> int:
    """Write a body to an open file as it comes.

    Returns:
        Its size in bytes.

    Raises:
        IntegrityError: It is not what the server made; the file has it nevertheless.
    """
    return sum(file.write(chunk) for chunk in _checked_chunks(response))


def _checked_chunks(response: httpx.Response) -> Iterator[bytes]:
    """Give the decoded body, and raise at its end when the digest differs.

    The digest is of the representation as sent (RFC 9530), so a compressed answer is checked by its length and its own
    checksum only.
    """
    digest = hashlib.sha256()
    for chunk in response.iter_bytes():
        digest.update(chunk)
        yield chunk
    stated = response.headers.get(DIGEST_HEADER, "")
    if "Content-Encoding" in response.headers or not stated.startswith(DIGEST_PREFIX):
        return
    if base64.b64encode(digest.digest()).decode() != stated.removeprefix(DIGEST_PREFIX).rstrip(":"):
        raise IntegrityError("The export arrived damaged: its SHA-256 is not what the server stated. Try again.")
