"""Data on stdout, in the form that was asked for: table, JSON, NDJSON, CSV or Markdown."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import click
import orjson

from snapgraph.cli.terminal import harmless

__all__ = ["FORMS", "Column", "Form", "print_document", "print_items", "render_table"]

FORMS = ("table", "json", "ndjson", "csv", "md")
WIDE = 10_000
"""Columns of a table that goes to no terminal: nothing is wrapped or cut there."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Item]):
    """One column of a table.

    Attributes:
        title: Its heading; in CSV in lower case, with underscores.
        value: What stands in it: a text, a number or ``None``.
        for_person: The same for a person (``1.2 s ago``); ``None``: as it is.
        is_number: Whether it stands to the right.
    """

    title: str
    value: Callable[[Item], Any]
    for_person: Callable[[Item], str] | None = None
    is_number: bool = False

    @property
    def name(self) -> str:
        """Its title as a key of CSV and JSON."""
        return self.title.lower().replace(" ", "_")

    def text(self, item: Item) -> str:
        """Give the cell as a person reads it."""
        text = self.value(item) if self.for_person is None else self.for_person(item)
        return "" if text is None else harmless(str(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How to print.

    Attributes:
        name: One of FORMS.
        no_color: No colour, whatever the terminal can do.
    """

    name: str
    no_color: bool = False


def print_items(
    items: Iterable[Item], columns: Sequence[Column[Item]], form: Form, *, to_json: Callable[[Item], Any]
) -> None:
    """Print a list; NDJSON and CSV as it comes, so that any length can be piped.

    Args:
        items: What to print.
        columns: For every form but JSON.
        form: In which form.
        to_json: An item as JSON, the same as in REST.
    """
    if form.name == "json":
        print_document([to_json(item) for item in items])
    elif form.name == "ndjson":
        for item in items:
            click.echo(orjson.dumps(to_json(item)))
    elif form.name == "csv":
        _print_csv(items, columns)
    elif form.name == "md":
        _print_markdown(items, columns)
    else:
        render_table(items, columns, no_color=form.no_color)


def print_document(document: Any) -> None:
    """Print one JSON document, indented."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _print_csv(items: Iterable[Item], columns: Sequence[Column[Item]]) -> None:
    from snapgraph.engine.formats.formulas import guarded

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    for item in items:
        values = (column.value(item) for column in columns)
        writer.writerow([guarded(value) if isinstance(value, str) else value for value in values])


def _print_markdown(items: Iterable[Item], columns: Sequence[Column[Item]]) -> None:
    click.echo("| " + " | ".join(column.title for column in columns) + " |")
    click.echo("|" + "|".join(" ---: " if column.is_number else " --- " for column in columns) + "|")
    for item in items:
        cells = (column.text(item).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ") for column in columns)
        click.echo("| " + " | ".join(cells) + " |")


def render_table(
    items: Iterable[Item],
    columns: Sequence[Column[Item]],
    *,
    no_color: bool = False,
    to_stderr: bool = False,
) -> None:
    """Print a table for a person: no lines, headings in bold, numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=to_stderr, no_color=no_color or None, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column.title, justify="right" if column.is_number else "left", overflow="fold")
    for item in items:
        table.add_row(*(Text(column.text(item)) for column in columns))
    console.print(table)
