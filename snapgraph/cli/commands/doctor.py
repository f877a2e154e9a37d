"""``snapgraph doctor``."""

from __future__ import annotations

import click

from snapgraph.cli.output import FORMS
from snapgraph.cli.session import Session

__all__ = ["doctor"]


@click.command(short_help="Check everything that this needs, with a cure each.")
@click.option("-o", "--output", type=click.Choice(FORMS), default="table", show_default=True)
@click.pass_obj
def doctor(session: Session, *, output: str) -> None:
    """Check versions, settings, reachability, schema, partitions, extension and clock, with a cure for each.

    Exit codes: 0 all is well, 1 something is wrong, 4 something cannot be reached.
    """
    from snapgraph.cli.examination import FINDING_COLUMNS, examine, exit_code
    from snapgraph.cli.output import Form, print_items
    from snapgraph.engine.formats.records import record_to_json

    findings = examine(session)
    print_items(findings, FINDING_COLUMNS, Form(name=output, no_color=session.no_color), to_json=record_to_json)
    raise click.exceptions.Exit(exit_code(findings))
