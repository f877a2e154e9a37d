"""How hot a table is, from 0 to 100.

``100 · (0.4 · load + 0.3 · latency + 0.3 · scans)``, each part 0 to 1:

* load: the share of the tick's execution time that statements on the table took;
* latency: ``ms / (ms + 100)`` of the mean time of those statements, so that 100 ms (the default level of high latency)
  is a half, and 1,000 ms 0.91;
* scans: the share of sequential scans among all scans of the table, times ``rows / (rows + 1000)`` of the rows that one
  of them reads, so that reading a small table from end to end, which is right, does not count.

A table that takes all the time with 100 ms a statement by full scans has 85 (high), with 1,000 ms 97 (critical); one
that takes half the time with 2 ms a statement by index has 21.
Weakness: a mix of three scales with weights set by judgement, meant for ranking the tables of one database. Whether it
is worse than before is for the diff and the regression engine to say.
"""

from __future__ import annotations

__all__ = ["hotspot_score"]

_LOAD, _LATENCY, _SCANS = 40.0, 30.0, 30.0
_HALF_LATENCY_MS = 100.0
_HALF_ROWS = 1000.0


def hotspot_score(
    *, load: float, latency_ms: float, sequential_scans: int, sequential_rows: int, index_scans: int
) -> float:
    """Mix load (0 to 1), mean latency and sequential scans into a score of 0 to 100.

    >>> round(hotspot_score(load=1, latency_ms=100, sequential_scans=5, sequential_rows=10**9, index_scans=0))
    85
    >>> hotspot_score(load=0.5, latency_ms=0, sequential_scans=0, sequential_rows=0, index_scans=9)
    20.0
    """
    scans = 0.0
    if sequential_scans > 0:
        rows = sequential_rows / sequential_scans
        scans = sequential_scans / (sequential_scans + index_scans) * rows / (rows + _HALF_ROWS)
    latency = latency_ms / (latency_ms + _HALF_LATENCY_MS)
    return _LOAD * min(load, 1.0) + _LATENCY * latency + _SCANS * scans
