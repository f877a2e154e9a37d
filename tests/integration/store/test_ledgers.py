"""What is written beside a deed is kept for its time, and no longer."""

import psycopg
import pytest
import sqlalchemy as sa

from snapgraph.adapters.store import clock, idempotency, ledgers, partitions, tables

AGES = {"outbox": "at", "idempotency": "renewed_at", "audit": "at"}


def write(store, count=1, days=0):
    """Write rows of every ledger that are so old."""
    with store.begin() as tx:
        for number in range(count):
            ledgers.announce(tx, "snapshot_captured", {"snapshot_id": f"snap_{days}_{number}", "graph": "default"})
            ledgers.note_deed(tx, actor="rest", action="delete", subject=f"snap_{days}_{number}", details={})
            idempotency.claim(tx, f"key_{days}_{number}", "body")
        for table, column in AGES.items():
            tx.execute(sa.text(f"UPDATE {table} SET {column} = now() - interval '{days} days' WHERE {column} = now()"))
        tx.execute(
            sa.text(
                f"UPDATE idempotency SET renewed_at = now() - interval '{days} days' WHERE key LIKE 'key\\_{days}\\_%'"
            )
        )


def counts(store):
    with store.read() as tx:
        return {name: len(tx.fetch(f"SELECT 1 FROM {name}")) for name in AGES}


def test_events_and_keys_go_after_a_week_and_deeds_stay(store):
    write(store, days=6)
    write(store, days=8)
    assert ledgers.prune(store) == 2
    assert counts(store) == {"outbox": 1, "idempotency": 1, "audit": 2}
    with store.read() as tx:
        assert tx.execute(sa.select(tables.idempotency.c.key)).scalars().all() == ["key_6_0"]
    assert ledgers.prune(store) == 0


def test_more_than_one_step_takes_is_pruned_in_steps(store, monkeypatch):
    monkeypatch.setattr(ledgers, "_STEP_ROWS", 3)
    monkeypatch.setattr(ledgers, "_STEPS", 2)
    write(store, count=7, days=8)
    assert [ledgers.prune(store) for _ in range(3)] == [12, 2, 0], "what is left is for the next time"


@pytest.mark.parametrize("skips", [True, False])
def test_a_row_that_somebody_holds_is_left_for_the_next_time(store, store_url, skips):
    write(store, days=8)
    with psycopg.connect(store_url) as other:
        other.execute("SELECT 1 FROM outbox FOR UPDATE").fetchall()
        if skips:
            assert ledgers.prune(store) == 1
            return
        with store.begin() as tx:  # the control: a plain DELETE waits
            tx.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(Exception, match=r"busy|lock|held"):
                tx.execute(sa.text("DELETE FROM outbox WHERE at < now() - interval '7 days'"))


def test_the_look_ahead_prunes_too(store):
    write(store, days=8)
    store.caches.horizon_seen_at = None
    with store.read() as tx:
        now = clock.now(tx)
    partitions.keep_ahead(store, now)
    assert counts(store)["outbox"] == 0
