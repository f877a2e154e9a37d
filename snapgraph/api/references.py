"""Names in addresses: of snapshots (ids and what stands for them) and of live graphs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from snapgraph.api.models import ReferenceQuery
from snapgraph.errors import InvalidInputError, NotFoundError, Problem
from snapgraph.model.snapshots import Snapshot
from snapgraph.usecases.browse import list_graphs
from snapgraph.web.routes import Call
from snapgraph.web.times import read_time

__all__ = [
    "SNAPSHOTS_PATH",
    "SNAPSHOT_PART",
    "SNAPSHOT_PATH",
    "known_graph",
    "named",
    "snapshot_path",
    "time_of_reference",
]

SNAPSHOTS_PATH = "/api/performance/snapshots"
SNAPSHOT_PATH = SNAPSHOTS_PATH + "/{snapshot_id}"
SNAPSHOT_PART: Mapping[str, str] = {
    "snapshot_id": "An id, `latest`, `latest~3`, `@2025-01-06T14:23:05Z` (the nearest at or before), `v17` or a tag."
}

AT = "@"
"""Begins a reference by time: the nearest snapshot at or before it."""


def snapshot_path(snapshot: Snapshot) -> str:
    """Give the address of a snapshot by its id."""
    return f"{SNAPSHOTS_PATH}/{quote(snapshot.id)}"


def named(call: Call, reference: str, query: ReferenceQuery, *, pointer: str = "/snapshot_id") -> str:
    """Read what a snapshot is called in a request, and see that the live graph exists when one is named with it.

    Returns:
        The reference, with ``@now-6h`` and every other form of a time written as one.

    Raises:
        InvalidInputError: What stands after ``@`` is no time.
        NotFoundError: There is no such live graph; the problem lists those there are.
    """
    if "graph" in query.model_fields_set:
        known_graph(call, query.graph)
    moment = time_of_reference(reference, now=call.now, pointer=pointer)
    return reference if moment is None else f"{AT}{moment.isoformat()}"


def known_graph(call: Call, name: str) -> None:
    """Refuse a name that is neither a live graph of the settings nor one that was ever captured.

    Raises:
        NotFoundError: With the names there are.
    """
    if name in call.runtime.live_graphs:
        return
    stored = {each.name for each in list_graphs(store=call.runtime.store)}
    if name not in stored:
        detail = f"there is no live graph {name!r}"
        allowed = tuple(sorted({*call.runtime.live_graphs, *stored}))
        raise NotFoundError(detail, problems=(Problem(pointer="?graph", detail=detail, allowed=allowed),))


def time_of_reference(reference: str, *, now: datetime, pointer: str = "/snapshot_id") -> datetime | None:
    """Read the time of ``@<time>``; ``None`` for every other reference.

    Raises:
        InvalidInputError: It is no time.
    """
    if not reference.startswith(AT):
        return None
    try:
        return read_time(reference.removeprefix(AT), now=now)
    except ValueError as error:
        detail = f"the time after @ {error}"
        raise InvalidInputError(detail, problems=(Problem(pointer=pointer, detail=detail),)) from error
