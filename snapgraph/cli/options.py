"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from snapgraph.cli.output import FORMS

__all__ = ["MOMENT", "data_options", "graph_option", "url_option"]

Function = TypeVar("Function", bound=Callable[..., Any])

graph_option = click.option("--graph", default="default", show_default=True, help="The live graph by name.")
url_option = click.option("--url", metavar="URL", help="A running server, in place of the databases [SNAPGRAPH_URL].")
_output_option = click.option(
    "-o", "--output", type=click.Choice(FORMS), default="table", show_default=True, help="In which form."
)
_json_option = click.option("--json", "output", flag_value="json", help="Short for --output json.")


def data_options(function: Function) -> Function:
    """Add ``--url``, ``--output`` and ``--json``."""
    return url_option(_output_option(_json_option(function)))


class _Moment(click.ParamType[datetime, Any]):
    """A time, in the grammar of REST; ``2h`` is short for ``now-2h``."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        from snapgraph.web.times import read_time

        if isinstance(value, datetime):
            return value
        text = str(value)
        spoken = f"now-{text}" if text[:-1].isdigit() and text[-1:] in "smhdw" else text
        try:
            return read_time(spoken, now=datetime.now(UTC))
        except ValueError as error:
            self.fail(f"{text!r} {error}", param, ctx)


MOMENT = _Moment()
