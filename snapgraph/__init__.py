"""snapgraph: a flight recorder for performance graphs.

The public names are resolved on first use, so that ``import snapgraph`` (and ``snapgraph --help``) stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "Client": "snapgraph.client",
    "SnapgraphError": "snapgraph.errors",
    "diff_graphs": "snapgraph.engine.diff",
    "from_networkx": "snapgraph.engine.diff",
    "to_networkx": "snapgraph.engine.diff",
}

__all__ = ["Client", "SnapgraphError", "__version__", "diff_graphs", "from_networkx", "to_networkx"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'snapgraph' has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
