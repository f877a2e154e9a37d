"""Look: the live graph as it is now, with its summary; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from snapgraph.adapters.livegraph import LiveGraphConnection
from snapgraph.adapters.store import Store, clock
from snapgraph.engine.summary import capture_metadata, mark_stale, marked_quality, summarise
from snapgraph.model.columns import GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.snapshots import Snapshot, SnapshotCounts
from snapgraph.model.vocabulary import LIVE, RetentionClass, TriggerType

__all__ = ["LiveView", "look"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveView:
    """The live graph at one moment.

    Attributes:
        snapshot: A header with id ``live``, version 0 and no hashes, for whoever shows or compares it like a snapshot.
        graph: In canonical order, stale elements marked, without dictionary ids.
    """

    snapshot: Snapshot
    graph: GraphColumns


def look(*, connection: LiveGraphConnection, live_graph: LiveGraph, store: Store) -> LiveView:
    """Read a live graph and summarise it.

    Args:
        connection: To the live graph.
        live_graph: How it is read.
        store: For its clock, by which ages are measured as in a capture.

    Raises:
        TooLargeError: The graph is over a limit.
        LiveGraphUnavailableError: Neo4j is away.
        StoreUnavailableError: Postgres is away.
    """
    begun = perf_counter()
    with store.read() as tx:
        now = clock.now(tx)
    reading = connection.read(live_graph, now=now)
    graph = mark_stale(reading.graph, captured_at=now, tick_seconds=live_graph.tick_seconds)
    summary = summarise(graph, metrics=live_graph.metrics, thresholds=live_graph.thresholds)
    spent = {"read": round((perf_counter() - begun) * 1e3, 3)}
    snapshot = Snapshot(
        id=LIVE,
        graph=live_graph.name,
        version=0,
        previous_id=None,
        captured_at=now,
        trigger=TriggerType.MANUAL,
        trigger_reason=LIVE,
        severity=None,
        retention_class=RetentionClass.MANUAL,
        description="",
        note="",
        tags=(),
        pinned=False,
        counts=SnapshotCounts(nodes=len(graph.nodes), edges=len(graph.edges)),
        summary=summary,
        metadata=capture_metadata(graph, live_graph, reading, spent),
        quality=marked_quality(reading.quality, graph),
        thresholds=live_graph.thresholds,
        content_hash="",
        stable_hash="",
    )
    return LiveView(snapshot=snapshot, graph=graph)
