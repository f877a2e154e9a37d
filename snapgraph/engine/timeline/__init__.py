"""Many snapshots on one strip of time: buckets, the most telling marks, gaps."""

from snapgraph.engine.timeline.gaps import find_gaps
from snapgraph.engine.timeline.strips import arrange

__all__ = ["arrange", "find_gaps"]
