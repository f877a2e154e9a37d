"""What has happened: published after the commit, by a callable that the composition root hands down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from snapgraph.model.snapshots import Snapshot

__all__ = [
    "CrashPoint",
    "Event",
    "Publish",
    "SessionEnded",
    "SnapshotCaptured",
    "SnapshotDeleted",
    "SnapshotEvent",
    "SnapshotRevised",
    "no_crash",
    "nobody",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCaptured:
    """A snapshot is committed."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotDeleted:
    """A snapshot is hidden from everyone."""

    snapshot_id: str
    graph: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRevised:
    """Tags, note or pin of a snapshot changed."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """A session of the page was logged out."""

    session_id: str


SnapshotEvent = SnapshotCaptured | SnapshotDeleted | SnapshotRevised
Event = SnapshotEvent | SessionEnded
Publish = Callable[[Event], None]
CrashPoint = Callable[[str], None]


def nobody(_event: Event) -> None:
    """Publish to nobody."""


def no_crash(_name: str) -> None:
    """Pass a named crash point: the product never does anything here; the fault tests hand down a killer."""
