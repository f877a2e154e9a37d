"""Snapshots: headers, the dictionary of elements, manifests and chunks in partitions, and their ledgers.

The statements lie in the two .sql files beside this one and never change again.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _run("up")


def downgrade() -> None:
    """Drop the tables, and all snapshots with them."""
    _run("down")


def _run(direction: str) -> None:
    statements = Path(__file__).with_suffix(f".{direction}.sql").read_text("utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)
