"""The body of a chunk: up to 4096 values of one column as bytes, and the hash of what it says.

``tag u8, version u8, kind u8, masked u8, count u32, head of the values`` (see ``packing``), then sections, each
``length u32`` (its lowest bit says: compressed by zstd) and that many bytes: the presence bits when masked, the
categories of coded kinds, the planes of the values. The version byte lets later forms (deltas to a keyframe) stand
beside this one without rewriting what is stored.
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
from snapgraph.engine.columns.packing import (
    HEAD_BYTES,
    Packed,
    pack_floats,
    pack_integers,
    unpack_floats,
    unpack_integers,
)
from snapgraph.errors import IntegrityError
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["CHUNK_VERSION", "HASH_BYTES", "chunk_hash", "decode_chunk", "encode_chunk"]

CHUNK_VERSION = 1
HASH_BYTES = 16
_PLANES = ord("p")
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


def decode_chunk(body: bytes) -> Column:
    """Read the body of a chunk.

    Raises:
        IntegrityError: It is no chunk, is damaged, or has a version or tag that is not known here.
    """
    if bytes(body[:2]) != bytes((_PLANES, CHUNK_VERSION)):
        raise IntegrityError(
            f"A chunk begins with {bytes(body[:2])!r}; this version reads tag p of version {CHUNK_VERSION}. "
            "It was written by a newer snapgraph, or is damaged."
        )
    try:
        _, _, kind, masked, count = _HEAD.unpack_from(body)
        if count > _MOST:
            raise IntegrityError(f"A chunk is damaged: it claims {count} values.")
        head = bytes(body[_HEAD.size : _HEAD.size + HEAD_BYTES])
        return _decoded(_KINDS[kind], head, list(_sections(memoryview(body)[_HEAD.size + HEAD_BYTES :])), masked, count)
    except (zstandard.ZstdError, struct.error, ValueError, IndexError, OverflowError, MemoryError) as error:
        raise IntegrityError(f"A chunk is damaged: {error}.") from error


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


def _decoded(kind: ColumnKind, head: bytes, sections: list[bytes], masked: int, count: int) -> Column:
    present = None
    if masked:
        present = np.unpackbits(np.frombuffer(sections.pop(0), dtype=np.uint8), count=count).view(np.bool_)
    categories = _unlisted(sections.pop(0)) if kind in CODED else ()
    if kind is ColumnKind.FLOAT:
        return Column(kind=kind, values=unpack_floats(head, sections, count), present=present)
    integers = unpack_integers(head, sections, count)
    if kind in CODED:
        return Column(kind=kind, values=integers.astype(np.int32), present=present, categories=categories)
    values = integers.astype(np.bool_) if kind is ColumnKind.BOOLEAN else integers
    return Column(kind=kind, values=values, present=present)


def _sections(rest: memoryview) -> Iterator[bytes]:
    decompressor = _FRAMES.decompressor
    while rest:
        (marked,) = _LENGTH.unpack_from(rest)
        end = _LENGTH.size + (marked >> 1)
        if len(rest) < end:
            raise IntegrityError("A chunk is cut short.")
        section = rest[_LENGTH.size : end]
        rest = rest[end:]
        yield decompressor.decompress(section, max_output_size=_LARGEST) if marked & 1 else bytes(section)


def _listed(texts: tuple[str, ...]) -> bytes:
    """List texts with the first character between them that stands in none: ``number u32, separator u32, texts``."""
    everything = set("".join(texts))
    separator = next(character for character in map(chr, itertools.count()) if character not in everything)
    return _LISTED.pack(len(texts), ord(separator)) + separator.join(texts).encode("utf-8", "surrogatepass")


def _unlisted(data: bytes) -> tuple[str, ...]:
    number, separator = _LISTED.unpack_from(data)
    if number == 0:
        return ()
    texts = tuple(data[_LISTED.size :].decode("utf-8", "surrogatepass").split(chr(separator)))
    if len(texts) != number:
        raise IntegrityError(f"A chunk lists {len(texts)} categories and says that it has {number}.")
    return texts
