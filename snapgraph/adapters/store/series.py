"""Values of elements and summaries across many snapshots: what a chart draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.contents import SnapshotPlace
from snapgraph.adapters.store.listing import conditions
from snapgraph.adapters.store.queries import parse
from snapgraph.adapters.store.tables import live_graph
from snapgraph.adapters.store.tables import snapshot as table
from snapgraph.adapters.store.values import edge_values, node_values
from snapgraph.errors import GoneError
from snapgraph.model.keys import split_edge_key
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.snapshots import SnapshotCounts
from snapgraph.model.vocabulary import ElementKind, RetentionClass, TriggerType

__all__ = ["StoredPoint", "StoredValues", "edge_numbers", "node_numbers", "points", "values"]

_QUERIES = parse(files("snapgraph.adapters.store").joinpath("sql/page.sql").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPoint:
    """One snapshot of a series: where it stands, its payload's address, and its summary in numbers."""

    id: str
    version: int
    captured_at: datetime
    trigger: TriggerType
    retention_class: RetentionClass
    content_hash: str
    nodes: int
    edges: int
    total_qps: float | None
    avg_latency: float | None
    bottlenecks_count: int
    change_magnitude: float | None


def points(tx: Transaction, wanted: SnapshotFilter, *, limit: int) -> list[StoredPoint]:
    """Give the newest snapshots that a filter lets through, at most ``limit``, rising by time."""
    statement = (
        sa.select(
            table.c.id,
            table.c.version,
            table.c.captured_at,
            table.c.trigger,
            table.c.retention_class,
            table.c.content_hash,
            table.c.nodes,
            table.c.edges,
            table.c.change_magnitude,
            table.c.summary["total_qps"].as_float().label("total_qps"),
            table.c.summary["avg_latency"].as_float().label("avg_latency"),
            table.c.summary["bottlenecks_count"].as_integer().label("bottlenecks_count"),
        )
        .select_from(table.join(live_graph))
        .where(*conditions(wanted))
        .order_by(table.c.captured_at.desc(), table.c.id.desc())
        .limit(limit)
    )
    return [_point(row) for row in reversed(tx.execute(statement).all())]


def _point(row: sa.Row[Any]) -> StoredPoint:
    fields = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)
    fields["trigger"] = TriggerType(row.trigger)
    fields["retention_class"] = RetentionClass(row.retention_class)
    return StoredPoint(**fields)


def node_numbers(tx: Transaction, graph: str, keys: Sequence[str]) -> list[int | None]:
    """Look nodes up in the dictionary of a live graph by their keys; ``None`` for what was never captured."""
    return _placed(len(keys), tx.fetch(_QUERIES["node_numbers"], ([_encoded(key) for key in keys], graph)))


def edge_numbers(tx: Transaction, graph: str, keys: Sequence[str]) -> list[int | None]:
    """Look edges up in the dictionary of a live graph by their keys; ``None`` for what was never captured."""
    columns = [list(column) for column in zip(*map(_parts, keys), strict=True)] or [[], [], [], []]
    return _placed(len(keys), tx.fetch(_QUERIES["edge_numbers"], (*columns, graph)))


def _parts(key: str) -> tuple[bytes, ...]:
    """Split a key; what is none becomes parts that nothing has."""
    try:
        return tuple(_encoded(part) for part in split_edge_key(key))
    except (IndexError, UnicodeDecodeError):
        return (b"", b"", b"", b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValues:
    """One numeric property of some elements in some snapshots.

    Attributes:
        values: Shape (snapshots, elements); NaN where it is absent, no number or stale, and where a payload is gone.
        gone: Shape (snapshots,); whether its payload is gone.
    """

    values: NDArray[np.float64]
    gone: NDArray[np.bool_]


def values(
    tx: Transaction, stored: Sequence[StoredPoint], kind: ElementKind, ids: Sequence[int], field: str
) -> StoredValues:
    """Read one numeric property of some elements in some snapshots of one live graph."""
    read = node_values if kind is ElementKind.NODE else edge_values
    wanted = np.asarray(ids, dtype=np.int64)
    try:
        found = read(tx, [_place(each) for each in stored], wanted, field)
        return StoredValues(values=found, gone=np.zeros(len(stored), dtype=np.bool_))
    except GoneError:
        if len(stored) == 1:
            return StoredValues(values=np.full((1, len(ids)), np.nan), gone=np.ones(1, dtype=np.bool_))
    half = len(stored) // 2  # retention takes the old ones together: a few halvings find the border
    parts = [values(tx, part, kind, ids, field) for part in (stored[:half], stored[half:])]
    return StoredValues(
        values=np.concatenate([part.values for part in parts]), gone=np.concatenate([part.gone for part in parts])
    )


def _place(stored: StoredPoint) -> SnapshotPlace:
    counts = SnapshotCounts(nodes=stored.nodes, edges=stored.edges)
    return SnapshotPlace(
        id=stored.id,
        version=stored.version,
        captured_at=stored.captured_at,
        retention_class=stored.retention_class,
        content_hash=stored.content_hash,
        counts=counts,
    )


def _placed(count: int, rows: Sequence[tuple[Any, ...]]) -> list[int | None]:
    found: list[int | None] = [None] * count
    for place, number in rows:
        found[place - 1] = number
    return found


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
