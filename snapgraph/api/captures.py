"""``POST /api/performance/snapshots``: capture the live graph as it is now."""

from __future__ import annotations

import re

from snapgraph.api.models import CaptureBody
from snapgraph.api.references import SNAPSHOTS_PATH, snapshot_path
from snapgraph.api.schemas import reference
from snapgraph.api.snapshots import etag_of
from snapgraph.engine.formats.headers import snapshot_to_json
from snapgraph.errors import (
    BusyError,
    ConflictError,
    GoneError,
    InvalidInputError,
    LiveGraphUnavailableError,
    NotFoundError,
    Problem,
    StoreUnavailableError,
    TooLargeError,
)
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import TriggerType
from snapgraph.usecases.capture import CaptureRequest, capture, capture_once
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES"]

_KEY = re.compile(r'"[\x21\x23-\x7e]{1,198}"|[\x21\x23-\x7e]{1,200}')
_KEY_HEADER = {
    "Idempotency-Key": (
        (
            "Any text of your own making. The same key and body give the same snapshot, another body is refused (409). "
            "A key is kept for a week."
        ),
        {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21\x23-\x7e]+$"},
    )
}


def create(call: Call, *, body: CaptureBody) -> Answer:
    """Capture, once per key."""
    key = _idempotency_key(call)
    handle = call.runtime.live_graph(body.graph, pointer="/graph")
    request = CaptureRequest(
        trigger=TriggerType(body.trigger_type),
        description=body.description,
        note=body.note,
        tags=tuple(sorted(set(body.tags))),
        pinned=body.pinned,
        include_historical=body.include_historical,
    )
    service, store = call.service, call.runtime.store
    if key is None:
        snapshot = capture(
            request,
            connection=handle.connection,
            live_graph=handle.definition,
            store=store,
            publish=service.publish,
            at=service.at,
        )
    else:
        snapshot = capture_once(
            request,
            key=key,
            connection=handle.connection,
            live_graph=handle.definition,
            store=store,
            publish=service.publish,
            at=service.at,
        )
    return _created(snapshot, call)


def _created(snapshot: Snapshot, call: Call) -> Answer:
    headers = {"Location": call.address(snapshot_path(snapshot)), "ETag": etag_of(snapshot, "header")}
    return json_answer(
        snapshot_to_json(snapshot), status=201, headers=headers, after=lambda: call.service.at("after_answer")
    )


def _idempotency_key(call: Call) -> str | None:
    given = call.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        detail = "Idempotency-Key should be 1 to 200 printable ASCII characters without spaces and quotes"
        raise InvalidInputError(detail, problems=(Problem(pointer="Idempotency-Key", detail=detail),))
    return given.strip('"')


ROUTES = (
    Route(
        method="POST",
        path=SNAPSHOTS_PATH,
        handler=create,
        operation_id="createSnapshot",
        summary="Capture a snapshot",
        description="Reads the live graph as it is now and keeps it. Every field may be left out, and so may the body.",
        tag="snapshots",
        body=CaptureBody,
        request_headers=_KEY_HEADER,
        produces=(
            Produces(
                status=201,
                description="The header of the new snapshot.",
                content={"application/json": reference("SnapshotHeader")},
                headers={"Location": "Address of the snapshot.", "ETag": "Of its header."},
            ),
        ),
        errors=(
            NotFoundError,
            GoneError,
            ConflictError,
            TooLargeError,
            BusyError,
            LiveGraphUnavailableError,
            StoreUnavailableError,
        ),
    ),
)
