"""The Postgres under observation: what its statistics say at one moment."""

from __future__ import annotations

from snapgraph.adapters.observed.connection import ObservedPostgres, open_observed

__all__ = ["ObservedPostgres", "open_observed"]
