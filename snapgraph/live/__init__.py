"""The live stream: a websocket (and its SSE twin) on which programs and the page follow a live graph."""

from snapgraph.live.feed import Feed, PollingFeed
from snapgraph.live.handshake import serve_live
from snapgraph.live.hub import Hub, HubLimits

__all__ = ["Feed", "Hub", "HubLimits", "PollingFeed", "serve_live"]
