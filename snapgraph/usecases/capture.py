"""Capture: a live graph becomes a snapshot, in one transaction.

Neo4j is read first and fully; only then the transaction opens, in which header, columns, hashes and idempotency key
are stored together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from time import perf_counter

import structlog

from snapgraph import meters
from snapgraph.adapters.livegraph import LiveGraphConnection, collector_pause
from snapgraph.adapters.store import Store, Transaction, clock, idempotency, partitions, payloads, snapshots, timeline
from snapgraph.adapters.store.claims import claim, held_during
from snapgraph.adapters.store.idempotency import Claim
from snapgraph.engine.diff import Terms, change_magnitude, compare_columns
from snapgraph.engine.rules.retention import retention_class
from snapgraph.engine.summary import capture_metadata, history_entry, mark_stale, marked_quality, summarise
from snapgraph.errors import GoneError, SnapgraphError
from snapgraph.model.changes import DiffOptions
from snapgraph.model.columns import GraphColumns
from snapgraph.model.events import CrashPoint, Publish, SnapshotCaptured, no_crash, nobody
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.snapshots import (
    CaptureMetadata,
    HistoryEntry,
    PerformanceSummary,
    Quality,
    Snapshot,
    SnapshotDraft,
)
from snapgraph.model.vocabulary import Severity, TriggerType

__all__ = ["HISTORY", "CaptureRequest", "capture", "capture_once"]

HISTORY = 20
"""How many earlier snapshots ``include_historical`` keeps."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRequest:
    """What is asked for.

    Attributes:
        trigger: Why.
        reason: Why, as a sentence; for manual captures the description, or ``manual``.
        kind: What the trigger found, in a word: ``bottleneck``, ``deadlock``, ``error_rate``, ``pre_deploy``. It ends
            the snapshot's id.
        severity: That of the trigger which fired.
        description: Fixed from here on.
        note: May change later.
        tags: Labels.
        pinned: Never removed by retention.
        include_historical: Keep the summaries and edge values of the last 20 snapshots with it.
    """

    trigger: TriggerType = TriggerType.MANUAL
    reason: str | None = None
    kind: str | None = None
    severity: Severity | None = None
    description: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    include_historical: bool = False

    @property
    def trigger_reason(self) -> str:
        """Why, as it stands in the header."""
        return self.reason or self.description or str(self.trigger)

    @property
    def slug(self) -> str:
        """The last part of the id, before the store makes ``[a-z0-9_]`` of it."""
        manual = self.description if self.trigger is TriggerType.MANUAL else ""
        return self.kind or manual or str(self.trigger)

    def draft(
        self,
        live_graph: LiveGraph,
        *,
        captured_at: datetime,
        summary: PerformanceSummary,
        metadata: CaptureMetadata,
        quality: Quality,
    ) -> SnapshotDraft:
        """Make the header of what was read."""
        return SnapshotDraft(
            graph=live_graph.name,
            captured_at=captured_at,
            trigger=self.trigger,
            trigger_reason=self.trigger_reason,
            slug=self.slug,
            severity=self.severity,
            retention_class=retention_class(self.trigger, self.severity),
            description=self.description,
            note=self.note,
            tags=self.tags,
            pinned=self.pinned,
            summary=summary,
            metadata=metadata,
            quality=quality,
            thresholds=live_graph.thresholds,
            volatile=live_graph.volatile,
        )

    def fingerprint(self, graph: str) -> str:
        """Hash what is asked for, of which graph: an Idempotency-Key stands for one of these."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        return sha256(repr((graph, sorted(parts.items()))).encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class _Stages:
    """Milliseconds of each stage, in order."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begun = perf_counter()
        try:
            yield
        finally:
            self.spent[name] = round((perf_counter() - begun) * 1e3, 3)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Prepared:
    """All that is to be stored, before any transaction is open."""

    draft: SnapshotDraft
    graph: GraphColumns
    history: tuple[HistoryEntry, ...]


def capture(
    request: CaptureRequest,
    *,
    connection: LiveGraphConnection,
    live_graph: LiveGraph,
    store: Store,
    publish: Publish = nobody,
    at: CrashPoint = no_crash,
) -> Snapshot:
    """Capture a live graph.

    Args:
        request: Why, and how it is called.
        connection: To the live graph.
        live_graph: How it is read.
        store: Where it is kept.
        publish: Told after the commit.
        at: Told when a named point is passed, for tests that kill the process there.

    Returns:
        The header of the snapshot, committed.

    Raises:
        TooLargeError: The graph is over a limit; nothing is stored.
        LiveGraphUnavailableError: Neo4j is away.
        StoreUnavailableError: Postgres is away. After a lost answer the snapshot may be there all the same.
    """
    return _Capture(
        request=request, connection=connection, live_graph=live_graph, store=store, publish=publish, at=at
    ).run()


def capture_once(
    request: CaptureRequest,
    *,
    key: str,
    connection: LiveGraphConnection,
    live_graph: LiveGraph,
    store: Store,
    publish: Publish = nobody,
    at: CrashPoint = no_crash,
) -> Snapshot:
    """Capture a live graph once for a key, however often and wherever it is asked for.

    The key is claimed in a short transaction of its own before the graph is read, so that fifty equal requests read it
    once; it is completed in the capture's transaction. Whoever finds it claimed waits for the same snapshot.

    Args:
        request: Why, and how it is called.
        key: The client's Idempotency-Key.
        connection: To the live graph.
        live_graph: How it is read.
        store: Where it is kept.
        publish: Told after the commit, by the one request that captures.
        at: Told when a named point is passed.

    Raises:
        ConflictError: The key stands for another request.
        BusyError: Another request with this key has been at it for 25 s.
        SnapgraphError: As :func:`capture`; the key is free again.
    """
    held = claim(store, key, request.fingerprint(live_graph.name))
    if held.snapshot_id is not None:
        with store.read() as tx:
            return snapshots.get(tx, held.snapshot_id, graph=live_graph.name)
    with held_during(store, held):
        return _Capture(
            request=request, connection=connection, live_graph=live_graph, store=store, publish=publish, at=at
        ).run(held)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Capture:
    """One capture: what it needs, and its steps."""

    request: CaptureRequest
    connection: LiveGraphConnection
    live_graph: LiveGraph
    store: Store
    publish: Publish
    at: CrashPoint

    def run(self, held: Claim | None = None) -> Snapshot:
        """Read, store, tell; with a claim, complete it in the same transaction."""
        with _counted(self.request, self.live_graph):
            prepared = self._prepare()
            with self.store.begin() as tx:
                snapshot = snapshots.insert(tx, prepared.draft, prepared.graph, history=prepared.history, at=self.at)
                snapshot = _with_magnitude(tx, snapshot, self.live_graph)
                if held is not None:
                    idempotency.complete(tx, held, snapshot.id)
                self.at("before_commit")
            self.at("after_commit")
        _log_captured(snapshot)
        self.publish(SnapshotCaptured(snapshot=snapshot))
        return snapshot

    def _prepare(self) -> _Prepared:
        """Read the live graph fully and work out the header."""
        live_graph, stages = self.live_graph, _Stages()
        with stages("clock"), self.store.read() as tx:
            captured_at = clock.now(tx)
        with collector_pause():
            with stages("read"):
                reading = self.connection.read(live_graph, now=captured_at)
            self.at("after_read")
            with stages("summarise"):
                graph = mark_stale(reading.graph, captured_at=captured_at, tick_seconds=live_graph.tick_seconds)
                summary = summarise(graph, metrics=live_graph.metrics, thresholds=live_graph.thresholds)
        history: tuple[HistoryEntry, ...] = ()
        if self.request.include_historical:
            with stages("history"):
                history = _history(self.store, live_graph.name)
        _keep_partitions_ahead(self.store, captured_at)
        draft = self.request.draft(
            live_graph,
            captured_at=captured_at,
            summary=summary,
            metadata=capture_metadata(graph, live_graph, reading, stages.spent),
            quality=marked_quality(reading.quality, graph),
        )
        return _Prepared(draft=draft, graph=graph, history=history)


def _keep_partitions_ahead(store: Store, now: datetime) -> None:
    """Make the partitions of days to come; today's is made with the snapshot, so a failure is left to readiness."""
    try:
        partitions.keep_ahead(store, now)
    except SnapgraphError as error:
        _log.warning("partitions_not_kept_ahead", code=error.code, detail=str(error))


def _with_magnitude(tx: Transaction, snapshot: Snapshot, live_graph: LiveGraph) -> Snapshot:
    """Note how different a snapshot is from the one before; only chunks that differ are read for it."""
    if snapshot.previous_id is None:
        return snapshot
    try:
        previous = snapshots.get(tx, snapshot.previous_id)
        differing = payloads.read_differing(tx, previous, snapshot, volatile=live_graph.volatile)
    except GoneError:
        return snapshot  # retention took the one before: nothing to measure from
    options = DiffOptions(volatile=live_graph.volatile)
    diff = compare_columns(differing.before, differing.after, Terms(options=options, shared_ids=True))
    measured = replace(snapshot, change_magnitude=change_magnitude(diff, edges_after=snapshot.counts.edges))
    timeline.note_magnitude(tx, measured)
    return measured


def _log_captured(snapshot: Snapshot) -> None:
    _log.info(
        "snapshot_captured",
        snapshot=snapshot.id,
        graph=snapshot.graph,
        trigger=snapshot.trigger.value,
        quality=snapshot.quality.grade.value,
        nodes=snapshot.counts.nodes,
        edges=snapshot.counts.edges,
        stage_ms=dict(snapshot.metadata.stage_ms),
    )


@contextmanager
def _counted(request: CaptureRequest, live_graph: LiveGraph) -> Iterator[None]:
    """Count the capture in the service's own meters, however it ends."""
    begun, outcome = perf_counter(), SnapgraphError.code
    try:
        yield
        outcome = "stored"
    except SnapgraphError as error:
        outcome = error.code
        raise
    finally:
        meters.count_capture(live_graph.name, request.trigger.value, outcome, perf_counter() - begun)


def _history(store: Store, graph: str) -> tuple[HistoryEntry, ...]:
    """Take the last snapshots of the graph, oldest first."""
    with store.read() as tx:
        page = snapshots.page(tx, SnapshotFilter(graph=graph), limit=HISTORY, cursor=None)
        return tuple(history_entry(snapshot, _payload(tx, snapshot)) for snapshot in reversed(page.items))


def _payload(tx: Transaction, snapshot: Snapshot) -> GraphColumns | None:
    try:
        return payloads.read_graph(tx, snapshot)
    except GoneError:
        return None  # retention took it; the summary is kept for 2 years
