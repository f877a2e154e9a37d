"""``/api/performance/layout`` and ``/api/performance/views``: what the page keeps on the server."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, WithJsonSchema

from snapgraph.api.models import GraphName, GraphQuery
from snapgraph.api.references import known_graph
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.values import time_to_text
from snapgraph.errors import ConflictError, NotFoundError, Problem, StoreUnavailableError
from snapgraph.settings import DEFAULT_LIVE_GRAPH
from snapgraph.usecases.arrange import SavedView, delete_view, list_views, place_nodes, save_view, show_layout
from snapgraph.web.parameters import Body
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES"]

_TAG = "page"
_LAYOUT = "/api/performance/layout"
_VIEWS = "/api/performance/views"
_FAR = 1e9

_Place = Annotated[float, Field(ge=-_FAR, le=_FAR, allow_inf_nan=False)]
_NodeKey = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_MOST = 20_000
_Positions = Annotated[
    dict[_NodeKey, Annotated[list[_Place], Field(min_length=2, max_length=2)]],
    Field(max_length=_MOST),
    WithJsonSchema(  # pydantic says of keys that do not match only that nothing is known of their values
        {
            "type": "object",
            "maxProperties": _MOST,
            "propertyNames": {"minLength": 1, "maxLength": 2_000, "pattern": r"^[^\x00-\x1f\x7f]+$"},
            "additionalProperties": {
                "type": "array",
                "items": {"type": "number", "minimum": -_FAR, "maximum": _FAR},
                "minItems": 2,
                "maxItems": 2,
            },
        }
    ),
]


class LayoutBody(Body):
    """Positions to set; nodes that are left out keep theirs."""

    graph: GraphName = DEFAULT_LIVE_GRAPH
    """The live graph by name."""
    positions: _Positions
    """Node key -> [x, y]."""


class ViewBody(Body):
    """A view to save."""

    graph: GraphName = DEFAULT_LIVE_GRAPH
    """The live graph by name."""
    name: _Name
    """Distinct among the views of the graph."""
    query: Annotated[str, Field(max_length=4_000, pattern=r"^[\x20-\x7e]*$")]
    """The query string of the page."""


def show(call: Call, *, query: GraphQuery) -> Answer:
    """Give the positions of a live graph."""
    known_graph(call, query.graph)
    found = show_layout(query.graph, store=call.runtime.store)
    updated_at = time_to_text(found.updated_at) if found.updated_at else None
    return json_answer({"graph": query.graph, "positions": found.positions, "updated_at": updated_at})


def place(call: Call, *, body: LayoutBody) -> Answer:
    """Set positions."""
    known_graph(call, body.graph)
    positions = {key: (x, y) for key, (x, y) in body.positions.items()}
    count = place_nodes(body.graph, positions, store=call.runtime.store)
    return json_answer({"graph": body.graph, "count": count})


def list_all(call: Call, *, query: GraphQuery) -> Answer:
    """List the saved views of a live graph."""
    known_graph(call, query.graph)
    return json_answer({"items": [_written(each) for each in list_views(query.graph, store=call.runtime.store)]})


def save(call: Call, *, body: ViewBody) -> Answer:
    """Save a view."""
    known_graph(call, body.graph)
    view = save_view(body.graph, body.name, body.query, store=call.runtime.store)
    return json_answer(_written(view), status=201, headers={"Location": call.address(f"{_VIEWS}/{view.id}")})


def delete(call: Call, *, view_id: str) -> Answer:
    """Delete a view."""
    try:
        wanted = UUID(view_id)
    except ValueError as error:
        detail = f"there is no view {view_id!r}"
        raise NotFoundError(detail, problems=(Problem(pointer="/view_id", detail=detail),)) from error
    delete_view(wanted, store=call.runtime.store)
    return Answer(status=204)


def _written(view: SavedView) -> dict[str, Any]:
    return {
        "view_id": str(view.id),
        "graph": view.graph,
        "name": view.name,
        "query": view.query,
        "created_at": time_to_text(view.created_at),
    }


def _answer(status: int, description: str, schema: str, **headers: str) -> tuple[Produces, ...]:
    content = {"application/json": reference(schema)}
    return (Produces(status=status, description=description, content=content, headers=headers),)


ROUTES = (
    Route(
        method="GET",
        path=_LAYOUT,
        handler=show,
        operation_id="showLayout",
        summary="Where the nodes are drawn",
        description="One layout for all snapshots of a live graph, so that a node stays where it is.",
        tag=_TAG,
        query=GraphQuery,
        produces=_answer(200, "The positions.", "Layout"),
        errors=(NotFoundError, StoreUnavailableError),
    ),
    Route(
        method="PUT",
        path=_LAYOUT,
        handler=place,
        operation_id="placeNodes",
        summary="Place nodes",
        description="Sets the positions that are given and keeps the others.",
        tag=_TAG,
        body=LayoutBody,
        body_required=True,
        produces=_answer(200, "How many there are.", "LayoutCount"),
        errors=(NotFoundError, StoreUnavailableError),
    ),
    Route(
        method="GET",
        path=_VIEWS,
        handler=list_all,
        operation_id="listViews",
        summary="List saved views",
        tag=_TAG,
        query=GraphQuery,
        produces=_answer(200, "All, by name.", "SavedViews"),
        errors=(NotFoundError, StoreUnavailableError),
    ),
    Route(
        method="POST",
        path=_VIEWS,
        handler=save,
        operation_id="saveView",
        summary="Save a view",
        tag=_TAG,
        body=ViewBody,
        body_required=True,
        produces=_answer(201, "The view.", "SavedView", Location="Its address."),
        errors=(NotFoundError, ConflictError, StoreUnavailableError),
    ),
    Route(
        method="DELETE",
        path=_VIEWS + "/{view_id}",
        handler=delete,
        operation_id="deleteView",
        summary="Delete a saved view",
        tag=_TAG,
        parts={"view_id": "Its id."},
        produces=(Produces(status=204, description="It is gone."),),
        errors=(NotFoundError, StoreUnavailableError),
    ),
)
