"""A store on a real Postgres, empty before each test; and drafts to put into it."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from snapgraph.adapters.store import clock, open_store, snapshots, tables
from snapgraph.engine import columns
from snapgraph.model.snapshots import SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass, TriggerType

VOLATILE = ("timestamp",)


@pytest.fixture(scope="module")
def open_module_store(store_url):
    store = open_store(store_url, codec=columns)
    yield store
    store.close()


@pytest.fixture
def store(open_module_store):
    with open_module_store.begin() as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(sa.delete(table))
    return open_module_store


@pytest.fixture
def draft(store):
    """Make drafts, a second apart, the first of them now."""
    with store.read() as tx:
        now = clock.now(tx).replace(microsecond=0)
    count = iter(range(10_000))

    def make(**changes):
        fields = {
            "captured_at": now + timedelta(seconds=next(count)),
            "trigger": TriggerType.MANUAL,
            "trigger_reason": "manual",
            "slug": "manual",
            "retention_class": RetentionClass.MANUAL,
            "volatile": VOLATILE,
        }
        return SnapshotDraft(**(fields | changes))

    return make


@pytest.fixture
def capture(store, draft):
    """Store a graph as a snapshot, in a transaction of its own."""

    def run(columns, /, *, into=store, history=(), **changes):
        with into.begin() as tx:
            return snapshots.insert(tx, draft(**changes), columns, history=history)

    return run


@pytest.fixture
def at_noon():
    return datetime(2025, 1, 6, 12, tzinfo=UTC)
