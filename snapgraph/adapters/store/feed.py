"""The live feed in Postgres: a lease for the one process that reads a live graph, and a log of ticks for the others.

``seq`` counts per live graph in the row of ``feed`` and never goes back, whoever holds the lease. The whole graph is
kept now and then; with the ticks after it that gives every newer one, so a process that joins, or a server that
starts again, goes on where the feed was. Nobody writes without the lease: ``advance`` looks at holder and number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, LiteralString
from uuid import UUID

import orjson

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.queries import parse
from snapgraph.model.ticks import Reading

__all__ = [
    "CHANNEL",
    "KEPT_TICKS",
    "LEASE_SECONDS",
    "TICKS_PER_STATE",
    "Lease",
    "StoredTick",
    "advance",
    "read_state",
    "reading",
    "release",
    "renew",
    "take_lease",
    "ticks",
]

CHANNEL: LiteralString = "snapgraph_feed"
"""Hints begin with the name of the live graph."""
LEASE_SECONDS = 6.0
"""Until another process takes over when the holder has died; a slow reader gets as long as its interval on top."""

KEPT_TICKS = 300
"""Five minutes at one a second: whoever was away longer gets a whole state."""
KEPT_BYTES = 64 * 1024 * 1024
"""Of deltas, for graphs of which much changes at every tick."""
TICKS_PER_STATE = 30
"""A state is written so often at least: a joining process reads at most so many deltas."""

_QUERIES = parse(files("snapgraph.adapters.store").joinpath("sql/feed.sql").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to read a live graph for all.

    Attributes:
        graph: Which one.
        holder: Who has it.
        seq: Of the last tick; 0 before the first.
        state_seq: As of which tick the whole graph is kept; ``None`` when there is none.
    """

    graph: str
    holder: UUID
    seq: int
    state_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTick:
    """A tick of the log.

    Attributes:
        seq: Its number.
        at: When the graph was read.
        head: JSON with what else there is to say.
        delta: What changed; ``None`` where continuity was lost.
    """

    seq: int
    at: datetime
    head: Mapping[str, Any]
    delta: bytes | None


def take_lease(tx: Transaction, graph: str, holder: UUID, *, interval_seconds: float) -> Lease | None:
    """Take the lease; ``None`` when a process has it."""
    wanted = (holder, LEASE_SECONDS + interval_seconds, interval_seconds, graph)
    rows = tx.fetch(_QUERIES["lease"], wanted)
    if not rows:
        tx.fetch(_QUERIES["known"], (graph,))
        rows = tx.fetch(_QUERIES["lease"], wanted)
    return Lease(graph=graph, holder=holder, seq=rows[0][0], state_seq=rows[0][1]) if rows else None


def renew(
    tx: Transaction,
    lease: Lease,
    *,
    interval_seconds: float,
    read_at: datetime | None,
    trouble: Mapping[str, str] | None,
) -> Lease | None:
    """Renew the lease, and note how reading goes.

    Args:
        tx: Writes.
        lease: Ours.
        interval_seconds: How long until the graph is read again.
        read_at: When it was read last; ``None`` leaves what is noted.
        trouble: Code and detail of why it cannot be read; ``None`` when it can.

    Returns:
        ``None`` when another process has taken it meanwhile.
    """
    noted = None if trouble is None else orjson.dumps(trouble).decode()
    until = LEASE_SECONDS + interval_seconds
    rows = tx.fetch(_QUERIES["renew"], (until, interval_seconds, read_at, noted, noted, lease.graph, lease.holder))
    if not rows:
        return None
    return Lease(graph=lease.graph, holder=lease.holder, seq=rows[0][0], state_seq=rows[0][1])


def reading(tx: Transaction, graph: str) -> Reading:
    """Say how reading goes, as whoever reads has noted it."""
    rows = tx.fetch(_QUERIES["reading"], (graph,))
    read_at, age, failing_since, trouble = rows[0] if rows else (None, None, None, None)
    known = trouble or {}
    return Reading(
        graph=graph,
        read_at=read_at,
        age_seconds=age or 0.0,
        failing_since=failing_since,
        code=known.get("code", ""),
        detail=known.get("detail", ""),
    )


def release(tx: Transaction, graph: str, holder: UUID) -> None:
    """Give the lease back, if it is ours."""
    tx.fetch(_QUERIES["release"], (graph, holder))


def advance(
    tx: Transaction,
    lease: Lease,
    tick: StoredTick,
    *,
    interval_seconds: float,
    state: bytes | None,
) -> Lease | None:
    """Log the next tick, number :attr:`Lease.seq` + 1, and forget the oldest.

    A lease that ran out while a slow graph was read is taken back, unless another has written meanwhile: else two slow
    readers would take it from each other for ever, and none would write.

    Args:
        tx: Writes.
        lease: As it was when the tick was made.
        tick: The next one.
        interval_seconds: How long until the one after it.
        state: The whole graph, when it is to be kept.

    Returns:
        The lease as it is now; ``None`` when it was lost, and nothing was written.
    """
    until = LEASE_SECONDS + interval_seconds
    parameters = (lease.holder, until, interval_seconds, tick.at, lease.graph, lease.seq, lease.holder)
    if not tx.fetch(_QUERIES["advance"], parameters):
        return None
    head = orjson.dumps(tick.head).decode()
    tx.fetch(_QUERIES["add_tick"], (lease.graph, tick.seq, tick.at, head, tick.delta))
    state_seq = lease.state_seq
    if state is not None:
        state_seq = tick.seq
        tx.fetch(_QUERIES["keep_state"], (state, state_seq, lease.graph))
        tx.fetch(_QUERIES["forget"], (lease.graph, state_seq, KEPT_TICKS, KEPT_BYTES, lease.graph))
    tx.fetch(_QUERIES["notify"], (f"{lease.graph} {tick.seq}",))
    return Lease(graph=lease.graph, holder=lease.holder, seq=tick.seq, state_seq=state_seq)


def read_state(tx: Transaction, graph: str) -> tuple[StoredTick, bytes] | None:
    """Give the whole graph that is kept, with its tick; ``None`` when there is none."""
    rows = tx.fetch(_QUERIES["state"], (graph,))
    if not rows:
        return None
    found = tx.fetch(_QUERIES["tick"], (graph, rows[0][0]))
    return (_tick(found[0]), rows[0][1]) if found else None


def ticks(tx: Transaction, graph: str, *, after: int) -> list[StoredTick]:
    """Give the ticks after a number, rising; they may begin later when the log does."""
    return [_tick(row) for row in tx.fetch(_QUERIES["ticks_after"], (graph, after))]


def _tick(row: tuple[Any, ...]) -> StoredTick:
    seq, at, head, delta = row
    return StoredTick(seq=seq, at=at, head=head, delta=delta)
