"""The observer of the demo, in a thread: everybody else can wait for its ticks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from snapgraph.errors import ServerUnavailableError
from snapgraph.model.observations import GraphTick
from snapgraph.usecases.attach import Attachment
from snapgraph.usecases.observe import observe

__all__ = ["Ticks", "ticking"]

PATIENCE = 20
"""Ticks that a tick may take before the demo gives up."""


class Ticks:
    """How many ticks are written, and what ended them; writes them itself, so as to know.

    Args:
        ends: What to observe, and where to write it.
        tick_seconds: From tick to tick.
        check: Raises when the workload does not run any more.
    """

    def __init__(self, ends: Attachment, tick_seconds: float, check: Callable[[], None]) -> None:
        self._ends = ends
        self._tick_seconds = tick_seconds
        self._check = check
        self._changed = threading.Condition()
        self._written = 0
        self._failure: Exception | None = None

    def check(self) -> None:
        """See that observer and workload go on.

        Raises:
            Exception: What ended one of them.
        """
        if self._failure is not None:
            raise self._failure
        self._check()

    def wait_for(self, count: int) -> None:
        """Wait until so many more ticks are written from now on.

        Raises:
            Exception: What ended the observer, or the workload.
        """
        with self._changed:
            wanted = self._written + count
            deadline = self._tick_seconds * (PATIENCE + count)
            arrived = self._changed.wait_for(lambda: self._failure or self._written >= wanted, deadline)
        self.check()
        if not arrived:
            raise ServerUnavailableError(f"The observer wrote no tick in {deadline:.0f} s.")

    def write(self, tick: GraphTick) -> None:
        """Write a tick, and tell those who wait for it."""
        self._ends.writer.write(tick)
        with self._changed:
            self._written += 1
            self._changed.notify_all()

    def run(self, stop: threading.Event) -> None:
        """Observe until told to stop: the body of the thread."""
        try:
            observe(observed=self._ends.observed, writer=self, tick_seconds=self._tick_seconds, stop=stop)
        except Exception as error:  # noqa: BLE001 - whoever waits for a tick has to hear it, whatever it was
            with self._changed:
                self._failure = error
                self._changed.notify_all()


@contextmanager
def ticking(ends: Attachment, *, tick_seconds: float, check: Callable[[], None]) -> Iterator[Ticks]:
    """Observe in a thread while the block runs.

    Args:
        ends: What to observe, and where to write it.
        tick_seconds: From tick to tick.
        check: Raises when the workload does not run any more.
    """
    stop = threading.Event()
    ticks = Ticks(ends, tick_seconds, check)
    thread = threading.Thread(target=ticks.run, args=(stop,), name="demo observer", daemon=True)
    thread.start()
    try:
        yield ticks
    finally:
        stop.set()
        thread.join(tick_seconds * 2 + 5)
