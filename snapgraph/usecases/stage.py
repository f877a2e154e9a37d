"""Stage the demo: a shop whose database can be observed, an incident in it, and a companion process beside us."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from snapgraph.adapters.embedded.children import ChildProcess, start_child
from snapgraph.adapters.embedded.shop import RunningShop, start_shop

__all__ = ["Companion", "RunningShop", "companion", "stage_shop"]

Companion = ChildProcess
"""A process of ours that ends with us."""


@contextmanager
def stage_shop(directory: Path) -> Iterator[RunningShop]:
    """Open the shop, with its Postgres in ``directory``, and close it at last.

    Raises:
        ConfigurationError: The embedded servers are not installed.
        UnavailableError: Its Postgres does not start.
    """
    with start_shop(directory) as shop:
        yield shop


@contextmanager
def companion(module: str, arguments: Sequence[str], *, log: Path, folder: Path) -> Iterator[Companion]:
    """Run a module of ours in a process that never outlives us, and end it at last.

    Args:
        module: As ``python -m`` takes it.
        arguments: Of its command line.
        log: File for what it prints.
        folder: Its working folder.
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    process = start_child(command, log=log, death_signal=signal.SIGTERM, folder=folder)
    try:
        yield process
    finally:
        process.stop((signal.SIGTERM, 15.0))
