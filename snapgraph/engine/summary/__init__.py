"""A graph in short: what is stale, its totals, its bottlenecks and its heaviest paths."""

from snapgraph.engine.summary.bottlenecks import bottlenecks
from snapgraph.engine.summary.paths import critical_paths
from snapgraph.engine.summary.stale import mark_stale, stale_counts
from snapgraph.engine.summary.totals import complexity, database_node, summarise

__all__ = [
    "bottlenecks",
    "complexity",
    "critical_paths",
    "database_node",
    "mark_stale",
    "stale_counts",
    "summarise",
]
