"""``/api/performance/graphs`` and ``/api/performance/graph``: which live graphs there are, and one as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snapgraph.api.models import LiveGraphQuery
from snapgraph.api.parts import GRAPH_CONTENT, graph_answer
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.records import record_to_json
from snapgraph.engine.formats.values import time_to_text
from snapgraph.errors import (
    InvalidInputError,
    LiveGraphUnavailableError,
    NotFoundError,
    StoreUnavailableError,
    TooLargeError,
)
from snapgraph.runtime import LiveGraphHandle
from snapgraph.usecases.browse import StoredGraph, list_graphs
from snapgraph.usecases.look import look
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES"]

_TAG = "live graphs"


def list_all(call: Call) -> Answer:
    """List the live graphs of the settings, and those that only history knows."""
    stored = {each.name: each for each in list_graphs(store=call.runtime.store)}
    handles = call.runtime.live_graphs
    items = [_described(name, handles, stored.get(name)) for name in sorted({*handles, *stored})]
    return json_answer({"items": items})


def _described(name: str, handles: Mapping[str, LiveGraphHandle], stored: StoredGraph | None) -> dict[str, Any]:
    definition = handles[name].definition if name in handles else None
    captured_at = stored.last_captured_at if stored else None
    return {
        "name": name,
        "is_configured": definition is not None,
        "types": list(definition.types) if definition else [],
        "node_labels": list(definition.node_labels) if definition else [],
        "tick_seconds": definition.tick_seconds if definition else None,
        "thresholds": record_to_json(definition.thresholds)["levels"] if definition else {},
        "metrics": {type_: record_to_json(each) for type_, each in definition.metrics.items()} if definition else {},
        "snapshots": stored.snapshots if stored else 0,
        "last_version": stored.last_version if stored else 0,
        "last_captured_at": time_to_text(captured_at) if captured_at else None,
    }


def show_live(call: Call, *, query: LiveGraphQuery) -> Answer:
    """Give a live graph as it is now, in the shape of a snapshot with the id ``live``."""
    handle = call.runtime.live_graph(query.graph)
    view = look(connection=handle.connection, live_graph=handle.definition, store=call.runtime.store)
    return graph_answer(view.snapshot, view.graph, query, metrics=handle.definition.metrics)


ROUTES = (
    Route(
        method="GET",
        path="/api/performance/graphs",
        handler=list_all,
        operation_id="listGraphs",
        summary="List live graphs",
        tag=_TAG,
        produces=(Produces(status=200, description="All.", content={"application/json": reference("LiveGraphs")}),),
        errors=(StoreUnavailableError,),
    ),
    Route(
        method="GET",
        path="/api/performance/graph",
        handler=show_live,
        operation_id="showLiveGraph",
        summary="Show the live graph as it is now",
        description=(
            "Nothing is stored. The shape is that of a snapshot, with the id `live`. `top` gives the worst part only."
        ),
        tag=_TAG,
        query=LiveGraphQuery,
        produces=(Produces(status=200, description="The graph.", content=GRAPH_CONTENT),),
        errors=(InvalidInputError, NotFoundError, TooLargeError, LiveGraphUnavailableError, StoreUnavailableError),
    ),
)
