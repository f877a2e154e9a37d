"""``GET …/{snapshot_id}/export``: a snapshot as JSON, Cypher or CSV, complete or not at all."""

from __future__ import annotations

from snapgraph.api.models import ExportQuery
from snapgraph.api.references import SNAPSHOT_PART, SNAPSHOT_PATH, named
from snapgraph.api.schemas import reference
from snapgraph.errors import GoneError, NotFoundError, StoreUnavailableError
from snapgraph.usecases.export import ExportRequest, export
from snapgraph.web.routes import Answer, Call, Produces, Route

__all__ = ["ROUTES"]


def download(call: Call, *, snapshot_id: str, query: ExportQuery) -> Answer:
    """Export a snapshot."""
    request = ExportRequest(
        reference=named(call, snapshot_id, query),
        format=query.format,
        part=query.part,
        graph=query.graph,
        gzip=call.takes_gzip,
    )
    file = export(request, store=call.runtime.store, definition_of=call.runtime.definition)
    headers = {
        "Content-Length": str(file.size),
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Repr-Digest": file.repr_digest,
        "Vary": "Accept-Encoding",
        "Cache-Control": "private, no-cache",
        **({"Content-Encoding": file.content_encoding} if file.content_encoding else {}),
    }
    return Answer(body=file.chunks(), media_type=file.content_type, headers=headers, after=file.close)


ROUTES = (
    Route(
        method="GET",
        path=SNAPSHOT_PATH + "/export",
        handler=download,
        operation_id="exportSnapshot",
        summary="Export a snapshot",
        description=(
            "As a file. It is written to the end before the first byte is sent, so that it is whole or not there; "
            "`Repr-Digest` has its SHA-256. `Accept-Encoding: gzip` packs it."
        ),
        tag="snapshots",
        parts=SNAPSHOT_PART,
        query=ExportQuery,
        produces=(
            Produces(
                status=200,
                description="The file.",
                content={
                    "application/json": reference("Snapshot"),
                    "application/x-cypher-query": {"type": "string"},
                    "text/csv": {"type": "string"},
                    "application/zip": {"type": "string", "format": "binary"},
                },
                headers={
                    "Repr-Digest": "SHA-256 of the bytes as sent (RFC 9530).",
                    "Content-Disposition": "A file name that is safe everywhere.",
                },
            ),
        ),
        errors=(NotFoundError, GoneError, StoreUnavailableError),
    ),
)
