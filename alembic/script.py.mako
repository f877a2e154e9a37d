"""${message}.

Before you write this: it runs while captures go on. Add before the deploy, remove after the next one; no lock that waits
for long (``lock_timeout`` is 4 s); an index by CONCURRENTLY outside of the transaction. Say what each number is for.
Then change ``snapgraph/adapters/store/tables.py`` to the same: ``tests/migrations`` compares the two byte by byte.
"""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Say what it makes."""
    ${upgrades if upgrades else "op.execute('')"}


def downgrade() -> None:
    """Say what is lost."""
    ${downgrades if downgrades else "op.execute('')"}
