"""The observer as a process: what to observe, where to write it, until a signal comes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from snapgraph.cli.session import Session
from snapgraph.errors import ConfigurationError, Problem
from snapgraph.runtime import configure_logging
from snapgraph.settings import LiveGraphServer, Settings
from snapgraph.usecases.attach import attach
from snapgraph.usecases.observe import observe

__all__ = ["observe_settings", "stopped_by_signals"]


def observe_settings(session: Session, flags: Mapping[str, object], *, ticks: int | None) -> None:
    """Observe what the settings name.

    Args:
        session: Of the command line.
        flags: Dotted settings from the command line.
        ticks: End after so many; ``None``: never.

    Raises:
        ConfigurationError: Nothing to observe is named, or there is no such live graph.
    """
    settings = session.settings(flags)
    if settings.observe.url is None:
        detail = "There is nothing to observe: set SNAPGRAPH_OBSERVED_URL, or give --observed postgresql://…"
        raise ConfigurationError(detail, problems=(Problem(pointer="/observe/url", detail=detail),))
    configure_logging(settings, level=session.log_level)
    url = settings.observe.url.get_secret_value()
    name, seconds = settings.observe.live_graph, settings.observe.tick_seconds
    with (
        _live_graph(session, settings, flags) as server,
        attach(
            url, uri=server.uri, username=server.username, password=server.password, database=server.database
        ) as ends,
        stopped_by_signals() as stop,
    ):
        session.tell(f"Observing {_place(url)} every {seconds:g} s into the live graph {name!r}. Ctrl-C ends it.")
        definition = settings.live_graph_definitions()[name]
        written = observe(
            observed=ends.observed,
            writer=ends.writer,
            tick_seconds=seconds,
            stop=stop,
            ticks=ticks,
            metrics=definition.metrics,
            thresholds=definition.thresholds,
        )
    session.tell(f"{written} ticks written.")


@contextmanager
def _live_graph(session: Session, settings: Settings, flags: Mapping[str, object]) -> Iterator[LiveGraphServer]:
    """Give the server of the live graph; no store is needed to observe, unless both are embedded."""
    if settings.is_embedded():
        with session.runtime(flags) as runtime:
            yield _server_of(runtime.settings)
    else:
        yield _server_of(settings)


def _server_of(settings: Settings) -> LiveGraphServer:
    servers, name = settings.live_graph_servers(), settings.observe.live_graph
    if name not in servers:
        detail = f"There is no live graph {name!r} to write into: set NEO4J_URI, or observe.live_graph."
        raise ConfigurationError(
            detail, problems=(Problem(pointer="/observe/live_graph", detail=detail, allowed=tuple(servers)),)
        )
    return servers[name]


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set, so that work ends in order."""
    stop = threading.Event()
    former = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _place(url: str) -> str:
    """Name a database without its password."""
    parts = urlsplit(url)
    return f"{parts.path.lstrip('/') or 'postgres'} at {parts.hostname or 'localhost'}:{parts.port or 5432}"
