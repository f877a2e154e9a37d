"""The door to the live graph: Neo4j, or a server that speaks Bolt as it does."""

from snapgraph.adapters.livegraph.collector import collector_pause
from snapgraph.adapters.livegraph.connection import LiveGraphConnection, open_live_graph

__all__ = ["LiveGraphConnection", "collector_pause", "open_live_graph"]
