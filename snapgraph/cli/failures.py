"""Failures as a person reads them, and their exit codes."""

from __future__ import annotations

from enum import IntEnum

import click

from snapgraph.cli.terminal import harmless
from snapgraph.errors import InvalidInputError, SnapgraphError, UnavailableError

__all__ = ["ExitCode", "exit_code_of", "tell_failure", "tell_system_failure"]


class ExitCode(IntEnum):
    """What the process says at its end."""

    DONE = 0
    FAILED = 1
    USED_WRONGLY = 2
    REGRESSION_FOUND = 3
    CANNOT_CONNECT = 4
    INTERRUPTED = 130
    """128 + SIGINT, as shells have it."""
    READER_GONE = 141
    """128 + SIGPIPE: ``snapgraph … | head`` is no failure of anybody."""


def exit_code_of(error: SnapgraphError) -> ExitCode:
    """Grade a failure."""
    if isinstance(error, UnavailableError):
        return ExitCode.CANNOT_CONNECT
    if isinstance(error, InvalidInputError):
        return ExitCode.USED_WRONGLY
    return ExitCode.FAILED


def tell_failure(error: SnapgraphError) -> None:
    """Print what is wrong, where, and what would have been taken, to stderr."""
    message = str(error)
    _tell(message)
    for problem in error.problems:
        if problem.detail not in message:
            click.echo(harmless(f"  {problem.pointer}: {problem.detail}"), err=True)
        if problem.allowed:
            click.echo(harmless(f"  {problem.pointer} takes: {', '.join(problem.allowed)}"), err=True)


def tell_system_failure(error: OSError) -> None:
    """Print what the operating system refused, and of which file."""
    reason = error.strerror or str(error)
    _tell(f"{error.filename}: {reason}" if error.filename else reason)


def _tell(message: str) -> None:
    click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(harmless(message), err=True)
