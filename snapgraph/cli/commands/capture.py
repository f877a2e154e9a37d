"""``snapgraph capture``."""

from __future__ import annotations

import click

from snapgraph.cli.options import data_options, graph_option
from snapgraph.cli.session import Session

__all__ = ["capture"]


@click.command(short_help="Capture the live graph now.")
@click.argument("description", default="")
@click.option("-t", "--tag", "tags", multiple=True, help="A name to find it by; may be repeated.")
@click.option("--note", default="", help="Any text; may be changed later.")
@click.option("--pin", is_flag=True, help="Never removed by retention.")
@click.option("--history", is_flag=True, help="Store the last 20 snapshots' values with it.")
@click.option("--key", metavar="KEY", help="Idempotency key: the same key gives the same snapshot.")
@graph_option
@data_options
@click.pass_obj
def capture(
    session: Session,
    description: str,
    *,
    tags: tuple[str, ...],
    note: str,
    pin: bool,
    history: bool,
    key: str | None,
    graph: str,
    url: str | None,
    output: str,
) -> None:
    """Capture the live graph now, and print the id of the snapshot.

    DESCRIPTION says why, such as "before deployment"; its first words become part of the id.
    """
    from snapgraph.cli.output import Form, print_items
    from snapgraph.cli.views import snapshot_columns
    from snapgraph.engine.formats.headers import snapshot_to_json

    with session.client(url) as client, session.working("Capturing …"):
        snapshot = client.capture(
            description,
            note=note,
            tags=tags,
            pinned=pin,
            graph=graph,
            include_historical=history,
            idempotency_key=key,
        )
    session.tell(
        f"Captured v{snapshot.version}: {snapshot.counts.nodes} nodes, {snapshot.counts.edges} edges, "
        f"quality {snapshot.quality.grade}, {snapshot.metadata.capture_duration_ms:.0f} ms."
    )
    if snapshot.counts.nodes == 0:
        session.tell("The live graph is empty: snapgraph observe fills it.")
    if output == "table":
        click.echo(snapshot.id)
    else:
        print_items([snapshot], snapshot_columns("UTC"), Form(name=output), to_json=snapshot_to_json)
