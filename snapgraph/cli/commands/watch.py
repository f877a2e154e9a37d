"""``snapgraph watch``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from snapgraph.cli.options import graph_option, url_option
from snapgraph.cli.session import Session
from snapgraph.cli.terminal import harmless

if TYPE_CHECKING:
    from snapgraph.client import LiveUpdate

__all__ = ["watch"]

DEFAULT_URL = "http://127.0.0.1:8000"
"""Where snapgraph serve is when nothing else is said: a live stream needs a running server."""


@click.command(short_help="Follow the live graph of a running server.")
@click.option("--type", "types", multiple=True, help="Only relationships of this type; may be repeated.")
@click.option("--node", "nodes", multiple=True, help="Only nodes of this name or pattern; may be repeated.")
@click.option("--min-value", type=float, help="Only relationships with at least this value.")
@click.option("--bottlenecks", is_flag=True, help="Only what is over its threshold.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many updates [default: never].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: the messages as they came.")
@graph_option
@url_option
@click.pass_obj
def watch(
    session: Session,
    *,
    types: tuple[str, ...],
    nodes: tuple[str, ...],
    min_value: float | None,
    bottlenecks: bool,
    count: int | None,
    as_json: bool,
    graph: str,
    url: str | None,
) -> None:
    """Follow the live graph: its state, then a line for each change.

    Comes back by itself after a break, and goes on where it was. Ends with Ctrl+C.
    """
    from itertools import islice

    import orjson

    from snapgraph.client import LiveFilter

    wanted = LiveFilter(graph=graph, types=types, nodes=nodes, min_value=min_value, bottlenecks=bottlenecks)
    settings = session.settings({"url": url})
    with session.client(settings.url or DEFAULT_URL) as client:
        for update in islice(client.watch(wanted=wanted), count):
            click.echo(orjson.dumps(update.message) if as_json else harmless(_line(update)))


def _line(update: LiveUpdate) -> str:
    message = update.message
    if update.kind == "state":
        return f"{update.seq}  state  {len(message['nodes'])} nodes, {len(message['relationships'])} relationships"
    if update.kind == "delta":
        parts = (f"{kind} {_counts(message[kind])}" for kind in ("nodes", "relationships") if _counts(message[kind]))
        return f"{update.seq}  delta  {', '.join(parts)}"
    if update.kind == "alert":
        bottleneck = message["bottleneck"]
        return (
            f"{update.seq}  {message['event']}  {bottleneck['label']} {bottleneck['metric']} "
            f"{bottleneck['value']:g} ({bottleneck['severity']})"
        )
    if update.kind == "snapshot":
        name = message.get("snapshot_id") or message["snapshot"]["snapshot_id"]
        return f"{update.seq}  {message['event']}  {name}"
    if update.kind == "reading":
        why = message.get("detail") or f"last read {message['read_at']}"
        return f"{update.seq}  reading  {'again' if message['reading'] else why}"
    return f"{update.seq}  error  {message.get('detail', '')}"


def _counts(changes: Mapping[str, Any]) -> str:
    signs = {"added": "+", "changed": "~", "removed": "-"}
    return " ".join(f"{sign}{len(changes[name])}" for name, sign in signs.items() if changes[name])
