"""Real servers of our own, for the demo, the default set-up and the tests: PostgreSQL and a Bolt server."""

from __future__ import annotations

from snapgraph.adapters.embedded.bolt import RunningBolt, start_bolt
from snapgraph.adapters.embedded.postgres import RunningPostgres, start_postgres
from snapgraph.adapters.embedded.servers import Servers, open_servers

__all__ = ["RunningBolt", "RunningPostgres", "Servers", "open_servers", "start_bolt", "start_postgres"]
