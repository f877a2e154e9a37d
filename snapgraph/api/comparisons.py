"""``GET /api/performance/snapshots/compare``: what changed between two graphs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from snapgraph.api.models import CompareQuery
from snapgraph.api.references import SNAPSHOTS_PATH, known_graph, named
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.comparisons import write_comparison
from snapgraph.errors import GoneError, LiveGraphUnavailableError, NotFoundError, StoreUnavailableError, TooLargeError
from snapgraph.model.vocabulary import LIVE
from snapgraph.runtime import Runtime
from snapgraph.usecases.compare import CompareRequest, compare
from snapgraph.usecases.look import LiveView, look
from snapgraph.web.routes import Answer, Call, Produces, Route

__all__ = ["ROUTES"]


def show(call: Call, *, query: CompareQuery) -> Answer:
    """Compare two graphs."""
    if LIVE in (query.baseline, query.target):
        known_graph(call, query.graph)
    request = CompareRequest(
        before=named(call, query.baseline, query, pointer="?baseline"),
        after=named(call, query.target, query, pointer="?target"),
        graph=query.graph,
        volatile=query.volatile_fields(),
        absolute_tolerance=query.absolute_tolerance,
        relative_tolerance=query.relative_tolerance,
        filter=query.wanted(),
        limit=query.limit,
        cursor=query.cursor,
    )
    runtime = call.runtime
    comparison = compare(
        request, store=runtime.store, definition_of=runtime.definition, read_live=_reader(runtime, query.graph)
    )
    return Answer(body=write_comparison(comparison), media_type="application/json")


def _reader(runtime: Runtime, graph: str) -> Callable[[], LiveView] | None:
    """Give what reads a live graph; ``None`` when only history knows it."""
    handle = runtime.live_graphs.get(graph)
    if handle is None:
        return None
    return partial(look, connection=handle.connection, live_graph=handle.definition, store=runtime.store)


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
        errors=(NotFoundError, GoneError, TooLargeError, LiveGraphUnavailableError, StoreUnavailableError),
    ),
)
