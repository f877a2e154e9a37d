"""How columns become bytes, as far as the store has to know.

Adapters and the engine are strangers, so the composition root hands the codec to the store:
``open_store(url, codec=snapgraph.engine.columns)`` (the package itself has these functions).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import Column, GraphColumns, Mask

__all__ = ["ColumnCodec", "ContentDigests", "PackedColumn"]


class PackedColumn(Protocol):
    """A piece of a column that is decoded no further than it has to be."""

    @property
    def column(self) -> Column:
        """All of its values."""

    def differs(self, other: Any, /) -> Mask | None:
        """Say row by row where it differs from another piece; ``None`` when only their values can tell."""


class ContentDigests(Protocol):
    """Digests of the parts of one graph."""

    def hashes(self, volatile: Collection[str] = ()) -> tuple[str, str]:
        """Give the hashes of everything, and of all but ``volatile``."""


class ColumnCodec(Protocol):
    """Encode, decode and hash pieces of columns."""

    @property
    def BLOCK_ROWS(self) -> int:  # noqa: N802 - a constant of a module
        """Rows of a block of the content hash, the same as ids of a chunk."""

    def encode_chunk(self, column: Column, /) -> bytes:
        """Make the body of a chunk: tag, version, payload."""

    def decode_chunk(self, body: bytes, /) -> Column:
        """Undo :meth:`encode_chunk`; raise ``IntegrityError`` for what is no chunk or of an unknown version."""

    def seal_chunk(self, column: Column, name: bytes, /) -> bytes:
        """Make the body of a chunk that is stored under a name."""

    def open_chunk(self, body: bytes, name: bytes, /) -> PackedColumn:
        """Open the body of a chunk; raise ``IntegrityError`` when it is not what was stored under that name."""

    def gather(self, chunks: Sequence[Any], rows: Sequence[NDArray[np.intp]], /) -> Column | None:
        """Take rows of pieces of one column; ``None`` when they are not packed alike."""

    def chunk_hash(self, column: Column, /) -> bytes:
        """Hash the content of a chunk, 16 bytes; equal for equal content."""

    def is_same(self, left: Column, right: Column, /) -> bool:
        """Say whether two columns are the same as they stand, and so have the same hash."""

    def digest_graph(
        self,
        graph: GraphColumns,
        /,
        last: Any = None,
        blocks: Mapping[tuple[str, str], Collection[bytes]] | None = None,
    ) -> ContentDigests:
        """Digest a graph in canonical order, independent of dictionary ids.

        Args:
            graph: What to digest.
            last: Digests of the capture before: what is the same is taken over.
            blocks: ``("edge", "value")`` -> hashes of that column in blocks of ``BLOCK_ROWS`` rows, where known.
        """
