"""Rules as values and pure functions: what a trigger leads to."""

from snapgraph.engine.rules.retention import LIFETIMES, retention_class

__all__ = ["LIFETIMES", "retention_class"]
