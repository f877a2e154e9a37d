"""The body of a chunk: up to 4096 values of one column as bytes, and the hash of what it says.

``tag u8, version u8, kind u8, masked u8, count u32, head of the values`` (see ``packing``), then sections, each
``length u32`` (its lowest bit says: compressed by zstd) and that many bytes: the presence bits when masked, the
categories of coded kinds, the planes of the values. The version byte lets later forms (deltas to a keyframe) stand
beside this one without rewriting what is stored.

As it is stored, a chunk has a seal before it: ``tag s u8, version u8, 8 bytes of SHA-256 over its name and its body``.
"""

from __future__ import annotations

import hashlib
import itertools
import struct
import threading
from collections.abc import Iterator

import numpy as np
import zstandard

from snapgraph.engine.columns.canonical import CODED, canonical
from snapgraph.engine.columns.opened import OpenChunk
from snapgraph.engine.columns.packing import HEAD_BYTES, Packed, PackHead, pack_floats, pack_integers
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["CHUNK_VERSION", "HASH_BYTES", "chunk_hash", "decode_chunk", "encode_chunk", "open_chunk", "seal_chunk"]

CHUNK_VERSION = 1
HASH_BYTES = 16
SEAL_VERSION = 1
_PLANES = ord("p")
_SEALED_HEAD = bytes((ord("s"), SEAL_VERSION))
_SEAL_BYTES = 8
_SEAL_END = len(_SEALED_HEAD) + _SEAL_BYTES
_DAMAGE = (zstandard.ZstdError, struct.error, ValueError, IndexError, OverflowError, MemoryError)
"""What damaged bytes lead to."""
_HEAD = struct.Struct("<BBBBI")
_LENGTH = struct.Struct("<I")
_LISTED = struct.Struct("<II")
_LARGEST = 1 << 28
"""Bytes that a section may have: a damaged frame must not ask for all memory."""
_MOST = 1 << 24
"""Values that a chunk may claim to have, for the same reason."""
_SMALL = 32
"""Bytes below which a section is not worth a frame."""
_KINDS = tuple(ColumnKind)
_FRAME = zstandard.ZstdCompressionParameters.from_level(
    1, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=True, write_checksum=False
)
"""Level 3 took 1.2 times as long for no byte less on planes. No magic number: 4 bytes on some thousand."""


class _Frames(threading.local):
    """One compressor and one decompressor for each thread: making one takes as long as compressing a plane, 25 us."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(compression_params=_FRAME)
        self.decompressor = zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS)


_FRAMES = _Frames()


def encode_chunk(column: Column) -> bytes:
    """Make the body of a chunk."""
    piece = canonical(column)
    compressor = _FRAMES.compressor
    head, planes = _packed(piece)
    parts = [_HEAD.pack(_PLANES, CHUNK_VERSION, _KINDS.index(piece.kind), piece.present is not None, len(piece)), head]
    sections = [] if piece.present is None else [np.packbits(piece.present).tobytes()]
    if piece.kind in CODED:
        sections.append(_listed(piece.categories))
    for section in (*sections, *planes):
        compressed = compressor.compress(section) if len(section) >= _SMALL else section
        if len(compressed) < len(section):
            parts += [_LENGTH.pack(len(compressed) << 1 | 1), compressed]
        else:
            parts += [_LENGTH.pack(len(section) << 1), section]
    return b"".join(parts)


def decode_chunk(body: bytes | memoryview) -> Column:
    """Read the body of a chunk.

    Raises:
        IntegrityError: It is no chunk, is damaged, or has a version or tag that is not known here.
    """
    try:
        return _opened(memoryview(body)).column
    except _DAMAGE as error:
        raise IntegrityError(f"A chunk is damaged: {error}.") from error


def seal_chunk(column: Column, name: bytes) -> bytes:
    """Make the body of a chunk that is stored under its hash, with a seal by which damage is noticed."""
    body = encode_chunk(column)
    return b"".join((_SEALED_HEAD, _seal(name, body), body))


def open_chunk(body: bytes, name: bytes) -> OpenChunk:
    """Open a chunk that is stored under its hash, once it is sure that it is what it was.

    The seal is of the bytes as they are stored: 7 us for a plane-packed chunk, where hashing the values again takes 60.
    Chunks without one, from before there were any, are decoded and hashed.

    Raises:
        IntegrityError: It is not what was stored under that name, or is of a version that is not known here.
    """
    try:
        if body[:2] == _SEALED_HEAD:
            inner = memoryview(body)[_SEAL_END:]
            if _seal(name, inner) != body[len(_SEALED_HEAD) : _SEAL_END]:
                raise IntegrityError("A chunk is damaged: its bytes do not match its seal.")
            return _opened(inner)
        chunk = _opened(memoryview(body))
        if chunk_hash(chunk.column) != name:
            raise IntegrityError("A chunk is damaged: it does not hold what it was stored for.")
    except _DAMAGE as error:
        raise IntegrityError(f"A chunk is damaged: {error}.") from error
    return chunk


def chunk_hash(column: Column) -> bytes:
    """Hash the content of a chunk (SHA-256 cut to 16 bytes): equal content is stored once and never encoded again.

    Measured at 32 KiB: SHA-256 1.28 GB/s where the processor has instructions for it, blake2b 0.77.
    """
    piece = canonical(column)
    head = _HEAD.pack(0, 0, _KINDS.index(piece.kind), piece.present is not None, len(piece))
    digest = hashlib.sha256(head)
    if piece.present is not None:
        digest.update(np.packbits(piece.present).data)
    digest.update(piece.values.data)
    if piece.categories:
        lengths = np.fromiter(map(len, piece.categories), dtype="<u4", count=len(piece.categories))
        digest.update(lengths.data)
        digest.update("".join(piece.categories).encode("utf-8", "surrogatepass"))
    return digest.digest()[:HASH_BYTES]


def _packed(piece: Column) -> Packed:
    if piece.kind is ColumnKind.FLOAT:
        return pack_floats(piece.values.view(np.float64))
    if piece.kind in (ColumnKind.INTEGER, ColumnKind.TIME):
        return pack_integers(piece.values.view(np.int64))
    return pack_integers(piece.values.astype(np.int64))


def _seal(name: bytes, body: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(name)
    digest.update(body)
    return digest.digest()[:_SEAL_BYTES]


def _opened(body: memoryview) -> OpenChunk:
    if bytes(body[:2]) != bytes((_PLANES, CHUNK_VERSION)):
        raise IntegrityError(
            f"A chunk begins with {bytes(body[:2])!r}; this version reads tag p of version {CHUNK_VERSION}. "
            "It was written by a newer snapgraph, or is damaged."
        )
    _, _, kind, masked, count = _HEAD.unpack_from(body)
    if count > _MOST:
        raise IntegrityError(f"A chunk is damaged: it claims {count} values.")
    head = PackHead.read(body, _HEAD.size)
    sections = list(_sections(body, _HEAD.size + HEAD_BYTES))
    if len(sections) != head.width + bool(masked) + (_KINDS[kind] in CODED):
        raise IntegrityError("A chunk is damaged: it has not the sections that it says.")
    return OpenChunk(kind=_KINDS[kind], masked=bool(masked), count=count, head=head, sections=sections)


def _sections(body: memoryview, start: int) -> Iterator[bytes]:
    decompressor = _FRAMES.decompressor
    while start < len(body):
        (marked,) = _LENGTH.unpack_from(body, start)
        first, start = start + _LENGTH.size, start + _LENGTH.size + (marked >> 1)
        if len(body) < start:
            raise IntegrityError("A chunk is cut short.")
        section = body[first:start]
        yield decompressor.decompress(section, max_output_size=_LARGEST) if marked & 1 else bytes(section)


def _listed(texts: tuple[str, ...]) -> bytes:
    """List texts with the first character between them that stands in none: ``number u32, separator u32, texts``."""
    everything = set("".join(texts))
    separator = next(character for character in map(chr, itertools.count()) if character not in everything)
    return _LISTED.pack(len(texts), ord(separator)) + separator.join(texts).encode("utf-8", "surrogatepass")
