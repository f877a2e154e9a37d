"""Trace: one metric of an element, or of the summary, across snapshots; several at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store import Store, Transaction, series, timeline
from snapgraph.adapters.store.series import StoredPoint
from snapgraph.engine.formats.labels import label_of_edge
from snapgraph.errors import NotFoundError, Problem
from snapgraph.model.keys import split_edge_key, split_node_key
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.timelines import Moment, Series, SeriesTable
from snapgraph.model.vocabulary import ElementKind

__all__ = ["SUMMARY_FIELDS", "TraceRequest", "trace"]

SUMMARY_FIELDS: Mapping[str, str | None] = {
    "total_qps": "1/s",
    "avg_latency": "ms",
    "bottlenecks_count": None,
    "change_magnitude": "ratio",
    "nodes": None,
    "edges": None,
}
"""What a header says in numbers, with the unit of each."""

_VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRequest:
    """What is asked for.

    Attributes:
        wanted: Across which snapshots; of one live graph.
        limit: At most so many snapshots, the newest.
        edges: Edge keys.
        edge_fields: Of each of these edges.
        nodes: Node keys.
        node_fields: Of each of these nodes.
        summary: Names of :data:`SUMMARY_FIELDS`.
    """

    wanted: SnapshotFilter
    limit: int
    edges: tuple[str, ...] = ()
    edge_fields: tuple[str, ...] = (_VALUE,)
    nodes: tuple[str, ...] = ()
    node_fields: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()


def trace(request: TraceRequest, *, store: Store, metrics: Mapping[str, MetricDefinition]) -> SeriesTable:
    """Read series.

    Args:
        request: Which.
        store: Where the snapshots are.
        metrics: Relationship type -> what it means, for labels and units.

    Raises:
        NotFoundError: Elements were never captured; each has a problem, whose pointer says which: ``?edge/2``.
    """
    graph = request.wanted.graph or ""
    with store.read() as tx:
        stored = series.points(tx, request.wanted, limit=request.limit)
        total = len(stored) if len(stored) < request.limit else timeline.count(tx, request.wanted)
        edges = _of_edges(tx, stored, graph, request, metrics)
        nodes = _of_nodes(tx, stored, graph, request, metrics)
    moments = tuple(
        Moment(snapshot_id=each.id, version=each.version, captured_at=each.captured_at, trigger=each.trigger)
        for each in stored
    )
    return SeriesTable(
        graph=graph,
        total=total,
        complete=total == len(stored),
        moments=moments,
        gone=tuple(each.id for each, is_gone in zip(stored, edges.gone | nodes.gone, strict=True) if is_gone),
        series=(*_summaries(stored, request.summary), *edges.series, *nodes.series),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traced:
    """Series of elements, and which of the snapshots have lost their payload."""

    series: tuple[Series, ...]
    gone: NDArray[np.bool_]


def _summaries(stored: Sequence[StoredPoint], names: Sequence[str]) -> Iterator[Series]:
    for name in names:
        yield Series(
            kind=None,
            key=None,
            field=name,
            label=name,
            metric=None,
            unit=SUMMARY_FIELDS[name],
            values=tuple(getattr(each, name) for each in stored),
        )


def _of_edges(
    tx: Transaction,
    stored: Sequence[StoredPoint],
    graph: str,
    request: TraceRequest,
    metrics: Mapping[str, MetricDefinition],
) -> _Traced:
    ids = _known(request.edges, series.edge_numbers(tx, graph, request.edges), "?edge")
    found: list[Series] = []
    gone = np.zeros(len(stored), dtype=np.bool_)
    for field in request.edge_fields if ids else ():
        read = series.values(tx, stored, ElementKind.EDGE, ids, field)
        gone |= read.gone
        for key, values in zip(request.edges, read.values.T, strict=True):
            source, type_, target, _ = split_edge_key(key)
            metric = metrics.get(type_) if field == _VALUE else None
            found.append(
                Series(
                    kind=ElementKind.EDGE,
                    key=key,
                    field=field,
                    label=label_of_edge(source, type_, target, metrics),
                    metric=type_ if field == _VALUE else None,
                    unit=metric.unit if metric else None,
                    values=_numbers(values),
                )
            )
    return _Traced(series=tuple(found), gone=gone)


def _of_nodes(
    tx: Transaction,
    stored: Sequence[StoredPoint],
    graph: str,
    request: TraceRequest,
    metrics: Mapping[str, MetricDefinition],
) -> _Traced:
    ids = _known(request.nodes, series.node_numbers(tx, graph, request.nodes), "?node")
    found: list[Series] = []
    gone = np.zeros(len(stored), dtype=np.bool_)
    for field in request.node_fields if ids else ():
        metric = metrics.get(field.upper())
        read = series.values(tx, stored, ElementKind.NODE, ids, field)
        gone |= read.gone
        for key, values in zip(request.nodes, read.values.T, strict=True):
            found.append(
                Series(
                    kind=ElementKind.NODE,
                    key=key,
                    field=field,
                    label=split_node_key(key)[0],
                    metric=metric.type if metric else None,
                    unit=metric.unit if metric else None,
                    values=_numbers(values),
                )
            )
    return _Traced(series=tuple(found), gone=gone)


def _known(keys: Sequence[str], ids: Sequence[int | None], pointer: str) -> list[int]:
    unknown = tuple(
        Problem(
            pointer=f"{pointer}/{place}",
            detail=f"{key!r} was never captured: take the key as it stands in a snapshot or a comparison.",
        )
        for place, (key, number) in enumerate(zip(keys, ids, strict=True))
        if number is None
    )
    if unknown:
        raise NotFoundError(unknown[0].detail, problems=unknown)
    return [number for number in ids if number is not None]


def _numbers(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if number != number else number for number in values.tolist())  # noqa: PLR0124 (only NaN differs)
