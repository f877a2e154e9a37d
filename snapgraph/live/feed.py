"""Where ticks come from: what the hub needs of a source of looks at live graphs."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Protocol

from snapgraph.model.ticks import Tick

__all__ = ["POLL_SECONDS", "Feed"]

POLL_SECONDS = 1.0
"""How often a live graph is read, unless its ticks say otherwise."""


class Feed(Protocol):
    """Follows live graphs, each only while somebody subscribes."""

    def follow(self, graph: str, *, stop: Event) -> Iterator[Tick]:
        """Give the graph as it is now, then a tick for each change, with rising numbers, until ``stop`` is set.

        Raises:
            UnavailableError: The live graph or the store is away; asking again may help.
        """
