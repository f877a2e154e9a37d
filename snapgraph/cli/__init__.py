"""The command line: ``snapgraph``. Data go to stdout, talk goes to stderr.

Exit codes: 0 done · 1 failed · 2 used wrongly · 3 ``compare --fail-on`` found a regression · 4 cannot connect.
"""

from __future__ import annotations

from snapgraph.cli.program import main

__all__ = ["main"]
