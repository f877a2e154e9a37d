"""``snapgraph db``: the store's schema and partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from snapgraph.cli.output import FORMS
from snapgraph.cli.session import Session

if TYPE_CHECKING:  # heavy: loaded when it is called
    from snapgraph.cli.output import Column
    from snapgraph.runtime import Runtime

__all__ = ["db"]

_output = click.option("-o", "--output", type=click.Choice(FORMS), default="table", show_default=True)


@click.group(short_help="Migrate and look at the store.")
def db() -> None:
    """Migrate and look at the store."""


@db.command("upgrade")
@click.pass_obj
def upgrade(session: Session) -> None:
    """Bring the schema to the newest revision, and make the partitions of the coming week.

    Done by the role of DATABASE_OWNER_URL when it is set. Running it twice does no harm.
    """
    from snapgraph.usecases.prepare import make_partitions, upgrade_schema

    with session.runtime(needs_live_graph=False) as runtime, session.working("Migrating …"):
        before, after = upgrade_schema(_owner_url(runtime))
        make_partitions(runtime.store)
    if before.is_at_head:
        session.tell(f"Already at {after.head}.")
    else:
        session.tell(f"From {before.current or 'nothing'} to {after.current}: {', '.join(before.pending)}.")
    click.echo(after.current)


@db.command("status")
@_output
@click.pass_obj
def status(session: Session, *, output: str) -> None:
    """Say which revision the schema has, and what is pending; exit with 1 unless it is at the newest."""
    from snapgraph.usecases.prepare import schema_status

    with session.runtime(needs_live_graph=False) as runtime:
        found = schema_status(_owner_url(runtime))
    document = {
        "current": found.current,
        "head": found.head,
        "pending": list(found.pending),
        "is_at_head": found.is_at_head,
    }
    _print_facts(document, output)
    if not found.is_at_head:
        session.tell("Run: snapgraph db upgrade")
        raise click.exceptions.Exit(1)


@db.command("partitions")
@_output
@click.pass_obj
def partitions(session: Session, *, output: str) -> None:
    """List the partitions of the store."""
    from snapgraph.cli.output import Column, Form, print_items
    from snapgraph.usecases.prepare import PartitionStatus, list_partitions

    columns: tuple[Column[PartitionStatus], ...] = (
        Column(title="Partition", value=lambda each: each.name),
        Column(title="Of", value=lambda each: each.parent),
        Column(title="Class", value=lambda each: each.range.retention_class.value),
        Column(title="Since", value=lambda each: each.range.since.date().isoformat()),
        Column(title="Until", value=lambda each: each.range.until.date().isoformat()),
        Column(title="Bytes", value=lambda each: each.bytes, for_person=lambda each: f"{each.bytes:,}", is_number=True),
        Column(title="Rows", value=lambda each: each.rows, is_number=True),
        Column(
            title="Detach pending",
            value=lambda each: each.detach_pending,
            for_person=lambda each: "pending" if each.detach_pending else "",
        ),
    )
    with session.runtime(needs_live_graph=False) as runtime:
        found = list_partitions(runtime.store)
    form = Form(name=output, no_color=session.no_color)
    print_items(found, columns, form, to_json=lambda each: {column.name: column.value(each) for column in columns})


def _owner_url(runtime: Runtime) -> str:
    store = runtime.settings.store
    url = store.owner_url or store.url
    return url.get_secret_value() if url else ""


def _print_facts(document: dict[str, Any], output: str) -> None:
    from snapgraph.cli.output import Form, print_document, print_items

    if output == "json":
        print_document(document)
    else:
        print_items([document], [_fact(name) for name in document], Form(name=output), to_json=dict)


def _fact(name: str) -> Column[dict[str, Any]]:
    from snapgraph.cli.output import Column

    return Column(title=name.replace("_", " ").capitalize(), value=lambda each: each[name])
