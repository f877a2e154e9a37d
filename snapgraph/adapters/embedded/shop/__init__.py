"""The shop of the demo: a Postgres under observation with a real concurrent workload, and an incident to find."""

from __future__ import annotations

from snapgraph.adapters.embedded.shop.shop import RunningShop, start_shop

__all__ = ["RunningShop", "start_shop"]
