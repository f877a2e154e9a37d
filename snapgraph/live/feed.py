"""Where ticks and events come from: what the hub needs of a source of looks at live graphs, and of news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Protocol

from snapgraph.model.events import Event as Happened
from snapgraph.model.ticks import Reading, Tick

__all__ = ["POLL_SECONDS", "Feed", "News"]

POLL_SECONDS = 1.0
"""How often a live graph is read, unless its ticks say otherwise."""


class Feed(Protocol):
    """Follows live graphs, each only while somebody subscribes."""

    def follow(self, graph: str, *, stop: Event, report: Callable[[Reading], None]) -> Iterator[Tick]:
        """Give the graph as it is now, then a tick for each change, with rising numbers, until ``stop`` is set.

        Args:
            graph: Its name.
            stop: Ends the iteration.
            report: Told after each look how reading goes.

        Raises:
            UnavailableError: The store is away; asking again may help.
        """


class News(Protocol):
    """Tells what happens to snapshots, and which sessions end, by whichever process."""

    def follow(self, *, stop: Event) -> Iterator[Happened]:
        """Give what is committed after this returns, once each, until ``stop`` is set.

        Raises:
            UnavailableError: It cannot be said now where to begin; asking again may help.
        """
