"""The read of a live graph, repeated while it is torn.

Neo4j is read-committed and writers re-create relationships: a scan can miss an edge between a delete and a create, or
see one twice, and only the counts before and after tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic, perf_counter

import structlog
from neo4j import Driver

from snapgraph.adapters.livegraph.assembly import Assembled, assemble
from snapgraph.adapters.livegraph.collector import collector_pause
from snapgraph.adapters.livegraph.fetching import EntityVanishedError, Recorder, reading
from snapgraph.adapters.livegraph.lines import Lines
from snapgraph.adapters.livegraph.passes import Pass, check_bytes, make_pass
from snapgraph.adapters.livegraph.quality import Verdict, graded, judge
from snapgraph.errors import LiveGraphUnavailableError, TooLargeError
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.readings import LiveReading

__all__ = ["RETRIES", "read"]

_LOG = structlog.get_logger(__name__)

RETRIES = 3
"""A torn read is repeated this often, then kept as torn."""

_RETRIES_FOR_NOTHING = 20
"""A read that ends because something vanished under it costs little and leaves nothing to keep: it may be repeated more
often. Under a writer that re-creates as fast as two busy cores allow, four in a row did vanish."""

_SLACK_SECONDS = 2.0
"""The server ends a transaction by itself; our own deadline comes this much later, for one that does not."""

_LEAST_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kept:
    """The pass that stands so far."""

    found: Pass
    assembled: Assembled
    verdict: Verdict


def read(lines: Lines, live_graph: LiveGraph, *, now: datetime, record: Recorder) -> LiveReading:
    """Read a live graph, again while it is torn, in the seconds that its limits allow.

    Args:
        lines: To the server.
        live_graph: What to read.
        now: When the capture began, by the store's clock; ages are measured from here.
        record: Told every Cypher text that is sent.

    Raises:
        TooLargeError: It is over one of its limits.
        LiveGraphUnavailableError: The server is away, or refuses us, or the graph changes too fast to be read once.
    """
    clock = perf_counter()
    kept, retries = _best_pass(lines, live_graph, record)
    if kept is None:
        raise LiveGraphUnavailableError(
            "The live graph changes too fast to be read: relationships are deleted faster than they can be looked at. "
            "Let the writer update them in place.",
            retry_after_seconds=1,
        )
    return LiveReading(
        graph=kept.assembled.graph,
        quality=graded(kept.found, kept.assembled, kept.verdict, retries=retries, now=now),
        timestamp_forms=dict(kept.found.scan.timestamp.forms),
        duration_ms=(perf_counter() - clock) * 1e3,
    )


def _best_pass(lines: Lines, live_graph: LiveGraph, record: Recorder) -> tuple[_Kept | None, int]:
    """Repeat the pass while it is torn and there is time; returns the last good one and the number of retries."""
    begun = monotonic()
    kept: _Kept | None = None
    retries = 0
    while True:
        spent = monotonic() - begun
        left = live_graph.limits.seconds - spent
        if kept is not None and left < spent / retries:
            return kept, retries - 1  # another pass would not end in time, and a torn graph is better than none
        try:
            kept = _pass(lines, live_graph, seconds=max(left, _LEAST_SECONDS), record=record) or kept
        except (TooLargeError, LiveGraphUnavailableError) as error:
            if kept is None:
                raise
            _LOG.warning("torn_read_not_repeated", code=error.code, detail=str(error))
            return kept, retries
        is_whole = kept is not None and not kept.verdict.is_torn
        if is_whole or retries >= (RETRIES if kept else _RETRIES_FOR_NOTHING):
            return kept, retries
        retries += 1


def _pass(lines: Lines, live_graph: LiveGraph, *, seconds: float, record: Recorder) -> _Kept | None:
    """Make one pass; ``None`` when something vanished under it."""

    def work(driver: Driver) -> _Kept | None:
        with collector_pause():
            try:
                with reading(driver, database=lines.database, seconds=seconds, record=record) as transaction:
                    found = make_pass(transaction, live_graph)
            except EntityVanishedError:
                return None
            assembled = assemble(found.scan, found.nodes, live_graph, found.encoder)
            check_bytes(_size(assembled.graph), live_graph.limits)
            return _Kept(found=found, assembled=assembled, verdict=judge(found, assembled))

    return lines.run(work, seconds=seconds + _SLACK_SECONDS)


def _size(graph: GraphColumns) -> int:
    """Estimate the bytes of a graph in memory: arrays, and the texts that they point to."""
    columns: list[Column] = [*graph.nodes.columns.values(), *graph.edges.columns.values()]
    arrays = sum(column.values.nbytes for column in columns)
    texts = sum(sum(map(len, column.categories)) for column in columns)
    keys = sum(map(len, graph.nodes.keys))
    return arrays + texts + keys + 12 * len(graph.edges)
