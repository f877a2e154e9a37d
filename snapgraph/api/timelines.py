"""``…/snapshots/timeline`` and ``/api/performance/series``: many snapshots on one strip, values across them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from snapgraph.api.models import GraphName
from snapgraph.api.references import SNAPSHOTS_PATH, known_graph
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.records import record_to_json
from snapgraph.errors import NotFoundError, StoreUnavailableError
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.timelines import Series, SeriesTable
from snapgraph.model.vocabulary import Desirable, Severity, TriggerType
from snapgraph.settings import DEFAULT_LIVE_GRAPH
from snapgraph.usecases.survey import survey
from snapgraph.usecases.trace import TraceRequest, trace
from snapgraph.web.parameters import PLAIN_INTEGER, Moment, Query, Text
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES"]

_TAG = "snapshots"
_SummaryField = Literal["total_qps", "avg_latency", "bottlenecks_count", "change_magnitude", "nodes", "edges"]
_ElementKey = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
_Keys = Annotated[tuple[_ElementKey, ...], Field(max_length=25)]
_Fields = Annotated[tuple[Text, ...], Field(max_length=8)]
"""25 elements of 8 properties: more lines than that nobody reads, and each costs its chunks."""


class RangeQuery(Query):
    """Of which live graph, from when to when."""

    graph: GraphName = DEFAULT_LIVE_GRAPH
    """The live graph by name."""
    since: Moment | None = None
    """Captured at or after this time; without it from the first."""
    until: Moment | None = None
    """Captured before this time; without it to the last."""


class TimelineQuery(RangeQuery):
    """Which snapshots to put on the strip, and how finely."""

    buckets: Annotated[int, Field(ge=1, le=2_000), PLAIN_INTEGER] = 200
    """At most so many stretches of equal, round length."""
    marks: Annotated[int, Field(ge=0, le=10_000), PLAIN_INTEGER] = 1_000
    """At most so many single snapshots."""
    trigger: tuple[TriggerType, ...] = ()
    """Why it was captured; repeat it for several."""
    severity: tuple[Severity, ...] = ()
    """Severity of its trigger; repeat it for several."""
    tag: Text | None = None
    """Carries this tag."""
    q: Text | None = None
    """Part of its id, description, note, reason or a tag, whatever the case."""


class SeriesQuery(RangeQuery):
    """Which values to give."""

    limit: Annotated[int, Field(ge=1, le=5_000), PLAIN_INTEGER] = 1_000
    """At most so many snapshots: the newest."""
    edge: _Keys = ()
    """Edge key such as `users:Table|AVG_LATENCY_MS|products:Table`; repeat it for several."""
    edge_field: _Fields = ("value",)
    """Property of these edges; repeat it for several."""
    node: _Keys = ()
    """Node key such as `users:Table`; repeat it for several."""
    node_field: _Fields = ("hotspot_score",)
    """Property of these nodes; repeat it for several."""
    summary: tuple[_SummaryField, ...] = ()
    """Number of the header or its summary; repeat it for several."""


def show_timeline(call: Call, *, query: TimelineQuery) -> Answer:
    """Give the strip of a live graph."""
    known_graph(call, query.graph)
    wanted = SnapshotFilter(
        graph=query.graph,
        since=query.since,
        until=query.until,
        trigger=query.trigger,
        severity=query.severity,
        tag=query.tag,
        text=query.q,
    )
    strip = survey(wanted, store=call.runtime.store, buckets=query.buckets, most_marks=query.marks)
    return json_answer(record_to_json(strip))


def show_series(call: Call, *, query: SeriesQuery) -> Answer:
    """Give values across snapshots."""
    known_graph(call, query.graph)
    metrics = call.runtime.definition(query.graph).metrics
    request = TraceRequest(
        wanted=SnapshotFilter(graph=query.graph, since=query.since, until=query.until),
        limit=query.limit,
        edges=_distinct(query.edge),
        edge_fields=_distinct(query.edge_field),
        nodes=_distinct(query.node),
        node_fields=_distinct(query.node_field),
        summary=_distinct(query.summary),
    )
    table = trace(request, store=call.runtime.store, metrics=metrics)
    return json_answer(_written(table, metrics))


def _distinct(given: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(given))


def _written(table: SeriesTable, metrics: Mapping[str, MetricDefinition]) -> dict[str, Any]:
    return {
        "graph": table.graph,
        "total": table.total,
        "complete": table.complete,
        "gone": list(table.gone),
        "snapshots": [record_to_json(moment) for moment in table.moments],
        "series": [_written_series(each, metrics) for each in table.series],
    }


def _written_series(series: Series, metrics: Mapping[str, MetricDefinition]) -> dict[str, Any]:
    definition = metrics.get(series.metric) if series.metric else None
    return {
        "kind": series.kind.value if series.kind else "summary",
        "key": series.key,
        "field": series.field,
        "label": series.label,
        "metric": series.metric,
        "unit": series.unit,
        "desirable": (definition.desirable if definition else Desirable.NEITHER).value,
        "values": series.values,
    }


def _answers(description: str, schema: str) -> tuple[Produces, ...]:
    return (Produces(status=200, description=description, content={"application/json": reference(schema)}),)


ROUTES = (
    Route(
        method="GET",
        path=f"{SNAPSHOTS_PATH}/timeline",
        handler=show_timeline,
        operation_id="showTimeline",
        summary="All snapshots on one strip of time",
        description="How many there are when, the most telling of them, how different each is from the one before, "
        "and where scheduled ones are missing. `complete` says whether `marks` are all of them.",
        tag=_TAG,
        query=TimelineQuery,
        produces=_answers("The strip.", "Timeline"),
        errors=(NotFoundError, StoreUnavailableError),
    ),
    Route(
        method="GET",
        path="/api/performance/series",
        handler=show_series,
        operation_id="showSeries",
        summary="Values across snapshots",
        description="Columns: the n-th value of each series belongs to the n-th snapshot; null where it was not "
        "observed or the payload has been removed; `gone` names the snapshots of the latter. `complete` is false when "
        "there are more snapshots than `limit`. An element that was never captured is refused; each has a problem with "
        "its place, as `?edge/2`.",
        tag=_TAG,
        query=SeriesQuery,
        produces=_answers("The series.", "SeriesTable"),
        errors=(NotFoundError, StoreUnavailableError),
    ),
)
