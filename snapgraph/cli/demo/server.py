"""The server that goes on after the demo: ``python -m snapgraph.cli.demo.server DATA_DIR PORT``.

It knows the embedded servers of that folder and nothing else: what the environment says about other databases is not
for the demo.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from snapgraph.cli.serving import serve_settings
from snapgraph.settings import Settings

__all__ = ["main"]


def main(data_dir: Path, port: int) -> None:
    """Serve the embedded servers of a folder on a port of 127.0.0.1."""
    settings = Settings.model_validate({"data_dir": data_dir, "server": {"port": port}})
    serve_settings(settings, tell=lambda sentence: click.echo(sentence, err=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
