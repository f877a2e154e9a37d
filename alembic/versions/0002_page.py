"""For the page: change magnitude, the feed of the live stream, positions of nodes, saved views, views for Grafana.

The statements lie in the two .sql files beside this one and never change again.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column, the tables and the views."""
    _run("up")


def downgrade() -> None:
    """Drop them, with the magnitudes, positions and saved views."""
    _run("down")


def _run(direction: str) -> None:
    statements = Path(__file__).with_suffix(f".{direction}.sql").read_text("utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)
