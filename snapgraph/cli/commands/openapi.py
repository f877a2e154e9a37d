"""``snapgraph openapi``."""

from __future__ import annotations

import click

__all__ = ["openapi"]


@click.command(short_help="Print the OpenAPI document of REST.")
def openapi() -> None:
    """Print the OpenAPI 3.1 document of REST as JSON; no server and no settings are needed."""
    from snapgraph.api import openapi_document
    from snapgraph.cli.output import print_document

    print_document(openapi_document())
