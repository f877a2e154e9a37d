"""Reading the outbox: what has happened, once each, by whichever process it was done, in whichever order it committed.

A reader that follows ``id > last`` misses what a slow transaction commits late under a smaller number. This one keeps
a mark: the oldest transaction that was open when it looked last. All before it are done, so nothing can appear below
it; what it has had above it is few, and is left out by number. So nothing waits for a slow transaction but itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import LiteralString

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.queries import parse

__all__ = ["CHANNEL", "MOST", "Happening", "Mark", "after", "mark"]

CHANNEL: LiteralString = "snapgraph_outbox"
"""Where a commit hints that there is something."""
MOST = 500
"""Rows that are read at a time: a reader that was away for long reads on at once."""

_QUERIES = parse(files("snapgraph.adapters.store").joinpath("sql/outbox.sql").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a reader is.

    Attributes:
        xid: All transactions before this one are done, and what they wrote has been read.
        seen: Rows of this one and later ones that have been read: id -> transaction.
    """

    xid: int
    seen: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A row of the outbox.

    Attributes:
        kind: ``snapshot_captured``, ``snapshot_revised``, ``snapshot_deleted`` or ``session_ended``.
        subject_id: Of which snapshot, or session.
        graph: Of which live graph; ``None`` for a session.
    """

    kind: str
    subject_id: str
    graph: str | None


def mark(tx: Transaction) -> Mark:
    """Say where a reader begins that wants what is committed from now on."""
    rows = tx.fetch(_QUERIES["mark"])
    return Mark(xid=rows[0][0], seen={id_: xid for _, id_, xid in rows if id_ is not None})


def after(tx: Transaction, last: Mark) -> tuple[list[Happening], Mark]:
    """Read what has been committed since a mark.

    Args:
        tx: Any transaction that sees what is committed now.
        last: As it was given; the first one by :func:`mark`.

    Returns:
        At most :data:`MOST` happenings in the order of their writing (those of one snapshot are in the order in which
        they were done), and the next mark.
    """
    rows = tx.fetch(_QUERIES["after"], (str(last.xid), list(last.seen), MOST))
    found = [row for row in rows if row[1] is not None]
    xid = last.xid if len(found) == MOST else rows[0][0]
    seen = {**last.seen, **{row[1]: row[2] for row in found}}
    happenings = [Happening(kind=kind, subject_id=id_, graph=graph) for _, _, _, kind, id_, graph in found]
    return happenings, Mark(xid=xid, seen={number: by for number, by in seen.items() if by >= xid})
