"""Survey: all snapshots of a live graph on one strip of time."""

from __future__ import annotations

from dataclasses import replace

from snapgraph.adapters.store import Store, timeline
from snapgraph.engine.timeline import arrange
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.timelines import Timeline
from snapgraph.model.vocabulary import TriggerType

__all__ = ["survey"]

_MOST_SNAPSHOTS = 100_000
"""Looked at for one strip: 70 days of one a minute; beyond that the oldest are only counted."""


def survey(wanted: SnapshotFilter, *, store: Store, buckets: int, most_marks: int) -> Timeline:
    """Arrange the snapshots that a filter lets through; gaps are between all scheduled ones, whatever it filters out.

    Args:
        wanted: Of one live graph; which, and from when to when.
        store: Where they are.
        buckets: At most so many.
        most_marks: At most so many.
    """
    with store.read() as tx:
        found = timeline.marks(tx, wanted, limit=_MOST_SNAPSHOTS)
        total = len(found) if len(found) < _MOST_SNAPSHOTS else timeline.count(tx, wanted)
        whole = SnapshotFilter(graph=wanted.graph, since=wanted.since, until=wanted.until)
        scheduled = replace(whole, trigger=(TriggerType.SCHEDULED,))
        captures = found if wanted == whole else timeline.marks(tx, scheduled, limit=_MOST_SNAPSHOTS)
    return arrange(
        found,
        captures=captures,
        graph=wanted.graph or "",
        since=wanted.since,
        until=wanted.until,
        total=total,
        buckets=buckets,
        most_marks=most_marks,
    )
