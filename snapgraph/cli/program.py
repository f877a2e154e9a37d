"""The program: its commands, its global options, and what every failure becomes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from snapgraph import __version__
from snapgraph.cli.failures import ExitCode, exit_code_of, tell_failure, tell_system_failure
from snapgraph.cli.lazy import LazyCommand, LazyGroup
from snapgraph.cli.options import url_option
from snapgraph.cli.session import Session
from snapgraph.errors import SnapgraphError

__all__ = ["COMMANDS", "main", "program"]

_NAME = "snapgraph"
_COMPLETION = "_SNAPGRAPH_COMPLETE"
"""The variable by which a shell asks for completions, as click names it."""
_PACKAGE = "snapgraph.cli.commands"

COMMANDS = {
    "demo": LazyCommand(module=f"{_PACKAGE}.demo", help="See it work: a shop under load, an incident, what changed."),
    "serve": LazyCommand(module=f"{_PACKAGE}.serve", help="Serve REST and its documentation."),
    "observe": LazyCommand(module=f"{_PACKAGE}.observe", help="Write what a Postgres does into the live graph."),
    "capture": LazyCommand(module=f"{_PACKAGE}.capture", help="Capture the live graph now."),
    "snapshots": LazyCommand(module=f"{_PACKAGE}.snapshots", help="List, show, tag, pin, export, remove snapshots."),
    "compare": LazyCommand(module=f"{_PACKAGE}.compare", help="Say what changed between two snapshots."),
    "watch": LazyCommand(module=f"{_PACKAGE}.watch", help="Follow the live graph of a running server."),
    "db": LazyCommand(module=f"{_PACKAGE}.db", help="Migrate and look at the store."),
    "config": LazyCommand(module=f"{_PACKAGE}.config", help="Show and check the settings."),
    "doctor": LazyCommand(module=f"{_PACKAGE}.doctor", help="Check everything that this needs, with a cure each."),
    "openapi": LazyCommand(module=f"{_PACKAGE}.openapi", help="Print the OpenAPI document of REST."),
}


class _Program(LazyGroup):
    table = COMMANDS


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click
    if wanted:
        click.echo(f"snapgraph {__version__}")
        context.exit()


@click.command(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file [default: snapgraph.yaml]."
)
@url_option
@click.option("-v", "--verbose", count=True, help="Tell more; -vv tells all.")
@click.option("-q", "--quiet", is_flag=True, help="Tell nothing but errors.")
@click.option("--no-color", is_flag=True, help="No colour, as NO_COLOR=1.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Print the version."
)
@click.pass_context
def program(
    context: click.Context, config: Path | None, url: str | None, verbose: int, *, quiet: bool, no_color: bool
) -> None:
    """Record what your database was doing as a graph, and say what changed.

    Without DATABASE_URL and NEO4J_URI the commands use embedded servers, with their data under .snapgraph/.
    With --url or SNAPGRAPH_URL they speak to a running server instead.
    """
    context.obj = Session(config=config, verbosity=-1 if quiet else verbose, no_color=no_color, url=url)
    context.color = False if no_color or os.environ.get("NO_COLOR") else None


def main() -> NoReturn:
    """Run the command line and end the process."""
    try:
        code = _run()
        click.echo(nl=False)  # flushes stdout, where there is one
    except SnapgraphError as error:
        tell_failure(error)
        code = exit_code_of(error)
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    except click.ClickException as error:
        error.show()
        code = ExitCode.USED_WRONGLY if isinstance(error, click.UsageError) else ExitCode.FAILED
    except click.Abort:
        click.echo("Interrupted.", err=True)
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        _give_up_stdout()
        code = ExitCode.READER_GONE
    except OSError as error:
        _give_up_stdout()
        tell_system_failure(error)
        code = ExitCode.FAILED
    sys.exit(int(code or 0))


def _run() -> int | None:
    """Do what click's own ``main`` does, which would make an exit with 1 of a reader that went away."""
    if _COMPLETION in os.environ:
        program.main(prog_name=_NAME, complete_var=_COMPLETION)
    try:
        with program.make_context(_NAME, sys.argv[1:]) as context:
            code: int | None = program.invoke(context)
            return code
    except (EOFError, KeyboardInterrupt) as error:
        click.echo(err=True)  # ends the line on which the terminal shows ^C
        raise click.Abort from error


def _give_up_stdout() -> None:
    """Let go what cannot be written: Python would try once more at its end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
