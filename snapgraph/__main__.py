"""``python -m snapgraph`` is ``snapgraph``."""

from __future__ import annotations

from snapgraph.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
