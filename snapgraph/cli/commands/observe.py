"""``snapgraph observe``."""

from __future__ import annotations

import click

from snapgraph.cli.session import Session

__all__ = ["observe"]


@click.command(short_help="Write what a Postgres does into the live graph.")
@click.option("--observed", metavar="URL", help="The Postgres to observe [SNAPGRAPH_OBSERVED_URL].")
@click.option("--every", type=click.FloatRange(0.2, 3600), metavar="SECONDS", help="From tick to tick [default: 5].")
@click.option("--ticks", type=click.IntRange(1), help="End after so many [default: never].")
@click.option("--graph", help="The live graph that is written [default: default].")
@click.pass_obj
def observe(
    session: Session, *, observed: str | None, every: float | None, ticks: int | None, graph: str | None
) -> None:
    """Read a Postgres every few seconds, and write what it does into the live graph, until SIGTERM or Ctrl-C.

    It needs pg_stat_statements in shared_preload_libraries, and a role with pg_read_all_stats.
    """
    from snapgraph.cli.observing import observe_settings

    flags = {"observe.url": observed, "observe.tick_seconds": every, "observe.live_graph": graph}
    observe_settings(session, flags, ticks=ticks)
