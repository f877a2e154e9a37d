"""How Alembic reaches the store: one migrator at a time, each revision in its own transaction, no long waits.

The URL comes from ``snapgraph.adapters.store.migrations``, or from ``alembic -x url=postgresql+psycopg://…``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from snapgraph.adapters.store.tables import metadata

LOCK_NUMBER = 0x736E6170
"""``snap`` in ASCII: the advisory lock that migrators take turns on."""
LOCK_TIMEOUT = "4s"
"""A waiting ALTER makes everyone behind it wait, so it gives up soon and is run again."""
STATEMENT_TIMEOUT = "5min"


def run(connection: sa.Connection) -> None:
    """Bring the schema to the wanted revision."""
    connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK_NUMBER)))
    connection.execute(sa.select(sa.func.set_config("lock_timeout", LOCK_TIMEOUT, False)))
    connection.execute(sa.select(sa.func.set_config("statement_timeout", STATEMENT_TIMEOUT, False)))
    partitions = set(connection.scalars(sa.text("SELECT relname FROM pg_class WHERE relispartition")))
    connection.commit()

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        """Leave partitions out of autogenerate: the product makes and drops them, not migrations."""
        return not (kind == "table" and name in partitions)

    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=True,
        include_name=is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: take --sql away, and give -x url=….")
url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
with engine.connect() as opened:
    run(opened)
