"""The snapshot store: versioned, immutable snapshots in partitioned Postgres."""

from snapgraph.adapters.store import (
    clock,
    feed,
    graphs,
    history,
    idempotency,
    migrations,
    outbox,
    page,
    partitions,
    payloads,
    series,
    sessions,
    snapshots,
    timeline,
)
from snapgraph.adapters.store.connection import Store, Transaction, open_store

__all__ = [
    "Store",
    "Transaction",
    "clock",
    "feed",
    "graphs",
    "history",
    "idempotency",
    "migrations",
    "open_store",
    "outbox",
    "page",
    "partitions",
    "payloads",
    "series",
    "sessions",
    "snapshots",
    "timeline",
]
