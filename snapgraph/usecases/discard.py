"""Delete a snapshot: invisible at once, its bytes are freed by the next retention run."""

from __future__ import annotations

import structlog

from snapgraph.adapters.store import Store, snapshots
from snapgraph.model.events import Publish, SnapshotDeleted, nobody

__all__ = ["discard"]

_LOG = structlog.get_logger(__name__)


def discard(reference: str, *, store: Store, actor: str, graph: str = "default", publish: Publish = nobody) -> str:
    """Delete a snapshot and write down who did it.

    Args:
        reference: An id, or anything that stands for one.
        store: Where it is.
        actor: Who asks, for the audit row.
        graph: Of which live graph, for references that are no id.
        publish: Told after the commit.

    Returns:
        The id of what was deleted.

    Raises:
        NotFoundError: There is no such snapshot.
        GoneError: It was deleted before.
        ConflictError: It is pinned.
    """
    with store.begin() as tx:
        found = snapshots.get(tx, reference, graph=graph)
        snapshots.delete(tx, found.id, actor=actor)
    _LOG.info("snapshot_deleted", snapshot_id=found.id, graph=found.graph, actor=actor)
    publish(SnapshotDeleted(snapshot_id=found.id, graph=found.graph))
    return found.id
