"""What every format has to know of elements: the order of their properties, which columns are derived, repeated ids."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.formats.fragments import Coded, Pieces
from snapgraph.model.columns import LABELS, STALE, Column, Mask

__all__ = ["EDGE_ORDER", "NODE_ORDER", "pieces_of_repeats", "properties_of", "stale_rows"]

EDGE_ORDER = ("value", "timestamp", "trend", "updated_at", "severity")
"""Properties of a relationship that are written first; the others follow by name."""

NODE_ORDER = ("name",)
"""Properties of a node that are written first; the others follow by name."""


def properties_of(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Leave the derived columns out."""
    return {name: column for name, column in columns.items() if name not in {STALE, LABELS}}


def pieces_of_repeats(ordinals: NDArray[np.int32]) -> list[Pieces]:
    """Make the ``_2`` of relationship ids that repeat; no column when none does."""
    most = int(ordinals.max(initial=1))
    if most == 1:
        return []
    return [Coded.of([b"", b"", *(b"_%d" % ordinal for ordinal in range(2, most + 1))], ordinals)]


def stale_rows(column: Column) -> Mask:
    """Say which elements are stale; absent means fresh."""
    stale = column.values.astype(np.bool_)
    return stale if column.present is None else stale & column.present
