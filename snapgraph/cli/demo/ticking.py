"""The observer of the demo, in a thread: everybody else can wait for its ticks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from snapgraph.errors import ServerUnavailableError, SnapgraphError
from snapgraph.usecases.attach import Attachment
from snapgraph.usecases.observe import Observation

__all__ = ["Ticks", "ticking"]

PATIENCE = 20
"""Ticks that a tick may take before the demo gives up."""


class Ticks:
    """How many ticks are written, and what ended them."""

    def __init__(self, tick_seconds: float, check: Callable[[], None]) -> None:
        self._tick_seconds = tick_seconds
        self._check = check
        self._changed = threading.Condition()
        self._written = 0
        self._failure: SnapgraphError | None = None

    def wait_for(self, count: int) -> None:
        """Wait until so many more ticks are written from now on.

        Raises:
            SnapgraphError: What ended the observer, or the workload.
        """
        with self._changed:
            wanted = self._written + count
            deadline = self._tick_seconds * (PATIENCE + count)
            arrived = self._changed.wait_for(lambda: self._failure or self._written >= wanted, deadline)
        if self._failure is not None:
            raise self._failure
        if not arrived:
            raise ServerUnavailableError(f"The observer wrote no tick in {deadline:.0f} s.")
        self._check()

    def run(self, observation: Observation, stop: threading.Event) -> None:
        """Tick until told to stop: the body of the thread."""
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due = max(due + self._tick_seconds, time.monotonic())
            try:
                observation.tick()
            except SnapgraphError as error:
                self._tell(failure=error)
                return
            self._tell()

    def _tell(self, failure: SnapgraphError | None = None) -> None:
        with self._changed:
            self._failure = failure
            self._written += failure is None
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
    ticks = Ticks(tick_seconds, check)
    observation = Observation(observed=ends.observed, writer=ends.writer, tick_seconds=tick_seconds)
    thread = threading.Thread(target=ticks.run, args=(observation, stop), name="demo observer", daemon=True)
    thread.start()
    try:
        yield ticks
    finally:
        stop.set()
        thread.join(tick_seconds * 2 + 5)
