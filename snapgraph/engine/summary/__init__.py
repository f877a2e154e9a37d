"""A graph in short: what is stale, its totals, its bottlenecks and its heaviest paths."""

from snapgraph.engine.summary.bottlenecks import bottleneck_masks, bottlenecks
from snapgraph.engine.summary.history import history_entry
from snapgraph.engine.summary.paths import critical_paths
from snapgraph.engine.summary.provenance import capture_metadata, marked_quality
from snapgraph.engine.summary.stale import mark_stale, stale_counts
from snapgraph.engine.summary.totals import complexity, database_node, summarise
from snapgraph.engine.summary.worst import Part, bottleneck_scores, metric_scores, part_of_nodes, worst_nodes

__all__ = [
    "Part",
    "bottleneck_masks",
    "bottleneck_scores",
    "bottlenecks",
    "capture_metadata",
    "complexity",
    "critical_paths",
    "database_node",
    "history_entry",
    "mark_stale",
    "marked_quality",
    "metric_scores",
    "part_of_nodes",
    "stale_counts",
    "summarise",
    "worst_nodes",
]
