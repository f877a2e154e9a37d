"""``…/grafana/nodes`` and ``…/grafana/edges``: a graph for Grafana's Node graph panel, of a snapshot and live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from snapgraph.api.models import GraphQuery, ReferenceQuery
from snapgraph.api.references import SNAPSHOT_PART, SNAPSHOT_PATH, named, snapshot_path
from snapgraph.api.schemas import reference
from snapgraph.api.snapshots import etag_of
from snapgraph.engine.formats.node_graph import MOST_NODES, NodeGraph
from snapgraph.errors import (
    GoneError,
    LiveGraphUnavailableError,
    NotFoundError,
    StoreUnavailableError,
    TooLargeError,
)
from snapgraph.model.snapshots import Snapshot
from snapgraph.usecases.browse import find, find_whole
from snapgraph.usecases.look import look
from snapgraph.web.etags import is_fresh
from snapgraph.web.parameters import PLAIN_INTEGER
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES"]

_TAG = "grafana"
_LIVE_PATH = "/api/performance/graph"
_Frame = Literal["nodes", "edges"]
_Limit = Annotated[int, Field(ge=1, le=10_000), PLAIN_INTEGER]


class LiveFrameQuery(GraphQuery):
    """How much of which live graph."""

    limit: _Limit = MOST_NODES
    """At most so many nodes, the worst first, and the edges between them; the panel draws 1,500."""


class StoredFrameQuery(ReferenceQuery):
    """How much of the snapshot."""

    limit: _Limit = MOST_NODES
    """At most so many nodes, the worst first, and the edges between them; the panel draws 1,500."""


def _stored(call: Call, snapshot_id: str, query: StoredFrameQuery, frame: _Frame) -> Answer:
    store = call.runtime.store
    header = find(named(call, snapshot_id, query), store=store, graph=query.graph)
    etag = etag_of(header, "grafana", frame, str(query.limit))
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Content-Location": _address(call, header, frame)}
    if is_fresh(call.headers, etag):
        return Answer(status=304, headers=headers)
    whole = find_whole(header.id, store=store)
    metrics = call.runtime.definition(header.graph).metrics
    written = NodeGraph(graph=whole.graph, metrics=metrics, thresholds=whole.header.thresholds, most_nodes=query.limit)
    return json_answer(_rows(written, frame), headers=headers)


def _address(call: Call, header: Snapshot, frame: _Frame) -> str:
    return call.address(f"{snapshot_path(header)}/grafana/{frame}")


def _live(call: Call, query: LiveFrameQuery, frame: _Frame) -> Answer:
    handle = call.runtime.live_graph(query.graph)
    definition = handle.definition
    view = look(connection=handle.connection, live_graph=definition, store=call.runtime.store)
    written = NodeGraph(
        graph=view.graph, metrics=definition.metrics, thresholds=definition.thresholds, most_nodes=query.limit
    )
    return json_answer(_rows(written, frame), headers={"Cache-Control": "no-store"})


def _rows(graph: NodeGraph, frame: _Frame) -> list[dict[str, Any]]:
    return graph.nodes() if frame == "nodes" else graph.edges()


def stored_nodes(call: Call, *, snapshot_id: str, query: StoredFrameQuery) -> Answer:
    """Give the nodes of a snapshot."""
    return _stored(call, snapshot_id, query, "nodes")


def stored_edges(call: Call, *, snapshot_id: str, query: StoredFrameQuery) -> Answer:
    """Give the edges of a snapshot."""
    return _stored(call, snapshot_id, query, "edges")


def live_nodes(call: Call, *, query: LiveFrameQuery) -> Answer:
    """Give the nodes of a live graph as it is now."""
    return _live(call, query, "nodes")


def live_edges(call: Call, *, query: LiveFrameQuery) -> Answer:
    """Give the edges of a live graph as it is now."""
    return _live(call, query, "edges")


_CONTENT: Mapping[_Frame, Mapping[str, Mapping[str, Any]]] = {
    "nodes": {"application/json": {"type": "array", "items": reference("GrafanaNode")}},
    "edges": {"application/json": {"type": "array", "items": reference("GrafanaEdge")}},
}
_DESCRIPTION = "Rows as Grafana's Infinity data source reads them; the names are those of the Node graph panel."
_IF_NONE_MATCH = {"If-None-Match": ("ETag of the copy at hand; 304 while it is good.", {"type": "string"})}


def _stored_route(frame: _Frame, handler: Any) -> Route:
    return Route(
        method="GET",
        path=f"{SNAPSHOT_PATH}/grafana/{frame}",
        handler=handler,
        operation_id=f"snapshotGrafana{frame.title()}",
        summary=f"The {frame} of a snapshot for Grafana",
        description=_DESCRIPTION,
        tag=_TAG,
        parts=SNAPSHOT_PART,
        query=StoredFrameQuery,
        request_headers=_IF_NONE_MATCH,
        produces=(
            Produces(
                status=200,
                description=f"The {frame}.",
                content=_CONTENT[frame],
                headers={
                    "ETag": "Of this frame.",
                    "Content-Location": "Of the snapshot that the reference stands for.",
                },
            ),
            Produces(status=304, description="The copy at hand is good."),
        ),
        errors=(NotFoundError, GoneError, StoreUnavailableError),
    )


def _live_route(frame: _Frame, handler: Any) -> Route:
    return Route(
        method="GET",
        path=f"{_LIVE_PATH}/grafana/{frame}",
        handler=handler,
        operation_id=f"liveGrafana{frame.title()}",
        summary=f"The {frame} of a live graph for Grafana",
        description=_DESCRIPTION,
        tag=_TAG,
        query=LiveFrameQuery,
        produces=(Produces(status=200, description=f"The {frame}, as they are now.", content=_CONTENT[frame]),),
        errors=(NotFoundError, TooLargeError, LiveGraphUnavailableError, StoreUnavailableError),
    )


ROUTES = (
    _stored_route("nodes", stored_nodes),
    _stored_route("edges", stored_edges),
    _live_route("nodes", live_nodes),
    _live_route("edges", live_edges),
)
