"""REST: the routes of ``/api/performance`` and of the service itself, and the document that describes them."""

from __future__ import annotations

from typing import Any

from snapgraph import __version__
from snapgraph.api import (
    captures,
    comparisons,
    docs,
    exports,
    grafana,
    graphs,
    probes,
    session,
    snapshots,
    timelines,
    views,
)
from snapgraph.api.schemas import SCHEMAS
from snapgraph.web.documents import openapi
from snapgraph.web.routes import Route

__all__ = ["ROUTES", "openapi_document"]

_DOCUMENT: dict[str, Any] = {}

ROUTES: tuple[Route, ...] = (
    *captures.ROUTES,
    *comparisons.ROUTES,
    *timelines.ROUTES,
    *snapshots.ROUTES,
    *exports.ROUTES,
    *graphs.ROUTES,
    *grafana.ROUTES,
    *views.ROUTES,
    *session.ROUTES,
    *probes.ROUTES,
    *docs.routes(_DOCUMENT),
)
"""Everything that is served; ``compare`` and ``timeline`` stand before ``{snapshot_id}``, as in the specification."""

_DESCRIPTION = (
    "A flight recorder for performance graphs: captures what a database under load looks like as a graph, keeps it, "
    "and says what changed. Times are RFC 3339 in UTC; every refusal is application/problem+json (RFC 9457). "
    "The live stream, below /api/performance/live, is described by AsyncAPI, in /asyncapi.json."
)
_TAGS = {
    "snapshots": "Capture the live graph, find what was captured, compare and export it.",
    "live graphs": "What can be captured, and how it looks now.",
    "grafana": "Graphs for Grafana's Node graph panel.",
    "page": "What the page keeps here: positions of nodes, views with a name.",
    "session": "For the page: a cookie in exchange for the token.",
    "service": "Probes, meters, versions and this document.",
}


def openapi_document() -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of what is served; needs no server and no settings."""
    if not _DOCUMENT:
        _DOCUMENT.update(
            openapi(
                ROUTES,
                title="snapgraph",
                version=__version__,
                description=_DESCRIPTION,
                tags=_TAGS,
                schemas=SCHEMAS,
            )
        )
    return _DOCUMENT
