"""The live stream on columns: what changed from one tick to the next, and how that is put on a graph again."""

from snapgraph.engine.stream.bodies import delta_from_bytes, delta_to_bytes, graph_from_bytes, graph_to_bytes
from snapgraph.engine.stream.deltas import GraphDelta, Op, apply_delta, delta_between, merge_deltas

__all__ = [
    "GraphDelta",
    "Op",
    "apply_delta",
    "delta_between",
    "delta_from_bytes",
    "delta_to_bytes",
    "graph_from_bytes",
    "graph_to_bytes",
    "merge_deltas",
]
