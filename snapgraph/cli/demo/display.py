"""What the demo says: one calm line per step, then the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from snapgraph.cli.views import element_of, span_of, value_text
from snapgraph.model.changes import Change, Comparison
from snapgraph.model.vocabulary import ChangeDirection

__all__ = ["Display"]

PLAIN_WIDTH = 120
"""Columns where there is no terminal: long enough for every line, short enough for a log."""


class Display:
    """The demo's voice on stdout.

    Args:
        no_color: No colour, whatever the terminal can do.
        quiet: Say the answer only.
    """

    def __init__(self, *, no_color: bool, quiet: bool) -> None:
        self._console = Console(no_color=no_color or None, highlight=False)
        if not self._console.is_terminal:
            self._console.width = PLAIN_WIDTH
        self._quiet = quiet

    def say(self, sentence: str) -> None:
        """Say something between the steps."""
        if not self._quiet:
            self._console.print(Text(sentence), soft_wrap=True)  # an address that is broken in two is none

    @contextmanager
    def step(self, doing: str) -> Iterator[list[str]]:
        """Show a step while it is under way, and when it is done what came of it, with its time.

        Yields:
            A list: what is appended stands in the line instead of ``doing``.
        """
        began = time.monotonic()
        done: list[str] = []
        if self._quiet or not self._console.is_terminal:
            yield done
        else:
            with self._console.status(Text(f"{doing} …")):
                yield done
        self._tick(" ".join(done) or doing, time.monotonic() - began)

    @contextmanager
    def counting(self, doing: str, total: int) -> Iterator[Progress]:
        """Show a bar that its only task advances."""
        progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            console=self._console,
            transient=True,
            disable=self._quiet or not self._console.is_terminal,
        )
        began = time.monotonic()
        with progress:
            progress.add_task(doing, total=total)
            yield progress
        self._tick(doing, time.monotonic() - began)

    def _tick(self, sentence: str, seconds: float) -> None:
        if not self._quiet:
            self._console.print(Text.assemble(("  ✓ ", "green"), sentence, (f"  {seconds:.1f} s", "dim")))

    def answer(self, comparison: Comparison, worst: Sequence[Change]) -> None:
        """Say what changed: the sentence, and the worst changes in a table."""
        self._console.print()
        self._console.print(Padding(Text(comparison.summary.sentence, style="bold"), (0, 2)))
        self._console.print()
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
        table.add_column("")
        table.add_column("Metric")
        for title in ("Before", "After", ""):
            table.add_column(title, justify="right")
        for change in worst:
            table.add_row(*_cells(change))
        self._console.print(Padding(table, (0, 2)))
        self._console.print()


def _cells(change: Change) -> tuple[Text, ...]:
    is_metric = change.field in {"value", None}
    return (
        Text(element_of(change), style="bold"),
        Text(change.element.type if is_metric else f"{change.element.type} {change.field}"),
        Text(value_text(change.before)),
        Text(value_text(change.after)),
        Text(span_of(change), style="red" if change.direction is ChangeDirection.WORSE else ""),
    )
