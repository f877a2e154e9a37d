"""``snapgraph demo``: the main job on real servers, told as it happens."""

from __future__ import annotations

from snapgraph.cli.demo.story import Plan, play

__all__ = ["Plan", "play"]
