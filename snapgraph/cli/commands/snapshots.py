"""``snapgraph snapshots``: what is stored."""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import chain
from pathlib import Path

import click

from snapgraph.cli.options import MOMENT, data_options, graph_option, url_option
from snapgraph.cli.session import Session
from snapgraph.cli.terminal import harmless
from snapgraph.model.queries import SnapshotFilter, SnapshotRevision
from snapgraph.model.vocabulary import Severity, TriggerType

__all__ = ["snapshots"]


@click.group(short_help="List, show, tag, pin, export, remove snapshots.")
def snapshots() -> None:
    """List, show, tag, pin, export, remove snapshots.

    A REFERENCE is an id, latest, latest~3, @2025-01-06T14:23:05Z (the one nearest before), v17, or a tag.
    """


@snapshots.command("ls")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@click.option("--trigger", type=click.Choice([str(each) for each in TriggerType]), multiple=True, help="Only these.")
@click.option("--severity", type=click.Choice([str(each) for each in Severity]), multiple=True, help="Only these.")
@click.option("--since", type=MOMENT, help="Captured at or after: 2h, now-6h, 2025-01-01, or with time and offset.")
@click.option("--until", type=MOMENT, help="Captured before.")
@click.option("--tag", help="With this tag.")
@click.option("--search", help="With this text in id, description, note, reason or tags.")
@click.option("--graph", help="Of this live graph [default: of all].")
@click.option("--oldest-first", is_flag=True, help="The oldest first.")
@data_options
@click.pass_obj
def ls(
    session: Session,
    *,
    limit: int,
    trigger: tuple[str, ...],
    severity: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    tag: str | None,
    search: str | None,
    graph: str | None,
    oldest_first: bool,
    url: str | None,
    output: str,
) -> None:
    """List snapshots, the newest first."""
    from snapgraph.cli.output import Form, print_items
    from snapgraph.cli.views import snapshot_columns
    from snapgraph.engine.formats.headers import snapshot_to_json

    wanted = SnapshotFilter(
        graph=graph,
        trigger=tuple(map(TriggerType, trigger)),
        severity=tuple(map(Severity, severity)),
        since=since,
        until=until,
        tag=tag,
        text=search,
        newest_first=not oldest_first,
    )
    form = Form(name=output, no_color=session.no_color)
    columns = snapshot_columns(session.settings().timezone)
    with session.client(url) as client:
        found = client.list(wanted, limit=limit)
        first = next(found, None)
        if first is None:
            is_filtered = wanted != SnapshotFilter(newest_first=wanted.newest_first)
            session.tell(
                "No snapshot is like that." if is_filtered else "No snapshot yet: snapgraph capture makes one."
            )
        print_items(found if first is None else chain((first,), found), columns, form, to_json=snapshot_to_json)


@snapshots.command("show")
@click.argument("reference", default="latest")
@graph_option
@data_options
@click.pass_obj
def show(session: Session, reference: str, *, graph: str, url: str | None, output: str) -> None:
    """Show the header of a snapshot [default: latest]. Its graph is what `export` gives."""
    from snapgraph.cli.output import Form, print_document, print_items
    from snapgraph.cli.views import snapshot_columns, snapshot_facts
    from snapgraph.engine.formats.headers import snapshot_to_json

    with session.client(url) as client:
        snapshot = client.header(reference, graph=graph)
    if output == "table":
        facts = snapshot_facts(snapshot, session.settings().timezone)
        click.echo(harmless("\n".join(f"{name:<15} {value}".rstrip() for name, value in facts)))
    elif output == "json":
        print_document(snapshot_to_json(snapshot))
    else:
        print_items([snapshot], snapshot_columns("UTC"), Form(name=output), to_json=snapshot_to_json)


@snapshots.command("rm")
@click.argument("references", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@graph_option
@url_option
@click.pass_obj
def rm(session: Session, references: tuple[str, ...], *, yes: bool, dry_run: bool, graph: str, url: str | None) -> None:
    """Delete snapshots: they are invisible at once. Pinned ones are refused."""
    with session.client(url) as client:
        ids = list(dict.fromkeys(client.header(reference, graph=graph).id for reference in references))
        if dry_run:
            click.echo("\n".join(ids))
            return
        if not yes:
            _ask_to_delete(ids)
        for snapshot_id in ids:  # by id: `latest` would mean another one after the first
            client.delete(snapshot_id)
            click.echo(snapshot_id)


def _ask_to_delete(ids: list[str]) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here: add --yes to delete.")
    click.echo("\n".join(ids), err=True)
    click.confirm(f"Delete {len(ids)} snapshot{'' if len(ids) == 1 else 's'}?", abort=True, err=True)


@snapshots.command("tag")
@click.argument("reference")
@click.argument("tags", nargs=-1)
@click.option("--remove", multiple=True, metavar="TAG", help="Take this one away; may be repeated.")
@graph_option
@url_option
@click.pass_obj
def tag(
    session: Session, reference: str, tags: tuple[str, ...], *, remove: tuple[str, ...], graph: str, url: str | None
) -> None:
    """Add TAGS to a snapshot, and print all that it then has."""
    if not tags and not remove:
        raise click.UsageError("Name a tag to add, or one to --remove.")
    with session.client(url) as client:
        revised = client.tag(reference, add=tags, remove=remove, graph=graph)
    click.echo("\n".join(revised.tags))


@snapshots.command("pin")
@click.argument("reference")
@click.option("--off", is_flag=True, help="Unpin it: it gets back the retention class of its trigger.")
@graph_option
@url_option
@click.pass_obj
def pin(session: Session, reference: str, *, off: bool, graph: str, url: str | None) -> None:
    """Keep a snapshot for good: retention never removes it."""
    with session.client(url) as client:
        revised = client.revise(reference, SnapshotRevision(pinned=not off), graph=graph)
    session.tell(f"{'Pinned' if revised.pinned else 'Unpinned'}; kept as {revised.retention_class}.")
    click.echo(revised.id)


@snapshots.command("export")
@click.argument("reference", default="latest")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["json", "cypher", "csv"]), default="json", show_default=True
)
@click.option(
    "--part",
    type=click.Choice(["relationships", "nodes", "all"]),
    default="relationships",
    show_default=True,
    help="For csv: which table; all is a zip of both.",
)
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="File [default: stdout].")
@graph_option
@url_option
@click.pass_obj
def export(
    session: Session, reference: str, *, format_: str, part: str, to: Path | None, graph: str, url: str | None
) -> None:
    """Write a snapshot as JSON, as Cypher that loads into a Neo4j, or as CSV."""
    if part == "all" and to is None and sys.stdout.isatty():
        raise click.UsageError("A zip is nothing for a terminal: name a file by --to.")
    with session.client(url) as client:
        if to is None:
            client.export_to(sys.stdout.buffer, reference, format=format_, part=part, graph=graph)
            return
        with session.working(f"Exporting to {to} …"):
            size = client.export_to(to, reference, format=format_, part=part, graph=graph)
    session.tell(f"{to}: {size:,} bytes.")
