"""The composition root: joins the opened runtime, the routes and the readiness checks to a WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import structlog
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from snapgraph.adapters.store import clock, migrations, partitions
from snapgraph.api import ROUTES, openapi_document, page
from snapgraph.errors import SnapgraphError, UnavailableError
from snapgraph.live import Hub, HubLimits, asyncapi_document, live_routes, serve_live
from snapgraph.model.events import CrashPoint, Publish, no_crash, nobody
from snapgraph.model.partitions import ranges_ahead
from snapgraph.runtime import Runtime
from snapgraph.usecases.follow import FollowedGraph, SharedFeed
from snapgraph.usecases.hear import SnapshotNews
from snapgraph.usecases.log_out import is_logged_out
from snapgraph.usecases.look import look
from snapgraph.web.guard import Guard
from snapgraph.web.readiness import Readiness
from snapgraph.web.routes import Service
from snapgraph.web.serving import serve_routes

__all__ = ["close_app", "create_app"]

_LOG = structlog.get_logger(__name__)

_HUB = "snapgraph.live"
MAX_FORM_PARTS = 10
"""No form is taken at all; werkzeug's default of 1000 would be parsed for nothing."""


def create_app(runtime: Runtime, *, publish: Publish = nobody, at: CrashPoint = no_crash) -> Flask:
    """Build the application.

    Args:
        runtime: What is open; the caller closes it.
        publish: Where events go after the commit.
        at: Crash points of the fault tests; nothing in the product.
    """
    settings = runtime.settings
    app = Flask("snapgraph", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.server.max_body_bytes
    app.config["MAX_FORM_PARTS"] = MAX_FORM_PARTS
    hub = _hub(runtime)
    service = Service(
        runtime=runtime,
        guard=_guard(runtime),
        readiness=Readiness(checks=_checks(runtime)),
        publish=publish,
        at=at,
    )
    _start_ahead(runtime)
    openapi_document()  # once, before the first request asks for it
    serve_routes(app, (*ROUTES, *page.routes(), *live_routes(hub, asyncapi_document())), service=service)
    serve_live(app, hub, guard=service.guard)
    app.extensions[_HUB] = hub
    proxies = settings.server.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask's documentation adds a middleware
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies
        )
    return app


def close_app(app: Flask) -> None:
    """Tell every live socket that the service ends, and close it; call it before the runtime is closed."""
    hub: Hub = app.extensions[_HUB]
    hub.close()


def _hub(runtime: Runtime) -> Hub:
    """Build the live stream; it reads nothing and has no thread until somebody connects."""
    followed = {
        name: FollowedGraph(
            look=partial(look, connection=handle.connection, live_graph=handle.definition, store=runtime.store),
            volatile=handle.definition.volatile,
        )
        for name, handle in runtime.live_graphs.items()
    }
    graphs = {name: handle.definition for name, handle in runtime.live_graphs.items()}
    server = runtime.settings.server
    limits = HubLimits(sockets=server.live_sockets, sockets_per_address=server.live_sockets_per_address)
    feed, news = SharedFeed(store=runtime.store, graphs=followed), SnapshotNews(store=runtime.store)
    return Hub(graphs, feed, news, limits=limits)


def _guard(runtime: Runtime) -> Guard:
    settings = runtime.settings
    token = settings.server.api_token
    return Guard(
        token=token.get_secret_value() if token else None,
        insecure=settings.server.insecure,
        allowed_hosts=settings.server.allowed_hosts,
        session_seconds=settings.server.session_hours * 3600,
        is_ended=partial(is_logged_out, store=runtime.store),
    )


def _checks(runtime: Runtime) -> Mapping[str, Callable[[], None]]:
    return {
        "postgres": runtime.store.check,
        **{f"live_graph {name}": handle.connection.check for name, handle in runtime.live_graphs.items()},
        "migrations": lambda: _check_migrations(runtime),
        "partitions": lambda: _check_partitions(runtime),
    }


def _start_ahead(runtime: Runtime) -> None:
    """Make partitions ahead at the start; where the store is away or not migrated, readiness says so from then on."""
    try:
        _check_partitions(runtime)
    except SnapgraphError as error:
        _LOG.warning("started_without_store", reason=str(error))


def _check_migrations(runtime: Runtime) -> None:
    url = runtime.settings.store.url
    status = migrations.status(url.get_secret_value() if url else "")
    if not status.is_at_head:
        raise UnavailableError(
            f"the store is at {status.current}, this version needs {status.head}: run snapgraph db upgrade"
        )


def _check_partitions(runtime: Runtime) -> None:
    """Make partitions ahead when few are left, and see that tomorrow's captures will find theirs."""
    with runtime.store.read() as tx:
        now = clock.now(tx)
    partitions.keep_ahead(runtime.store, now)
    with runtime.store.read() as tx:
        there = {(each.range.retention_class, each.range.since) for each in partitions.status(tx)}
    missing = [
        f"{each.retention_class} {each.since:%Y-%m-%d}"
        for each in ranges_ahead(now, days_ahead=1)
        if (each.retention_class, each.since) not in there
    ]
    if missing:
        raise UnavailableError(f"partitions are missing ({', '.join(missing)}): run `snapgraph db upgrade`")
