"""Other processes, by their id."""

from __future__ import annotations

from pathlib import Path

from snapgraph.adapters.embedded.launch import exists

__all__ = ["is_alive"]


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody took note of (a zombie) does not.

    In a container whose first process reaps nothing, every process that outlives its parent becomes one.
    """
    return exists(pid) and not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no such system, or it went while we looked
        return False
    return state.rpartition(")")[2].split()[0] == "Z"
