"""The Python client of a running snapgraph: every call of REST, typed with the values of the model."""

from __future__ import annotations

from snapgraph.client.client import Client
from snapgraph.client.documents import GraphDocument, LiveGraphEntry
from snapgraph.client.watching import LiveFilter, LiveUpdate, WatchedGraph

__all__ = ["Client", "GraphDocument", "LiveFilter", "LiveGraphEntry", "LiveUpdate", "WatchedGraph"]
