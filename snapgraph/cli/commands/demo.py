"""``snapgraph demo``."""

from __future__ import annotations

from pathlib import Path

import click

from snapgraph.cli.session import Session

__all__ = ["demo"]


@click.command(short_help="See it work: a shop under load, an incident, what changed.")
@click.option("--once", is_flag=True, help="End when the story is told, instead of serving and capturing on.")
@click.option(
    "--output-dir", type=click.Path(path_type=Path, file_okay=False), default="demo-output", show_default=True
)
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), default=".snapgraph", show_default=True)
@click.option(
    "--tick", type=click.FloatRange(1.0, 60.0), default=2.5, show_default=True, help="Seconds from capture to capture."
)
@click.pass_obj
def demo(session: Session, *, once: bool, output_dir: Path, data_dir: Path, tick: float) -> None:
    """Start a shop with a real SQL workload, let an incident happen to it, and say what changed.

    All servers are embedded; no database of yours is touched. The results are left in the output folder.
    """
    from snapgraph.cli.demo import Plan, play
    from snapgraph.cli.demo.display import Display
    from snapgraph.runtime import configure_logging
    from snapgraph.settings import Settings

    configure_logging(Settings(), level=session.log_level)
    display = Display(no_color=session.no_color, quiet=session.verbosity < 0)
    play(Plan(data_dir=data_dir, output_dir=output_dir, tick_seconds=tick, once=once), display)
