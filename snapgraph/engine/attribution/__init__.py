"""What a database does, as a graph: SQL text and counters in, nodes and edges of one tick out."""

from __future__ import annotations

from snapgraph.engine.attribution.state import ObserverState
from snapgraph.engine.attribution.statements import shape_of
from snapgraph.engine.attribution.ticks import TickOptions, tick

__all__ = ["ObserverState", "TickOptions", "shape_of", "tick"]
