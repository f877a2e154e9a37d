"""Hear: what happens to snapshots, and which sessions end, in this process or any other, the command line included.

Every deed writes a row of the outbox in its own transaction; whoever hears reads those rows. A hint of Postgres says
when, and where none comes, it is looked every second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event as Flag

import structlog

from snapgraph.adapters.store import Store, Transaction, outbox, snapshots
from snapgraph.adapters.store.hints import Hints
from snapgraph.adapters.store.outbox import Happening, Mark
from snapgraph.errors import GoneError, NotFoundError, SnapgraphError
from snapgraph.model.events import Event, SessionEnded, SnapshotCaptured, SnapshotDeleted, SnapshotRevised

__all__ = ["POLL_SECONDS", "SnapshotNews"]

POLL_SECONDS = 1.0
"""How often the outbox is looked at when no hint comes."""
_STEP_SECONDS = 0.2
"""How long a wait may last that cannot be woken."""

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SnapshotNews:
    """What happens to snapshots and sessions, whoever does it.

    Attributes:
        store: Where it happens.
    """

    store: Store

    def follow(self, *, stop: Flag) -> Iterator[Event]:
        """Give what is committed from now on, once each; those of one snapshot in their order.

        The beginning is marked before this returns. While the store is away nothing is given, and nothing lost.

        Args:
            stop: Ends the iteration within a second.

        Raises:
            StoreUnavailableError: The beginning cannot be marked.
        """
        with self.store.read() as tx:
            begun = outbox.mark(tx)
        return self._events(begun, stop)

    def _events(self, mark: Mark, stop: Flag) -> Iterator[Event]:
        with Hints(self.store, outbox.CHANNEL) as hints:
            while not stop.is_set():
                try:
                    with self.store.read() as tx:
                        happenings, reached = outbox.after(tx, mark)
                        events = [event for each in happenings if (event := _event(tx, each)) is not None]
                    mark = reached
                except SnapgraphError as error:
                    _LOG.warning("outbox_not_read", code=error.code)
                    happenings, events = [], []
                yield from events
                if len(happenings) < outbox.MOST:
                    _wait(hints, stop)


def _wait(hints: Hints, stop: Flag) -> None:
    until = time.monotonic() + POLL_SECONDS
    while not stop.is_set() and time.monotonic() < until:
        if hints.wait(_STEP_SECONDS):
            return
        if not hints.is_listening:
            stop.wait(_STEP_SECONDS)


def _event(tx: Transaction, happening: Happening) -> Event | None:
    """Say what happened; ``None`` where the snapshot is gone since, which is told by an event of its own."""
    if happening.kind == "session_ended":
        return SessionEnded(session_id=happening.subject_id)
    if happening.kind == "snapshot_deleted":
        return SnapshotDeleted(snapshot_id=happening.subject_id, graph=happening.graph or "")
    try:
        header = snapshots.get(tx, happening.subject_id)
    except (GoneError, NotFoundError):
        return None
    if happening.kind == "snapshot_captured":
        return SnapshotCaptured(snapshot=header)
    return SnapshotRevised(snapshot=header) if happening.kind == "snapshot_revised" else None
