"""A group whose commands are imported when they are called, and listed without being imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click

__all__ = ["LazyCommand", "LazyGroup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyCommand:
    """Where a command is.

    Attributes:
        module: Its module.
        help: The line of ``snapgraph --help``; a test holds it equal to the command's own.
        name: Its name in that module, where it is not the command's.
    """

    module: str
    help: str
    name: str | None = None


class LazyGroup(click.Group):
    """A click group over a table of lazy commands, listed in the order of the table."""

    table: Mapping[str, LazyCommand]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is called."""
        del ctx
        entry = self.table.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = getattr(import_module(entry.module), entry.name or cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.table.items()])
