"""docs/reference/commands.md, from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from snapgraph.cli.program import program

INTRODUCTION = """\
# Commands

Written from the code by `make docs`; `snapgraph COMMAND --help` says the same. Data go to stdout, talk goes to stderr.

| exit code | |
|---|---|
| 0 | done |
| 1 | failed; the message says what |
| 2 | used wrongly |
| 3 | `compare --fail-on` found a regression |
| 4 | cannot connect |
"""


def commands(group: click.Group = program, names: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Walk through the leaves: name with its groups, and the command."""
    context = click.Context(group, info_name="snapgraph")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*names, name))
        elif command is not None and not command.hidden:
            yield " ".join((*names, name)), command


def usage(name: str, command: click.Command) -> str:
    """Return the line that one types."""
    context = click.Context(command, info_name=f"snapgraph {name}")
    return command.get_usage(context).removeprefix("Usage: ").replace("\n", " ")


def option_row(option: click.Option) -> str:
    """Describe an option as a row of a table."""
    context = click.Context(click.Command("any"))
    record = option.get_help_record(context)
    if record is None:
        return ""
    written, described = (" ".join(text.split()).replace("|", "\\|") for text in record)
    return f"| `{written}` | {described} |"


def command_section(name: str, command: click.Command) -> list[str]:
    """Describe one command."""
    rows = [option_row(each) for each in command.params if isinstance(each, click.Option) and not each.hidden]
    table = ["", "| option | |", "|---|---|", *filter(None, rows)] if any(rows) else []
    text = inspect.cleandoc(command.help or "").replace("\b\n", "").strip()
    return ["", f"## snapgraph {name}", "", text, "", "```", usage(name, command), "```", *table]


def commands_page() -> str:
    """docs/reference/commands.md."""
    rows = [option_row(each) for each in program.params if isinstance(each, click.Option)]
    lines = [INTRODUCTION, "Options of every command stand before its name:", "", "| option | |", "|---|---|", *rows]
    for name, command in commands():
        lines += command_section(name, command)
    return "\n".join(lines) + "\n"
