"""For the live stream: how the reading of each live graph goes, so that every process can say it.

The statements lie in the two .sql files beside this one and never change again.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    _run("up")


def downgrade() -> None:
    """Drop them."""
    _run("down")


def _run(direction: str) -> None:
    statements = Path(__file__).with_suffix(f".{direction}.sql").read_text("utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)
