"""The columnar graph: a performance graph as numpy columns, one array per property.

Everything heavy (capture, diff, store, export) works on these arrays; objects are made only for what a person reads.
Arrays are never written to once they stand in one of these values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.vocabulary import ColumnKind

__all__ = [
    "LABELS",
    "STALE",
    "Column",
    "EdgeColumns",
    "GraphColumns",
    "Mask",
    "NodeColumns",
]

Mask = NDArray[np.bool_]

STALE = "@stale"
"""Derived BOOLEAN column of nodes and edges: older than three ticks when captured. ``@`` marks what is no property."""

LABELS = "@labels"
"""Derived JSON column of nodes: all labels, sorted, as a JSON list; present where a node has more than its type."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One property of many elements.

    Attributes:
        kind: How ``values`` is to be read:
            FLOAT float64, finite where present · INTEGER int64 · BOOLEAN bool ·
            TIME int64 microseconds since 1970 UTC · TEXT and JSON int32 codes into ``categories``.
        values: One entry per element; 0 (code -1) where ``present`` is false.
        present: Which elements have the property, or ``None`` when all do. Neo4j has no null properties.
        categories: For TEXT the strings; for JSON canonical JSON texts (sorted keys, no spaces), with values that
            JSON does not have as ``{"$type": …, "value": …}``. Distinct, in no significant order; else empty.
    """

    kind: ColumnKind
    values: NDArray[np.generic]
    present: Mask | None = None
    categories: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def numbers(self) -> NDArray[np.float64]:
        """Read the numbers; NaN where an element has none. Those of a JSON column too: 97 beside 12.5 makes it one."""
        match self.kind:
            case ColumnKind.FLOAT | ColumnKind.INTEGER:
                numbers = self.values.astype(np.float64)
            case ColumnKind.JSON:
                table = np.asarray([*map(_number, self.categories), np.nan])  # the last is for code -1: absent
                numbers = table[self.values.astype(np.int64)]
            case _:
                return np.full(len(self), np.nan)
        return numbers if self.present is None else np.where(self.present, numbers, np.nan)

    def take(self, rows: NDArray[np.intp]) -> Column:
        """Pick rows, in the order given."""
        return Column(
            kind=self.kind,
            values=self.values[rows],
            present=None if self.present is None else self.present[rows],
            categories=self.categories,
        )


def _number(text: str) -> float:
    """Read a JSON text as a number; NaN when it is none."""
    value = json.loads(text) if text[0] in "-0123456789" else None
    return float(value) if isinstance(value, int | float) else np.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeColumns:
    """The nodes of a graph.

    Attributes:
        keys: Node keys, an object array of ``str``, distinct.
        columns: Property name -> column (``name`` included when the node has it as a property).
        ids: Dictionary ids of the store, int64, or ``None`` before the store has seen the graph.
    """

    keys: NDArray[np.object_]
    columns: Mapping[str, Column] = field(default_factory=dict)
    ids: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EdgeColumns:
    """The edges of a graph.

    Attributes:
        sources: int32 rows of :attr:`GraphColumns.nodes`.
        targets: int32 rows of :attr:`GraphColumns.nodes`.
        type_codes: int32 codes into ``types``.
        types: Relationship types, distinct, sorted.
        discriminators: TEXT column that tells parallel edges apart, or ``None`` when there are none (all empty).
        columns: Property name -> column. The standard ones are ``value`` FLOAT, ``timestamp`` TIME, ``updated_at``
            TIME, ``trend`` TEXT, ``severity`` TEXT; the configured names are mapped to these on reading.
        ids: Dictionary ids of the store, int64, or ``None`` before the store has seen the graph.
    """

    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    type_codes: NDArray[np.int32]
    types: tuple[str, ...]
    discriminators: Column | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)
    ids: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.sources)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphColumns:
    """A whole graph.

    In *canonical order* nodes stand sorted by key, edges by (source key, type, target key, discriminator). The
    live-graph reader and the store give that order.
    """

    nodes: NodeColumns
    edges: EdgeColumns
