"""For logging out: the sessions that have ended before their time.

The statements lie in the two .sql files beside this one and never change again.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    _run("up")


def downgrade() -> None:
    """Drop it."""
    _run("down")


def _run(direction: str) -> None:
    statements = Path(__file__).with_suffix(f".{direction}.sql").read_text("utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)
