"""Open what the settings name, and close it in reverse: the store, the live graphs, the embedded servers."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TextIO

import structlog

from snapgraph import meters
from snapgraph.adapters.embedded import open_servers
from snapgraph.adapters.livegraph import LiveGraphConnection, open_live_graph
from snapgraph.adapters.store import Store, migrations, open_store, partitions
from snapgraph.engine import columns
from snapgraph.errors import ConfigurationError, NotFoundError, Problem
from snapgraph.model.live_graphs import LiveGraph, usual_definition
from snapgraph.settings import MASK, LiveGraphServer, Settings

__all__ = ["LiveGraphHandle", "Runtime", "configure_logging", "open_runtime"]

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveGraphHandle:
    """One live graph: how it is read, and the connection to read it by."""

    definition: LiveGraph
    connection: LiveGraphConnection


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runtime:
    """What is open.

    Attributes:
        settings: With the addresses of embedded servers filled in.
        store: The snapshots.
        live_graphs: By name.
        is_embedded: Whether the servers are embedded ones.
        notes: What a person should be told about the set-up.
    """

    settings: Settings
    store: Store
    live_graphs: Mapping[str, LiveGraphHandle]
    is_embedded: bool = False
    notes: tuple[str, ...] = ()
    _closing: ExitStack = field(default_factory=ExitStack, repr=False)

    def live_graph(self, name: str, *, pointer: str = "?graph") -> LiveGraphHandle:
        """Find a live graph.

        Args:
            name: As the settings call it.
            pointer: Where the name stood, for the problem.

        Raises:
            NotFoundError: There is none by that name; the problem lists those there are.
        """
        if name in self.live_graphs:
            return self.live_graphs[name]
        detail = f"there is no live graph {name!r}"
        raise NotFoundError(
            detail, problems=(Problem(pointer=pointer, detail=detail, allowed=tuple(self.live_graphs)),)
        )

    def definition(self, name: str) -> LiveGraph:
        """Say how a live graph is read and judged; by the usual rules when only history knows it."""
        handle = self.live_graphs.get(name)
        return handle.definition if handle else usual_definition(name)

    def close(self) -> None:
        """Close everything, the last opened first."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_runtime(settings: Settings, *, needs_live_graph: bool = True) -> Runtime:
    """Open the store and every live graph; nothing is asked of them yet, so a database may come later.

    Where neither is named, embedded servers are started (or those of another process on the same folder used), and
    their store is migrated. A store that is named is never migrated behind its owner's back.

    Args:
        settings: What to open.
        needs_live_graph: Whether a live graph has to be named; a migration can do without, and with the owner's address
            of the store alone.

    Raises:
        ConfigurationError: Only one of the two is named.
        UnavailableError: The embedded servers do not start.
    """
    with ExitStack() as stack:
        is_embedded = settings.is_embedded()
        notes: tuple[str, ...] = ()
        if is_embedded:
            settings, notes = _open_embedded(settings, stack)
        owner_url = settings.store.owner_url
        url = settings.store.url or (None if needs_live_graph else owner_url)
        _check_complete(settings, is_stored=url is not None, needs_live_graph=needs_live_graph)
        store = open_store(
            url.get_secret_value() if url else "",
            codec=columns,
            owner_url=owner_url.get_secret_value() if owner_url else None,
            pool_size=settings.store.pool_size,
        )
        stack.callback(store.close)
        if is_embedded:
            partitions.ensure_ahead(store)
        definitions = settings.live_graph_definitions()
        live_graphs = {
            name: LiveGraphHandle(definition=definitions[name], connection=_connect(server, stack))
            for name, server in settings.live_graph_servers().items()
        }
        return Runtime(
            settings=settings,
            store=store,
            live_graphs=live_graphs,
            is_embedded=is_embedded,
            notes=notes,
            _closing=stack.pop_all(),
        )


def _open_embedded(settings: Settings, stack: ExitStack) -> tuple[Settings, tuple[str, ...]]:
    servers = stack.enter_context(open_servers(settings.data_dir))
    here = LiveGraphServer(
        uri=servers.neo4j_uri,
        username=servers.neo4j_username,
        password=servers.neo4j_password,
        database=servers.neo4j_database,
    )
    migrations.upgrade(servers.database_url)
    _LOG.info("embedded_servers_in_use", directory=str(settings.data_dir), started=servers.started)
    filled = settings.with_servers(store_url=servers.database_url, owner_url=servers.database_url, live_graph=here)
    return filled, tuple(servers.notes)


def _connect(server: LiveGraphServer, stack: ExitStack) -> LiveGraphConnection:
    connection = open_live_graph(
        server.uri, username=server.username, password=server.password, database=server.database
    )
    stack.callback(connection.close)
    return connection


def _check_complete(settings: Settings, *, is_stored: bool, needs_live_graph: bool) -> None:
    missing = []
    if not is_stored:
        missing.append(Problem(pointer="/store/url", detail="DATABASE_URL is missing, while another address is given"))
    if needs_live_graph and not settings.live_graph_servers():
        missing.append(Problem(pointer="/neo4j/uri", detail="NEO4J_URI is missing, while DATABASE_URL is given"))
    if missing:
        sentence = "; ".join(problem.detail for problem in missing)
        raise ConfigurationError(f"{sentence}. Name both, or neither for embedded ones.", problems=tuple(missing))


def configure_logging(settings: Settings, *, level: str | None = None, stream: TextIO | None = None) -> None:
    """Send the log to a stream: for people on a terminal, else one JSON object a line. Stdout is for data.

    Args:
        settings: Level, format, colour, and the secrets that must never stand in a line.
        level: Instead of the level that the settings say.
        stream: Where to; unset: stderr.
    """
    stream = stream or sys.stderr
    is_for_people = settings.log.format == "console" or (settings.log.format == "auto" and stream.isatty())
    common: tuple[structlog.typing.Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    rendering: tuple[structlog.typing.Processor, ...] = (
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(default=str),
    )
    if is_for_people:
        rendering = (structlog.dev.ConsoleRenderer(colors=stream.isatty() and not settings.no_color),)
    structlog.configure(
        processors=[*common, *rendering, _without(settings.secret_values())],
        wrapper_class=structlog.make_filtering_bound_logger(level or settings.log.level),
        logger_factory=lambda *_: _Lines(stream),
    )


class _Lines:
    """Writes finished lines; a stream that is gone costs the line, never the request that it tells of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write a line, or count it as lost (a closed pipe, a full disk, a stream closed by its owner)."""
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except (OSError, ValueError):  # ValueError: I/O operation on closed file
            meters.count_lost_log_line()

    debug = info = warning = error = critical = exception = msg


def _without(secrets: tuple[str, ...]) -> structlog.typing.Processor:
    """Mask every secret in a finished line, plain and as JSON escapes it: an error may quote what it got."""
    forms = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1])}
    longest_first = sorted(forms, key=len, reverse=True)

    def mask(_logger: structlog.typing.WrappedLogger, _name: str, line: Any) -> Any:
        for form in longest_first:
            line = line.replace(form, MASK)
        return line

    return mask
