"""How different a graph is from the one before, as one number from 0 (the same) to 1 (nothing in common).

Each relationship has a distance: 1 when it came or went (or was no longer observed), for a metric that both sides have
``|after - before| / max(|before|, |after|)``, else 0; a node that came or went counts 1 too. The magnitude is the root
mean square over all relationships of both sides and those nodes. Structure and metrics so share one scale, the relative
distance makes milliseconds and queries per second equal, and the square lets one relationship that grew tenfold among
a hundred (0.09) stand out of the noise of all (5 % everywhere: 0.05), which a plain mean (0.009) would bury.
"""

from __future__ import annotations

import numpy as np

from snapgraph.engine.diff.differences import KINDS, NOTHING, OPERATIONS, DiffColumns, Numbers
from snapgraph.engine.diff.grading import VALUE
from snapgraph.model.vocabulary import ElementKind, Operation

__all__ = ["change_magnitude"]

_CHANGED = OPERATIONS.index(Operation.CHANGED)
_EDGE = KINDS.index(ElementKind.EDGE)


def change_magnitude(diff: DiffColumns, *, edges_after: int) -> float:
    """Measure how far two graphs are apart.

    Args:
        diff: All changes between them, whatever fields were left out of the comparison.
        edges_after: How many relationships the later graph has, the unchanged ones included.

    Returns:
        0 to 1, rounded to four decimals.
    """
    whole = diff.operations != _CHANGED
    is_edge = diff.kinds == _EDGE
    gone = is_edge & (diff.after_rows == NOTHING)
    elements = edges_after + int(gone.sum()) + int((whole & ~is_edge).sum())
    if elements == 0:
        return 0.0
    rows = diff.positions(ElementKind.EDGE, VALUE)
    squares = int(whole.sum()) + float((_distances(diff.before_numbers[rows], diff.after_numbers[rows]) ** 2).sum())
    return float(round(min(1.0, (squares / elements) ** 0.5), 4))


def _distances(before: Numbers, after: Numbers) -> Numbers:
    """Give the relative distance of each pair; 1 where a side has no number or the sign changed."""
    largest = np.fmax(np.abs(before), np.abs(after))
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.abs(after / largest - before / largest)  # divided first: the difference may overflow
    return np.where(np.isnan(relative), 1.0, np.minimum(relative, 1.0))
