"""Change what may change on a snapshot: tags, note and pin."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from snapgraph.adapters.store import Store, snapshots
from snapgraph.model.events import Publish, SnapshotRevised, nobody
from snapgraph.model.queries import SnapshotRevision
from snapgraph.model.snapshots import Snapshot

__all__ = ["revise"]

_LOG = structlog.get_logger(__name__)


def revise(
    reference: str,
    revision: SnapshotRevision,
    *,
    store: Store,
    graph: str = "default",
    is_current: Callable[[Snapshot], bool] = lambda _found: True,
    publish: Publish = nobody,
) -> Snapshot:
    """Change a snapshot, unless it has changed since the caller read it.

    Args:
        reference: An id, or anything that stands for one.
        revision: What to change.
        store: Where it is.
        graph: Of which live graph, for references that are no id.
        is_current: Whether the header as it stands is the one the caller knows; asked while nobody else can change it.
        publish: Told after the commit.

    Returns:
        The header with its new revision.

    Raises:
        NotFoundError: There is no such snapshot.
        StaleRevisionError: It has changed since.
    """
    with store.begin() as tx:
        found = snapshots.get(tx, reference, graph=graph)
        revised = snapshots.revise(tx, found.id, revision, is_current=is_current)
    _LOG.info("snapshot_revised", snapshot_id=revised.id, revision=revised.revision, pinned=revised.pinned)
    publish(SnapshotRevised(snapshot=revised))
    return revised
