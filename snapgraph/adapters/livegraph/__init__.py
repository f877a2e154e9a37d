"""The door to the live graph: Neo4j, or a server that speaks Bolt as it does."""

from snapgraph.adapters.livegraph.connection import LiveGraphConnection, open_live_graph

__all__ = ["LiveGraphConnection", "open_live_graph"]
