"""The live stream: a websocket (and its SSE twin) on which programs and the page follow a live graph."""

from snapgraph.live.asyncapi import asyncapi_document
from snapgraph.live.events import live_routes
from snapgraph.live.feed import Feed
from snapgraph.live.handshake import serve_live
from snapgraph.live.hub import Hub
from snapgraph.live.places import HubLimits

__all__ = ["Feed", "Hub", "HubLimits", "asyncapi_document", "live_routes", "serve_live"]
