"""The clock of the store: the only clock that snapshots know."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from snapgraph.adapters.store.connection import Transaction

__all__ = ["now"]


def now(tx: Transaction) -> datetime:
    """Read Postgres' clock: aware, UTC, at this moment (not at the start of the transaction)."""
    moment: datetime = tx.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return moment
