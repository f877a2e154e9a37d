"""``snapgraph serve``."""

from __future__ import annotations

import click

from snapgraph.cli.session import Session

__all__ = ["serve"]


@click.command(short_help="Serve REST and its documentation.")
@click.option("--host", help="Address to listen on [default: 127.0.0.1]; any other needs SNAPGRAPH_API_TOKEN.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port [default: 8000]; 0 takes a free one.")
@click.option("--threads", type=click.IntRange(1, 256), help="Requests at once [default: 16].")
@click.pass_obj
def serve(session: Session, *, host: str | None, port: int | None, threads: int | None) -> None:
    """Serve REST and its documentation until SIGTERM or Ctrl-C.

    One process with threads, by gunicorn. For a server of your own there is snapgraph.wsgi:app.
    """
    from snapgraph.cli.serving import serve_settings

    flags = {"server.host": host, "server.port": port, "server.threads": threads}
    settings = session.settings(flags)
    settings.check_server()
    with session.runtime(flags):  # what is wrong is told here, by name, and not by a worker that cannot boot
        pass
    serve_settings(settings, tell=session.tell)
