"""The oracle: lives in the test's process, is never killed, and knows what must be true of the store in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from snapgraph.adapters.store import Store, payloads, snapshots
from snapgraph.engine import columns

PARTIAL_ROWS = """
select 'manifest without header', count(*) from manifest m
 where not exists (select from snapshot s where s.id = m.snapshot_id)
union all
select 'header without manifest', count(*) from snapshot s
 where not exists (select from manifest m where m.snapshot_id = s.id)
union all
select 'key completed without snapshot', count(*) from idempotency k
 where k.completed_at is not null and not exists (select from snapshot s where s.id = k.snapshot_id)
union all
select 'event without snapshot', count(*) from outbox o
 where not exists (select from snapshot s where s.id = o.payload ->> 'snapshot_id')
"""


@dataclass
class Oracle:
    """What was asked and what was answered, by key.

    Attributes:
        ok: Key -> snapshot id that was acknowledged.
        unknown: Keys that were asked with no answer, or with a 5xx: done at most once.
    """

    ok: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def faults(self, store: Store, url: str) -> list[str]:
        """Say all that is wrong; an empty list is the proof."""
        found = _partial_rows(url)
        with store.read() as tx:
            listed = tx.fetch("select id, description from snapshot where deleted_at is null")
            by_key: dict[str, list[str]] = {}
            for snapshot_id, key in listed:
                by_key.setdefault(key, []).append(snapshot_id)
            for key, ids in by_key.items():
                if len(ids) > 1:
                    found.append(f"key {key} made {len(ids)} snapshots")
                if key not in self.ok and key not in self.unknown:
                    found.append(f"snapshot {ids} was never asked for")
            found += [
                f"acknowledged {snapshot_id} of key {key} is lost"
                for key, snapshot_id in self.ok.items()
                if snapshot_id not in by_key.get(key, [])
            ]
            for snapshot_id, _ in listed:
                found += _wrong_payload(tx, snapshot_id)
        return found


def _partial_rows(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [f"{count} x {what}" for what, count in connection.execute(PARTIAL_ROWS) if count]


def _wrong_payload(tx, snapshot_id: str) -> list[str]:
    """Read the whole payload and hold it against the header."""
    header = snapshots.get(tx, snapshot_id)
    try:
        graph = payloads.read_graph(tx, header)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        return [f"{snapshot_id} cannot be read: {error}"]
    content_hash, _ = columns.content_hashes(graph, ())
    found = []
    if (len(graph.nodes), len(graph.edges)) != (header.counts.nodes, header.counts.edges):
        found.append(f"{snapshot_id} has {len(graph.nodes)}, {len(graph.edges)} elements; its header says otherwise")
    if content_hash != header.content_hash:
        found.append(f"{snapshot_id} does not match its content hash")
    return found
