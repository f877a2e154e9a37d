"""Bodies of exports: read in constant memory, and checked against the digest that the server sent along."""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import httpx

from snapgraph.errors import IntegrityError

__all__ = ["copy_export", "read_export", "save_export"]

DIGEST_HEADER = "Repr-Digest"
DIGEST_PREFIX = "sha-256=:"
_GZIP = 31
"""``wbits`` of zlib for a gzip header and its checksum."""


def read_export(response: httpx.Response) -> bytes:
    """Read a body into memory.

    Raises:
        IntegrityError: It is not what the server made.
    """
    return b"".join(_checked_chunks(response))


def save_export(response: httpx.Response, path: Path) -> int:
    """Write a body to a file beside ``path``, and give it that name when it is whole; a link leads where it led.

    What is there and is no regular file, such as a pipe, is written to as the body comes.

    Returns:
        Its size in bytes.

    Raises:
        IntegrityError: It is not what the server made; a regular file is untouched.
        OSError: ``path`` cannot be written.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            return copy_export(response, stream)
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    file = _created(partial, path)
    try:
        with file:
            size = copy_export(response, file)
        partial.replace(target)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return size


def _created(partial: Path, path: Path) -> IO[bytes]:
    """Open a new file; a failure speaks of ``path``, the only name that the caller knows."""
    try:
        return partial.open("wb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def copy_export(response: httpx.Response, file: IO[bytes]) -> int:
    """Write a body to an open file as it comes.

    Returns:
        Its size in bytes.

    Raises:
        IntegrityError: It is not what the server made; the file has it nevertheless.
    """
    return sum(file.write(chunk) for chunk in _checked_chunks(response))


def _checked_chunks(response: httpx.Response) -> Iterator[bytes]:
    """Give the unpacked body; raise when it has no digest, and at its end when it is cut off or its digest differs.

    The digest is of the representation as sent (RFC 9530), which is packed here; that of what was inside is good too,
    since a proxy may have packed it on the way.
    """
    stated = response.headers.get(DIGEST_HEADER, "").removeprefix(DIGEST_PREFIX).rstrip(":")
    if not stated:
        raise IntegrityError(f"The export came without {DIGEST_HEADER}, by which it is checked: does a proxy drop it?")
    sent, inside = hashlib.sha256(), hashlib.sha256()
    packing = zlib.decompressobj(wbits=_GZIP) if response.headers.get("Content-Encoding") == "gzip" else None
    for raw in response.iter_raw():
        sent.update(raw)
        chunk = raw if packing is None else _unpacked(packing, raw)
        inside.update(chunk)
        yield chunk
    digests = {base64.b64encode(each.digest()).decode() for each in (sent, inside)}
    if (packing is not None and not packing.eof) or stated not in digests:
        raise IntegrityError("The export arrived damaged: its SHA-256 is not what the server stated. Try again.")


def _unpacked(packing: zlib._Decompress, raw: bytes) -> bytes:
    try:
        return packing.decompress(raw)
    except zlib.error as error:
        raise IntegrityError("The export arrived damaged: it cannot be unpacked. Try again.") from error
