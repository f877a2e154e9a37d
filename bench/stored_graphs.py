"""What the store's benchmarks share: a migrated store on a real Postgres, and graphs as a live one would give them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.graphs import change_values, performance_graph
from snapgraph.adapters.embedded import start_postgres
from snapgraph.adapters.store import Store, migrations, open_store, partitions, snapshots
from snapgraph.engine import columns
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.snapshots import Snapshot, SnapshotDraft
from snapgraph.model.vocabulary import ColumnKind, RetentionClass, TriggerType
from tests.fixtures import postgres
from tests.fixtures.servers import SessionServers

__all__ = [
    "EDGES",
    "VOLATILE",
    "durable_database",
    "first_graph",
    "full_entropy",
    "keep",
    "migrated_database",
    "next_graph",
    "opened",
]

NODES, EDGES = 10_000, 100_000
VOLATILE = ("timestamp",)
_TICK_US = 5_000_000


@contextmanager
def migrated_database(servers: SessionServers) -> Iterator[str]:
    """Give a database with the store's schema on the tests' cluster, and drop it afterwards."""
    url = servers.get("postgres-18")["url"]
    name = f"bench_{os.urandom(4).hex()}"
    postgres.create_database(url, name=name, template="template0")
    migrations.upgrade(postgres.beside(url, name))
    yield postgres.beside(url, name)
    postgres.drop_database(url, name=name)


@contextmanager
def durable_database() -> Iterator[str]:
    """Give a migrated database on a Postgres of its own, on disk and as it is shipped: fsync and all."""
    with tempfile.TemporaryDirectory(prefix="snapgraph-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)  # the server may run as another user, who has to reach its data
        with start_postgres(Path(folder) / "postgres") as server:
            url = server.ensure_database("bench")
            migrations.upgrade(url)
            yield url


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open the store with its partitions ahead."""
    store = open_store(url, codec=columns)
    partitions.ensure_ahead(store)
    yield store
    store.close()


def first_graph(edges: int = EDGES, nodes: int = NODES) -> GraphColumns:
    """Make a graph with what a row of the peer holds: value, timestamp, trend and severity."""
    made = performance_graph(nodes, edges)
    kept = ("value", "timestamp", "trend", "severity")
    columns_kept = {name: made.edges.columns[name] for name in kept}
    return replace(made, edges=replace(made.edges, columns=columns_kept))


def next_graph(graph: GraphColumns, share: float, seed: int, *, clustered: bool = False) -> GraphColumns:
    """Give the graph a tick later: a share of the edges has another value and a later timestamp, in milliseconds."""
    changed = change_values(graph, share, seed, clustered=clustered)
    moved = changed.edges.columns["value"].values != graph.edges.columns["value"].values
    times = graph.edges.columns["timestamp"].values.astype(np.int64)
    jitter = np.random.default_rng(seed).integers(0, 1_000, len(times)) * 1_000
    timestamp = Column(kind=ColumnKind.TIME, values=np.where(moved, times + _TICK_US + jitter, times))
    return replace(changed, edges=replace(changed.edges, columns={**changed.edges.columns, "timestamp": timestamp}))


def full_entropy(graph: GraphColumns, before: GraphColumns | None) -> GraphColumns:
    """Give all digits to the values that are not as they were before: doubles as they come out of a division."""
    column = graph.edges.columns["value"]
    values = column.values.astype(np.float64)
    noisy = values * np.random.default_rng(len(values)).uniform(1.0, 1.0001, len(values))
    if before is not None:
        was = before.edges.columns["value"].values
        noisy = np.where(values == was, was, noisy)
    columns = {**graph.edges.columns, "value": replace(column, values=noisy)}
    return replace(graph, edges=replace(graph.edges, columns=columns))


def keep(store: Store, graph: GraphColumns, number: int = 0) -> Snapshot:
    """Store a graph and commit."""
    draft = SnapshotDraft(
        captured_at=datetime.now(UTC) + timedelta(seconds=number),
        trigger=TriggerType.MANUAL,
        trigger_reason="manual",
        slug="bench",
        retention_class=RetentionClass.MANUAL,
        volatile=VOLATILE,
    )
    with store.begin() as tx:
        return snapshots.insert(tx, draft, graph)
