"""Compare: what changed between two snapshots, or a snapshot and the live graph, and whether it is more than noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from snapgraph.adapters.store import Store, Transaction, payloads, snapshots
from snapgraph.engine import diff as engine
from snapgraph.engine.summary import bottlenecks
from snapgraph.errors import GoneError, InvalidInputError, Problem
from snapgraph.model.changes import BottleneckProgress, Comparison, DiffOptions
from snapgraph.model.columns import GraphColumns
from snapgraph.model.live_graphs import LiveGraph, usual_definition
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import LIVE, ElementKind

__all__ = ["CompareRequest", "LiveSide", "compare"]

_CALLS = "calls"

_log = structlog.get_logger(__name__)

_Graphs = tuple[GraphColumns, GraphColumns]
_Headers = tuple[Snapshot, Snapshot]
_Ids = NDArray[np.int64]
_Numbers = NDArray[np.float64]


class LiveSide(Protocol):
    """The live graph at one moment: a header with the id ``live``, and its columns with stale elements marked."""

    @property
    def snapshot(self) -> Snapshot:
        """The header."""

    @property
    def graph(self) -> GraphColumns:
        """The columns, in canonical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """What is to be compared, on what terms, and which changes are wanted.

    Attributes:
        before: An id or anything that stands for one, or ``live``.
        after: The same.
        graph: Of which live graph, for references that are no id, and for ``live``.
        absolute_tolerance: Numbers are equal within this, in the metric's unit.
        relative_tolerance: Numbers are equal within this share of the value before.
        volatile: Fields that are not compared; ``None``: those of the live graph.
        filter: Which changes, in which order.
        limit: At most so many of them.
        cursor: ``next`` of the page before.
    """

    before: str
    after: str
    graph: str = "default"
    absolute_tolerance: float = 0.0
    relative_tolerance: float = 0.0
    volatile: tuple[str, ...] | None = None
    filter: ChangeFilter = field(default_factory=ChangeFilter)
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Material:
    """What is compared.

    Attributes:
        parts: At least what differs.
        complete: All nodes and edges of both, in canonical order.
        shared_ids: The ids of both sides mean the same.
    """

    parts: _Graphs
    complete: _Graphs
    shared_ids: bool


def compare(
    request: CompareRequest,
    *,
    store: Store,
    definition_of: Callable[[str], LiveGraph] = usual_definition,
    read_live: Callable[[], LiveSide] | None = None,
) -> Comparison:
    """Compare two snapshots, or one with the live graph.

    Args:
        request: Sides, terms and page.
        store: Where the snapshots are.
        definition_of: Live graph by name; metrics and volatile fields of the later side's are the terms.
        read_live: Reads the live graph, for ``live``.

    Raises:
        NotFoundError: There is no such snapshot.
        GoneError: It was deleted, or its payload has been removed by retention.
        InvalidInputError: Limit, sort or cursor are not valid, or ``live`` was asked for without a live graph.
    """
    begun = perf_counter()
    live = _live_side(request, read_live)  # before the transaction: it must not stay open while Neo4j is read
    with store.read() as tx:
        headers = _resolve(tx, request, live)
        live_graph = definition_of(headers[1].graph)
        options = _options(request, live_graph)
        material = _read(tx, headers, live, options)
        terms = engine.Terms(
            metrics=live_graph.metrics,
            options=options,
            thresholds=headers[1].thresholds,
            coverage=engine.coverage_of(headers[1]),
            shared_ids=material.shared_ids,
        )
        diff = engine.compare_columns(*material.parts, terms)
        diff = engine.judge(diff, list(_answers(tx, diff, headers)))
        progress = _bottlenecks(tx, diff, headers, live_graph, live)
    wanted = engine.PageRequest(filter=request.filter, limit=request.limit, cursor=request.cursor)
    comparison = engine.report(diff, headers, material.complete, progress, live_graph.metrics, wanted)
    _log.info(
        "snapshots_compared",
        before=comparison.before.id,
        after=comparison.after.id,
        changes=comparison.totals.total,
        duration_ms=round((perf_counter() - begun) * 1e3, 3),
    )
    return comparison


def _live_side(request: CompareRequest, read_live: Callable[[], LiveSide] | None) -> LiveSide | None:
    """Read the live graph when a side is it; both sides then see the same moment."""
    pointer = {request.after: "?target", request.before: "?baseline"}.get(LIVE)
    if pointer is None:
        return None
    if read_live is None:
        detail = "This live graph is only stored, not connected: name a snapshot."
        raise InvalidInputError(detail, problems=(Problem(pointer=pointer, detail=detail),))
    return read_live()


def _options(request: CompareRequest, live_graph: LiveGraph) -> DiffOptions:
    return DiffOptions(
        volatile=live_graph.volatile if request.volatile is None else request.volatile,
        absolute_tolerance=request.absolute_tolerance,
        relative_tolerance=request.relative_tolerance,
    )


def _resolve(tx: Transaction, request: CompareRequest, live: LiveSide | None) -> _Headers:
    before, after = (
        live.snapshot
        if live is not None and reference == LIVE
        else snapshots.get(tx, reference, graph=request.graph, pointer=pointer)
        for reference, pointer in ((request.before, "?baseline"), (request.after, "?target"))
    )
    return before, after


def _read(tx: Transaction, headers: _Headers, live: LiveSide | None, options: DiffOptions) -> _Material:
    """Read as little as tells the sides apart."""
    before, after = headers
    if before.id == after.id or (before.content_hash and before.content_hash == after.content_hash):
        graph = live.graph if live is not None and after.id == LIVE else payloads.read_topology(tx, after)
        return _Material(parts=(graph, graph), complete=(graph, graph), shared_ids=False)
    if live is None and before.graph == after.graph:
        differing = payloads.read_differing(tx, before, after, volatile=options.volatile)
        topology = payloads.read_topology(tx, after)
        complete = (topology if differing.same_topology else payloads.read_topology(tx, before), topology)
        parts = differing.before, differing.after
        return _Material(parts=parts, complete=complete, shared_ids=True)
    graphs = _whole(tx, before, live), _whole(tx, after, live)
    return _Material(parts=graphs, complete=graphs, shared_ids=False)


def _whole(tx: Transaction, header: Snapshot, live: LiveSide | None) -> GraphColumns:
    return live.graph if live is not None and header.id == LIVE else payloads.read_graph(tx, header)


def _answers(
    tx: Transaction, diff: engine.DiffColumns, headers: _Headers
) -> Iterator[tuple[engine.Question, engine.History]]:
    """Read the history of what changed: the window ends with the earlier side that is stored."""
    stored = [header for header in headers if header.id != LIVE]
    questions = engine.questions(diff)
    if not stored or not questions:
        return
    earlier = min(stored, key=lambda header: (header.captured_at, header.version))
    window = snapshots.earlier(tx, earlier, engine.WINDOW_SNAPSHOTS)
    if len(window) <= engine.MIN_STEPS:
        return  # too little data, whatever it is
    for question in questions:
        ids = engine.ids_of(diff, question, after=earlier is headers[1])
        values = _history(tx, window, question.kind, ids, question.field)
        calls = _calls(tx, diff, question, headers) if question.kind is ElementKind.EDGE else None
        yield question, engine.History(values=values, calls=calls)


def _history(
    tx: Transaction, window: Sequence[payloads.PayloadOwner], kind: ElementKind, ids: _Ids, name: str
) -> _Numbers:
    """Read the values of some elements over the window; a snapshot whose payload is gone is a gap."""
    read = payloads.node_values if kind is ElementKind.NODE else payloads.edge_values
    try:
        return read(tx, window, ids, name)
    except GoneError:
        if len(window) == 1:
            return np.full((1, len(ids)), np.nan)
    return np.concatenate([_history(tx, [snapshot], kind, ids, name) for snapshot in window])


def _calls(tx: Transaction, diff: engine.DiffColumns, question: engine.Question, headers: _Headers) -> _Numbers:
    """Read on how many calls the values of both sides stand; volatile, so the diff did not read them."""
    return np.stack(
        [
            engine.captured_numbers(diff, question, _CALLS, after=after)
            if header.id == LIVE
            else payloads.edge_values(tx, [header], engine.ids_of(diff, question, after=after), _CALLS)[0]
            for header, after in zip(headers, (False, True), strict=True)
        ]
    )


def _bottlenecks(
    tx: Transaction, diff: engine.DiffColumns, headers: _Headers, live_graph: LiveGraph, live: LiveSide | None
) -> BottleneckProgress:
    """Say which bottlenecks came, went and stayed, by the thresholds of each side.

    The headers say it as long as they list all of them; beyond that the graphs are graded: only what crossed a
    level, when the levels are the same, since everything else then stayed.
    """
    before, after = headers
    if all(len(header.summary.bottlenecks) == header.summary.bottlenecks_count for header in headers):
        return engine.bottleneck_progress(before.summary.bottlenecks, after.summary.bottlenecks)
    if before.thresholds == after.thresholds:
        graphs = engine.crossing_parts(diff, after.thresholds)
    else:
        graphs = _whole(tx, before, live), _whole(tx, after, live)
    found = [
        bottlenecks(graph, metrics=live_graph.metrics, thresholds=header.thresholds)
        for graph, header in zip(graphs, headers, strict=True)
    ]
    progress = engine.bottleneck_progress(*found)
    new = {(each.key, each.metric) for each in found[1]} - {(each.key, each.metric) for each in found[0]}
    return replace(
        progress,
        continued=tuple(each for each in after.summary.bottlenecks if (each.key, each.metric) not in new),
        continued_count=after.summary.bottlenecks_count - progress.appeared_count,
    )
