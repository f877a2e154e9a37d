"""Everything that a comparison says, put together from a judged diff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from snapgraph.engine.diff.changes import changes
from snapgraph.engine.diff.differences import DiffColumns
from snapgraph.engine.diff.elements import Sides
from snapgraph.engine.diff.hashing import content_hash
from snapgraph.engine.diff.paging import page
from snapgraph.engine.diff.sentences import Facts, sentence
from snapgraph.engine.diff.structure import structure_change
from snapgraph.engine.diff.summaries import count_changes, top_changes
from snapgraph.model.changes import BottleneckProgress, Comparison, ComparisonSummary, StructureChange
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import ChangeDirection

__all__ = ["PageRequest", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which changes are wanted.

    Attributes:
        filter: Which, and in which order.
        limit: At most so many.
        cursor: Where to go on; ``None`` from the start.
    """

    filter: ChangeFilter
    limit: int
    cursor: str | None = None


def report(
    diff: DiffColumns,
    sides: tuple[Snapshot, Snapshot],
    complete: Sides,
    bottlenecks: BottleneckProgress,
    metrics: Mapping[str, MetricDefinition],
    wanted: PageRequest,
) -> Comparison:
    """Make the answer of a comparison.

    Args:
        diff: All changes, judged.
        sides: The two headers.
        complete: Both graphs with all their nodes and edges, in canonical order.
        bottlenecks: Came, went, stayed.
        metrics: Relationship type -> what it means.
        wanted: Which changes to give.

    Raises:
        InvalidInputError: Limit, sort or cursor are not valid.
    """
    hashed = content_hash(diff)
    chosen = page(diff, hashed, wanted.filter, wanted.limit, wanted.cursor)
    worst, best = (
        top_changes(diff, direction, metrics) for direction in (ChangeDirection.WORSE, ChangeDirection.BETTER)
    )
    # in one go: labelling looks at the whole graph each time
    shown = changes(diff, np.concatenate([np.asarray(chosen.items, dtype=np.int64), worst, best]), metrics, complete)
    paged, ranked = len(chosen.items), len(chosen.items) + len(worst)
    counts = count_changes(diff)
    facts = Facts(
        diff=diff,
        counts=counts,
        regressions=tuple(shown[paged:ranked]),
        improvements=tuple(shown[ranked:]),
        structure=_structure(sides, complete),
        metrics=metrics,
        sides=sides,
    )
    return Comparison(
        before=sides[0],
        after=sides[1],
        summary=_summary(facts, bottlenecks),
        changes=shown[:paged],
        complete=len(chosen.items) == chosen.total,
        totals=counts,
        matching=chosen.total,
        next=chosen.next,
        content_hash=hashed,
    )


def _summary(facts: Facts, bottlenecks: BottleneckProgress) -> ComparisonSummary:
    return ComparisonSummary(
        sentence=sentence(facts),
        counts=facts.counts,
        regressions=tuple(facts.regressions),
        improvements=tuple(facts.improvements),
        bottlenecks=bottlenecks,
        structure=facts.structure,
    )


def _structure(sides: tuple[Snapshot, Snapshot], complete: Sides) -> StructureChange:
    """Compare the shapes, and the critical paths of the summaries."""
    before, after = (side.summary.critical_paths for side in sides)
    return replace(
        structure_change(*complete),
        critical_paths_appeared=tuple(path for path in after if path not in before),
        critical_paths_disappeared=tuple(path for path in before if path not in after),
    )
