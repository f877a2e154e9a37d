"""Two graphs in, the changes between them out: numpy columns all the way, networkx where shape matters."""

from snapgraph.engine.diff.changes import changes
from snapgraph.engine.diff.comparing import compare_columns
from snapgraph.engine.diff.differences import DiffColumns
from snapgraph.engine.diff.hashing import content_hash
from snapgraph.engine.diff.networks import from_networkx, to_networkx
from snapgraph.engine.diff.paging import page
from snapgraph.engine.diff.terms import Terms

__all__ = [
    "DiffColumns",
    "Terms",
    "changes",
    "compare_columns",
    "content_hash",
    "from_networkx",
    "page",
    "to_networkx",
]
