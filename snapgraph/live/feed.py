"""Where ticks come from: one source of looks at each live graph, followed only while somebody subscribes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from snapgraph.model.ticks import Tick
from snapgraph.usecases.look import LiveView

__all__ = ["POLL_SECONDS", "SHARE", "Feed", "PollingFeed"]

POLL_SECONDS = 1.0
"""How often a live graph is read."""
SHARE = 0.25
"""Of the time at most that goes into reading: a graph that takes a second to read is read every four."""


class Feed(Protocol):
    """Follows live graphs."""

    def follow(self, graph: str, *, stop: Event) -> Iterator[Tick]:
        """Give the graph as it is now, then one tick after the other with rising numbers, until ``stop`` is set.

        Raises:
            UnavailableError: The live graph or the store is away; asking again may help.
        """


@dataclass(frozen=True, kw_only=True, eq=False)
class PollingFeed:
    """Reads in this process, for itself alone.

    Attributes:
        looks: Name of the live graph -> a look at it.
    """

    looks: Mapping[str, Callable[[], LiveView]]

    def follow(self, graph: str, *, stop: Event) -> Iterator[Tick]:
        """See :meth:`Feed.follow`; numbers begin with the clock's seconds, so that a restart never goes back."""
        seq = int(time.time())
        while not stop.is_set():
            begun = time.monotonic()
            view = self.looks[graph]()
            spent = time.monotonic() - begun
            interval = max(POLL_SECONDS, spent / SHARE)
            yield Tick(
                graph=graph,
                seq=seq,
                at=view.snapshot.captured_at,
                columns=view.graph,
                summary=view.snapshot.summary,
                quality=view.snapshot.quality,
                interval_seconds=round(interval, 3),
            )
            seq += 1
            stop.wait(max(0.0, interval - (time.monotonic() - begun)))
