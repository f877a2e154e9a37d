"""How columns become bytes, as far as the store has to know.

Adapters and the engine are strangers, so the composition root hands the codec to the store:
``open_store(url, codec=snapgraph.engine.columns)`` (the package itself has these functions).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from snapgraph.model.columns import Column, GraphColumns

__all__ = ["ColumnCodec"]


class ColumnCodec(Protocol):
    """Encode, decode and hash pieces of columns."""

    def encode_chunk(self, column: Column, /) -> bytes:
        """Make the body of a chunk: tag, version, payload."""

    def decode_chunk(self, body: bytes, /) -> Column:
        """Undo :meth:`encode_chunk`; raise ``IntegrityError`` for what is no chunk or of an unknown version."""

    def chunk_hash(self, column: Column, /) -> bytes:
        """Hash the content of a chunk, 16 bytes; equal for equal content."""

    def content_hashes(self, graph: GraphColumns, /, volatile: Collection[str] = ()) -> tuple[str, str]:
        """Hash a graph in canonical order, independent of dictionary ids: (everything, all but ``volatile``)."""
