"""The snapshot store: versioned, immutable snapshots in partitioned Postgres."""

from snapgraph.adapters.store import clock, graphs, migrations, partitions, payloads, snapshots
from snapgraph.adapters.store.connection import Store, Transaction, open_store

__all__ = ["Store", "Transaction", "clock", "graphs", "migrations", "open_store", "partitions", "payloads", "snapshots"]
