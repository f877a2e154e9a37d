"""``/api/performance/snapshots``: list, show, change and delete snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from snapgraph.api.models import ListQuery, ReferenceQuery, RevisionBody, ShowQuery
from snapgraph.api.parts import GRAPH_CONTENT, graph_answer, variant_of
from snapgraph.api.references import (
    SNAPSHOT_PART,
    SNAPSHOT_PATH,
    SNAPSHOTS_PATH,
    known_graph,
    named,
    snapshot_path,
    time_of_reference,
)
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.headers import snapshot_to_json
from snapgraph.errors import (
    ConflictError,
    GoneError,
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
    StoreUnavailableError,
)
from snapgraph.model.snapshots import Snapshot
from snapgraph.usecases.browse import find, find_whole, list_page
from snapgraph.usecases.discard import discard
from snapgraph.usecases.revise import revise
from snapgraph.web.etags import is_current, is_fresh, strong_etag
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES", "etag_of"]

_TAG = "snapshots"
_REVALIDATE = "private, no-cache"
"""Tags, note and pin may change, so a copy is asked after each time; the answer is 304 while it is good."""

_IF_NONE_MATCH = {"If-None-Match": ("ETag of the copy at hand; 304 while it is good.", {"type": "string"})}
_IF_MATCH = {"If-Match": ("ETag that was read; 412 when the snapshot has changed since.", {"type": "string"})}


def etag_of(snapshot: Snapshot, *variant: str) -> str:
    """Give the ETag of a snapshot: which it is, the revision of its header, and how much of it is given.

    Its id, since two snapshots of a graph that stands still have the same content, and are not the same.
    """
    return strong_etag(snapshot.id, snapshot.revision, *variant)


def list_snapshots(call: Call, *, query: ListQuery) -> Answer:
    """Give a page of headers."""
    if query.graph is not None:
        known_graph(call, query.graph)
    page = list_page(query.wanted(), store=call.runtime.store, limit=query.limit, cursor=query.cursor)
    items = [snapshot_to_json(snapshot) for snapshot in page.items]
    headers = {"Cache-Control": _REVALIDATE, **_link(call, page.next)}
    return json_answer({"items": items, "next": page.next, "total": page.total}, headers=headers)


def _link(call: Call, cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    asked = [(name, value) for name, value in parse_qsl(call.query_string) if name != "cursor"]
    return {"Link": f'<{call.address(SNAPSHOTS_PATH)}?{urlencode([*asked, ("cursor", cursor)])}>; rel="next"'}


def show(call: Call, *, snapshot_id: str, query: ShowQuery) -> Answer:
    """Give one snapshot, whole or its header only."""
    store = call.runtime.store
    asked = named(call, snapshot_id, query)
    header = find(asked, store=store, graph=query.graph)
    etag = etag_of(header, *variant_of(query) if query.graph_state else ("header",))
    headers = {"ETag": etag, "Cache-Control": _REVALIDATE, **_place(call, header, snapshot_id)}
    if is_fresh(call.headers, etag):
        return Answer(status=304, headers=headers)
    if not query.graph_state:
        return json_answer(snapshot_to_json(header), headers=headers)
    whole = find_whole(header.id, store=store)
    metrics = call.runtime.definition(header.graph).metrics
    return graph_answer(whole.header, whole.graph, query, whole.history, metrics=metrics, headers=headers)


def _place(call: Call, header: Snapshot, asked: str) -> dict[str, str]:
    """Say which snapshot an alias stands for, and how far it is from the time that was asked for."""
    headers = {} if asked == header.id else {"Content-Location": call.address(snapshot_path(header))}
    moment = time_of_reference(asked, now=call.now)
    if moment is not None:
        headers["Snapgraph-Distance-Seconds"] = f"{(moment - header.captured_at).total_seconds():.3f}"
    return headers


def change(call: Call, *, snapshot_id: str, query: ReferenceQuery, body: RevisionBody) -> Answer:
    """Change tags, note or pin."""
    revised = revise(
        named(call, snapshot_id, query),
        body.revision(),
        store=call.runtime.store,
        graph=query.graph,
        is_current=lambda found: is_current(call.headers, etag_of(found)),
        publish=call.service.publish,
    )
    headers = {"ETag": etag_of(revised, "header"), "Content-Location": call.address(snapshot_path(revised))}
    return json_answer(snapshot_to_json(revised), headers=headers)


def delete(call: Call, *, snapshot_id: str, query: ReferenceQuery) -> Answer:
    """Delete a snapshot."""
    discard(
        named(call, snapshot_id, query),
        store=call.runtime.store,
        actor=call.actor,
        graph=query.graph,
        publish=call.service.publish,
    )
    return Answer(status=204)


def _produces(status: int, description: str, schema: Mapping[str, Any], **headers: str) -> Produces:
    content = {"application/json": schema}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Produces(status=status, description=description, content=content, headers=named)


ROUTES = (
    Route(
        method="GET",
        path=SNAPSHOTS_PATH,
        handler=list_snapshots,
        operation_id="listSnapshots",
        summary="List snapshots",
        description="Headers in stable order, page by page.",
        tag=_TAG,
        query=ListQuery,
        produces=(_produces(200, "A page.", reference("SnapshotPage"), Link='The next page: `<…>; rel="next"`.'),),
        errors=(NotFoundError, StoreUnavailableError),
    ),
    Route(
        method="GET",
        path=SNAPSHOT_PATH,
        handler=show,
        operation_id="getSnapshot",
        summary="Show a snapshot",
        description="With its graph, with the worst part of it (`top`), or with `graph_state=false` its header only.",
        tag=_TAG,
        parts=SNAPSHOT_PART,
        query=ShowQuery,
        request_headers=_IF_NONE_MATCH,
        produces=(
            Produces(
                status=200,
                description="The snapshot.",
                content={
                    **GRAPH_CONTENT,
                    "application/json": {"anyOf": [reference("Snapshot"), reference("SnapshotHeader")]},
                },
                headers={
                    "ETag": "Changes with tags, note and pin.",
                    "Content-Location": "Its own address, when it was asked for by another name.",
                    "Snapgraph-Distance-Seconds": "For `@time`: how long before that time it was captured.",
                },
            ),
            Produces(status=304, description="The copy at hand is good."),
        ),
        errors=(InvalidInputError, NotFoundError, GoneError, StoreUnavailableError),
    ),
    Route(
        method="PATCH",
        path=SNAPSHOT_PATH,
        handler=change,
        operation_id="changeSnapshot",
        summary="Tag, pin, note",
        description="What is left out stays as it is. Unpinning gives back the retention class of the trigger.",
        tag=_TAG,
        parts=SNAPSHOT_PART,
        query=ReferenceQuery,
        body=RevisionBody,
        body_required=True,
        request_headers=_IF_MATCH,
        produces=(_produces(200, "The header as it is now.", reference("SnapshotHeader"), ETag="The new one."),),
        errors=(NotFoundError, GoneError, StaleRevisionError, ConflictError, StoreUnavailableError),
    ),
    Route(
        method="DELETE",
        path=SNAPSHOT_PATH,
        handler=delete,
        operation_id="deleteSnapshot",
        summary="Delete a snapshot",
        description="Invisible at once; its bytes are freed by the next retention run. A pinned one is refused.",
        tag=_TAG,
        parts=SNAPSHOT_PART,
        query=ReferenceQuery,
        produces=(Produces(status=204, description="It is gone."),),
        errors=(NotFoundError, GoneError, ConflictError, StoreUnavailableError),
    ),
)
