"""One run of the command line: its settings, its client, its voice."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snapgraph.cli.terminal import harmless

if TYPE_CHECKING:  # heavy: loaded by the commands that need them
    from snapgraph.client import Client
    from snapgraph.runtime import Runtime
    from snapgraph.settings import Settings

__all__ = ["Session"]

_LEVELS = {-1: "error", 0: "warning", 1: "info"}
"""By verbosity; beyond: everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the global options say, and what every command makes of it.

    Attributes:
        config: Settings file, when one is named.
        verbosity: -1 quiet, 0 usual, 1 and 2 more.
        no_color: No colour, whatever the terminal can do.
        url: A running server, said before the command's name; the command's own ``--url`` goes before it.
    """

    config: Path | None = None
    verbosity: int = 0
    no_color: bool = False
    url: str | None = None

    @property
    def log_level(self) -> str:
        """From which level on the log of a command that is no service is written."""
        return _LEVELS.get(self.verbosity, "debug")

    def settings(self, flags: Mapping[str, object] | None = None) -> Settings:
        """Read the settings, command-line flags first.

        Args:
            flags: Dotted names, such as ``server.port``; those with ``None`` were not given.

        Raises:
            ConfigurationError: With every problem there is.
        """
        from snapgraph.settings import load_settings

        given = {name: value for name, value in (flags or {}).items() if value is not None}
        if self.url is not None:
            given.setdefault("url", self.url)
        return load_settings(given, config=self.config)

    def tell(self, sentence: str) -> None:
        """Say something to the person, on stderr."""
        if self.verbosity >= 0:
            click.echo(harmless(sentence), err=True)

    @contextmanager
    def working(self, sentence: str) -> Iterator[None]:
        """Show that work is under way, on a terminal only."""
        if self.verbosity < 0 or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(stderr=True, no_color=self.no_color or None).status(sentence):
            yield

    @contextmanager
    def runtime(self, flags: Mapping[str, object] | None = None, *, needs_live_graph: bool = True) -> Iterator[Runtime]:
        """Open what the settings name, and close it again; embedded servers are announced."""
        from snapgraph.runtime import configure_logging, open_runtime

        settings = self.settings(flags)
        configure_logging(settings, level=self.log_level)
        with self._opening(settings):
            runtime = open_runtime(settings, needs_live_graph=needs_live_graph)
        with runtime:
            configure_logging(runtime.settings, level=self.log_level)  # embedded servers have passwords of their own
            for note in runtime.notes:
                self.tell(f"Note: {note}")
            yield runtime

    @contextmanager
    def _opening(self, settings: Settings) -> Iterator[None]:
        if not settings.is_embedded():
            yield
            return
        self.tell(
            f"No DATABASE_URL and no NEO4J_URI: using embedded servers, with their data in {settings.data_dir}/. "
            "For a demonstration or a trial, not for production."
        )
        with self.working("Starting the embedded servers …"):
            yield

    @contextmanager
    def client(self, url: str | None = None) -> Iterator[Client]:
        """Give a client: of the server at ``url`` or SNAPGRAPH_URL, else of an application inside this process.

        Args:
            url: What ``--url`` says.
        """
        from snapgraph.client import Client

        settings = self.settings({"url": url})
        token = settings.server.api_token.get_secret_value() if settings.server.api_token else None
        if settings.url is not None:
            with Client(settings.url, token=token) as client:
                yield client
            return
        from snapgraph.app import create_app

        with self.runtime() as runtime, Client.of_app(create_app(runtime), token=token) as client:
            yield client
