"""Observe: read a Postgres every few seconds, and write what it did into the live graph."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from snapgraph.engine.attribution import ObserverState, TickOptions, tick
from snapgraph.errors import ObservedUnavailableError, UnavailableError
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS, MetricDefinition, Thresholds
from snapgraph.model.observations import GraphTick, ObservedSample

__all__ = ["Observation", "Observed", "TickWriter", "observe"]

MAX_WAIT_SECONDS = 30.0
"""Longest pause between two attempts to reach a database that is away."""
TICKS_PER_SWEEP = 720
"""Leftovers of an earlier run are looked for in the first tick, then once an hour at 5 s."""
FORGET_SECONDS = 24 * 3600.0

_log = structlog.get_logger(__name__)


class Observed(Protocol):
    """The database under observation."""

    def read(self, known_query_ids: Collection[int]) -> ObservedSample:
        """Read everything for one tick."""
        ...


class TickWriter(Protocol):
    """The live graph."""

    def write(self, tick: GraphTick) -> None:
        """Write one tick in one transaction."""
        ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Observation:
    """One database on its way into one live graph: what is remembered between ticks.

    Not for use by several threads at once.
    """

    def __init__(
        self,
        *,
        observed: Observed,
        writer: TickWriter,
        tick_seconds: float = 5.0,
        now: Callable[[], datetime] = _utc_now,
        metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> None:
        self.state = ObserverState()
        self._observed = observed
        self._writer = writer
        self._now = now
        self._options = TickOptions(tick_seconds=tick_seconds, metrics=metrics, thresholds=thresholds)
        self._ticks_to_sweep = 0
        logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of each text it cannot parse: we count them

    def tick(self) -> GraphTick:
        """Read, attribute, write: one tick.

        The first one, and one across a restart or a reset, writes nodes only: edges need two samples. What was read is
        kept when the write fails, so that the next tick does not span both.

        Raises:
            ConfigurationError: The observed database lacks something; the message says what mends it.
            ObservedUnavailableError: The observed database does not answer.
            LiveGraphUnavailableError: The live graph does not answer, or refuses.
        """
        began, before = time.perf_counter(), self.state.sample
        say = _log.debug if self.state.edges else _log.info  # the first ticks are news, all others routine
        sample = self._observed.read(self.state.shapes.keys())
        read = time.perf_counter()
        written, self.state = tick(self.state, sample, taken_at=self._now(), options=self._options)
        if self._ticks_to_sweep == 0:
            written = replace(written, sweep_before=written.taken_at.timestamp() - FORGET_SECONDS)
        attributed = time.perf_counter()
        self._writer.write(written)
        self._ticks_to_sweep = (self._ticks_to_sweep or TICKS_PER_SWEEP) - 1
        say(
            "tick_written",
            database=written.database,
            statements=len(sample.statements),
            unparsed=self.state.unparsed,
            nodes=len(written.nodes),
            edges=sum(map(len, written.edges.values())),
            gap=written.gap,
            read_ms=round((read - began) * 1000, 1),
            attribute_ms=round((attributed - read) * 1000, 1),
            write_ms=round((time.perf_counter() - attributed) * 1000, 1),
        )
        if written.gap is not None:
            _log.info("tick_without_differences", database=written.database, gap=written.gap.value)
        elif before is not None and sample.evictions > before.evictions:
            _log.info("statements_evicted", database=written.database, times=sample.evictions - before.evictions)
        return written


def observe(
    *,
    observed: Observed,
    writer: TickWriter,
    tick_seconds: float = 5.0,
    stop: threading.Event,
    now: Callable[[], datetime] = _utc_now,
    ticks: int | None = None,
    metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> int:
    """Observe until told to stop.

    Ticks keep to the clock they began with: one that takes too long is followed by the next that is due, not by all
    that were missed. A database that is away is waited for: the observed one with growing pauses of up to 30 s, the
    live graph at every tick, so that what happens meanwhile is not averaged into one.

    Args:
        observed: The database under observation.
        writer: The live graph.
        tick_seconds: From tick to tick.
        stop: Ends it, within a tick.
        now: The clock that stamps what is written; aware.
        ticks: End after so many written ticks; ``None``: never.
        metrics: Relationship type -> definition, for the decimals.
        thresholds: From which values on an edge is severe.

    Returns:
        How many ticks were written.

    Raises:
        ConfigurationError: The observed database lacks something; the message says what mends it.
    """
    observation = Observation(
        observed=observed, writer=writer, tick_seconds=tick_seconds, now=now, metrics=metrics, thresholds=thresholds
    )
    _log.info("observe_started", tick_seconds=tick_seconds)
    written, failures, due = 0, 0, time.monotonic()
    while not stop.is_set():
        away = _attempt(observation, failures)
        written, failures = (written, failures + 1) if away else (written + 1, 0)
        if ticks is not None and written >= ticks:
            break
        patience = _patience(tick_seconds, failures) if isinstance(away, ObservedUnavailableError) else tick_seconds
        due = _next_due(due, patience, time.monotonic())
        stop.wait(max(0.0, due - time.monotonic()))
    _log.info("observe_stopped", ticks=written)
    return written


def _attempt(observation: Observation, failures: int) -> UnavailableError | None:
    """Try one tick; give the reason when a database is away."""
    try:
        observation.tick()
    except UnavailableError as error:
        _log.warning("tick_failed", reason=error.code, detail=str(error), failures=failures + 1)
        return error
    if failures:
        _log.info("tick_recovered", failures=failures)
    return None


def _patience(tick_seconds: float, failures: int) -> float:
    """Give the pause after so many failures in a row: one tick, then twice as long each time, 30 s at most."""
    return max(tick_seconds, min(MAX_WAIT_SECONDS, tick_seconds * 2.0 ** min(failures - 1, 16)))


def _next_due(due: float, seconds: float, now: float) -> float:
    """Give the next time on the beat that is still to come.

    >>> _next_due(10.0, 5.0, 11.0), _next_due(10.0, 5.0, 22.0)
    (15.0, 25.0)
    """
    missed = max(0, math.floor((now - due) / seconds))
    return due + (missed + 1) * seconds
