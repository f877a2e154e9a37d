"""Columns as chunks of bytes, and their hashes. The package itself is the store's :class:`ColumnCodec`."""

from snapgraph.engine.columns.canonical import is_same
from snapgraph.engine.columns.chunks import (
    CHUNK_VERSION,
    HASH_BYTES,
    chunk_hash,
    decode_chunk,
    encode_chunk,
    open_chunk,
    seal_chunk,
)
from snapgraph.engine.columns.hashes import BLOCK_ROWS, GraphDigests, content_hashes, digest_graph
from snapgraph.engine.columns.opened import OpenChunk, gather

__all__ = [
    "BLOCK_ROWS",
    "CHUNK_VERSION",
    "HASH_BYTES",
    "GraphDigests",
    "OpenChunk",
    "chunk_hash",
    "content_hashes",
    "decode_chunk",
    "digest_graph",
    "encode_chunk",
    "gather",
    "is_same",
    "open_chunk",
    "seal_chunk",
]
