"""``snapgraph config``: the settings."""

from __future__ import annotations

import click

from snapgraph.cli.output import FORMS
from snapgraph.cli.session import Session

__all__ = ["config"]


@click.group(short_help="Show and check the settings.")
def config() -> None:
    """Show and check the settings.

    The one that stands first wins: command line, environment, .env, secret files, snapgraph.yaml, default.
    """


@config.command("show")
@click.option("--origin", is_flag=True, help="Say where each value comes from, and what it means.")
@click.option("--changed", is_flag=True, help="Only those that are not the default.")
@click.option("-o", "--output", type=click.Choice(FORMS), default="table", show_default=True)
@click.pass_obj
def show(session: Session, *, origin: bool, changed: bool, output: str) -> None:
    """Print every setting; secrets are masked."""
    from snapgraph.cli.output import Column, Form, print_items
    from snapgraph.settings import SettingOrigin

    columns: list[Column[SettingOrigin]] = [
        Column(title="Setting", value=lambda each: each.path),
        Column(title="Value", value=lambda each: each.value),
    ]
    if origin:
        columns += [
            Column(title="Origin", value=lambda each: each.origin),
            Column(title="Meaning", value=lambda each: each.description),
        ]
    found = [each for each in session.settings().explain() if not (changed and each.origin == "default")]
    print_items(
        found,
        columns,
        Form(name=output, no_color=session.no_color),
        to_json=lambda each: {"path": each.path, "value": each.value, "origin": each.origin},
    )


@config.command("check")
@click.pass_obj
def check(session: Session) -> None:
    """Check that the settings can be read and make sense together; exit with 1 when not, every problem listed."""
    settings = session.settings()
    settings.check_server()
    for name in settings.unknown_environment:
        session.tell(f"Warning: {name} is no setting of snapgraph: a typing error?")
    where = "embedded servers" if settings.is_embedded() else "the databases that are named"
    session.tell(f"The settings are good. They use {where}.")
