"""``snapgraph compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from snapgraph.cli.failures import ExitCode
from snapgraph.cli.options import data_options, graph_option
from snapgraph.cli.session import Session
from snapgraph.cli.terminal import harmless
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.vocabulary import ChangeDirection, ElementKind, Operation, Severity, Significance

if TYPE_CHECKING:  # heavy: loaded when it is called
    from snapgraph.model.changes import Comparison

__all__ = ["compare"]

GATES = [Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]


def _choice(values: type[ChangeDirection | ElementKind | Operation | Significance]) -> click.Choice[str]:
    return click.Choice([str(value) for value in values])


@click.command(short_help="Say what changed between two snapshots.")
@click.argument("before")
@click.argument("after", default="latest")
@click.option(
    "--fail-on",
    type=click.Choice([str(gate) for gate in GATES]),
    help="Exit with 3 when anything got worse by more than 10, 15 or 25 %, beyond its own noise.",
)
@click.option("--limit", type=click.IntRange(1, 50_000), default=20, show_default=True, help="At most so many changes.")
@click.option("--kind", type=_choice(ElementKind), help="Only nodes, or only edges.")
@click.option("--op", type=_choice(Operation), multiple=True, help="Only these; may be repeated.")
@click.option("--direction", type=_choice(ChangeDirection), multiple=True, help="Only these; may be repeated.")
@click.option("--significance", type=_choice(Significance), multiple=True, help="Only these; may be repeated.")
@click.option("--type", "types", multiple=True, help="Only this relationship type or label; may be repeated.")
@click.option("--field", "fields", multiple=True, help="Only this property; may be repeated.")
@click.option("--search", help="Only elements with this text in their key.")
@click.option("--sort", type=click.Choice(["default", "delta", "canonical"]), default="default", show_default=True)
@graph_option
@data_options
@click.pass_obj
def compare(
    session: Session,
    before: str,
    after: str,
    *,
    fail_on: str | None,
    limit: int,
    kind: str | None,
    op: tuple[str, ...],
    direction: tuple[str, ...],
    significance: tuple[str, ...],
    types: tuple[str, ...],
    fields: tuple[str, ...],
    search: str | None,
    sort: str,
    graph: str,
    url: str | None,
    output: str,
) -> None:
    """Say what changed from BEFORE to AFTER [default: latest].

    Both take an id, latest, latest~3, @2025-01-06T14:23:05Z, v17, a tag, or live (the graph as it is now).
    """
    wanted = ChangeFilter(
        kind=ElementKind(kind) if kind else None,
        op=tuple(map(Operation, op)),
        direction=tuple(map(ChangeDirection, direction)),
        significance=tuple(map(Significance, significance)),
        type=types,
        field=fields,
        text=search,
        sort=sort,
    )
    with session.client(url) as client, session.working("Comparing …"):
        comparison = client.compare(before, after, graph=graph, wanted=wanted, limit=limit)
    _print(session, comparison, output)
    if fail_on is not None and _has_failed(session, comparison, Severity(fail_on)):
        raise click.exceptions.Exit(ExitCode.REGRESSION_FOUND)


def _print(session: Session, comparison: Comparison, output: str) -> None:
    from snapgraph.cli.output import Form, print_document, print_items
    from snapgraph.cli.views import change_columns, counts_line
    from snapgraph.engine.formats.comparisons import change_to_json, comparison_to_json

    if output == "json":
        print_document(comparison_to_json(comparison))
        return
    if output in {"table", "md"}:
        click.echo(f"{harmless(comparison.summary.sentence)}\n\n{counts_line(comparison)}.\n")
    form = Form(name=output, no_color=session.no_color)
    print_items(comparison.changes, change_columns(), form, to_json=change_to_json)
    if not comparison.complete:
        session.tell(f"{len(comparison.changes)} of {comparison.matching} changes: --limit gives more.")


def _has_failed(session: Session, comparison: Comparison, gate: Severity) -> bool:
    from snapgraph.engine.diff import regressions_at_least

    found = regressions_at_least(comparison.totals, gate)
    session.tell(f"{found} regression{'' if found == 1 else 's'} of severity {gate} or worse.")
    return found > 0
