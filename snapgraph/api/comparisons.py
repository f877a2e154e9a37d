"""``GET /api/performance/snapshots/compare``: what changed between two graphs."""

from __future__ import annotations

from functools import partial

from snapgraph.api.models import CompareQuery
from snapgraph.api.references import SNAPSHOTS_PATH, known_graph, normal_reference
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.comparisons import write_comparison
from snapgraph.errors import GoneError, LiveGraphUnavailableError, NotFoundError, StoreUnavailableError
from snapgraph.model.changes import DiffOptions
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.usecases.compare import CompareRequest, compare
from snapgraph.usecases.look import look
from snapgraph.web.routes import Answer, Call, Produces, Route

__all__ = ["ROUTES"]


def show(call: Call, *, query: CompareQuery) -> Answer:
    """Compare two graphs."""
    handle = call.runtime.live_graphs.get(query.graph)
    if handle is None:
        known_graph(call, query.graph)
    live_graph = handle.definition if handle else LiveGraph(name=query.graph)
    request = CompareRequest(
        before=normal_reference(query.baseline, now=call.now, pointer="?baseline"),
        after=normal_reference(query.target, now=call.now, pointer="?target"),
        options=DiffOptions(
            volatile=query.volatile_fields(live_graph.volatile),
            absolute_tolerance=query.absolute_tolerance,
            relative_tolerance=query.relative_tolerance,
        ),
        filter=query.wanted(),
        limit=query.limit,
        cursor=query.cursor,
    )
    store = call.runtime.store
    read_live = partial(look, connection=handle.connection, live_graph=live_graph, store=store) if handle else None
    comparison = compare(request, store=store, live_graph=live_graph, read_live=read_live)
    return Answer(body=write_comparison(comparison), media_type="application/json")


ROUTES = (
    Route(
        method="GET",
        path=SNAPSHOTS_PATH + "/compare",
        handler=show,
        operation_id="compareSnapshots",
        summary="Compare two snapshots",
        description="Or a snapshot with the live graph: `target=live`. `complete` says whether all changes are given.",
        tag="snapshots",
        query=CompareQuery,
        produces=(
            Produces(
                status=200,
                description="The comparison.",
                content={"application/json": reference("Comparison")},
            ),
        ),
        errors=(NotFoundError, GoneError, LiveGraphUnavailableError, StoreUnavailableError),
    ),
)
