"""``/``: the built page. It is static and holds no data, so it is answered without a token; it asks for one itself.

The build (``make frontend``) writes it to ``snapgraph/web/page``, and a wheel carries it. Names under ``assets/`` end
in a hash of their content and are kept for ever; the index is asked for anew each time and costs a 304. All addresses
in it are relative, so that it works under any prefix.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from pydantic import ConfigDict

from snapgraph.errors import NotFoundError
from snapgraph.web.etags import is_fresh, strong_etag
from snapgraph.web.parameters import Query
from snapgraph.web.routes import Answer, Call, Produces, Route

__all__ = ["BUILD", "routes"]

BUILD = files("snapgraph.web").joinpath("page")
_HTML = "text/html; charset=utf-8"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_BUILT = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>snapgraph: the page is not built</title>'
    b'<link rel="stylesheet" href="docs/style.css"></head><body><h1>The page is not built yet</h1>'
    b"<p>This is a checkout without its page. Run <code>make frontend</code> (it needs Node.js 20.19 or newer) "
    b"and load this address again.</p>"
    b'<p>REST works meanwhile: <a href="docs">what it offers</a>.</p></body></html>'
)


class ViewQuery(Query):
    """The address of the page carries the whole view, which the page alone reads."""

    model_config = ConfigDict(extra="ignore")


def routes(build: Traversable = BUILD) -> tuple[Route, ...]:
    """Make the routes of a built page; they stand beside those of the document, since no program has a use for them.

    Args:
        build: The folder that Vite writes; asked anew each time, so that a build under a running server is seen.
    """

    def give_index(call: Call) -> Answer:
        index = build.joinpath("index.html")
        if not index.is_file():
            return Answer(status=HTTPStatus.NOT_FOUND, body=_NOT_BUILT, media_type=_HTML)
        return _given(call, index, media_type=_HTML, caching="no-cache")

    def give_icon(call: Call) -> Answer:
        return _given(call, _named(build, "icon.svg"), media_type=_MEDIA_TYPES[".svg"], caching="max-age=86400")

    def give_asset(call: Call, *, name: str) -> Answer:
        media_type = _MEDIA_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
        return _given(call, _named(build.joinpath("assets"), name), media_type=media_type, caching=_FOR_EVER)

    return (
        _route("/", give_index, "page", "The page"),
        _route("/icon.svg", give_icon, "pageIcon", "The icon of the browser's tab"),
        _route(
            "/assets/{name}", give_asset, "pageAsset", "A script or a style of the page", name="As the page names it."
        ),
    )


def _route(path: str, handler: Callable[..., Answer], operation_id: str, summary: str, **parts: str) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        operation_id=operation_id,
        summary=summary,
        tag="service",
        parts=parts,
        query=ViewQuery,
        produces=(Produces(status=200, description=summary),),
        errors=(NotFoundError,),
        is_open=True,
    )


def _named(folder: Traversable, name: str) -> Traversable:
    """Find a file by its name among those that are there: no name can lead out of the folder."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.name == name and each.is_file():
            return each
    raise NotFoundError("The page has no such file: load it again, it was built anew.")


def _given(call: Call, file: Traversable, *, media_type: str, caching: str) -> Answer:
    body = file.read_bytes()
    etag = strong_etag(hashlib.sha256(body).hexdigest()[:32])
    headers = {"ETag": etag, "Cache-Control": caching}
    if is_fresh(call.headers, etag):
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Answer(body=body, media_type=media_type, headers=headers)
