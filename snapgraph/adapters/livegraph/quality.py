"""How far a read can be trusted, and why, as a value of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from snapgraph.adapters.livegraph.assembly import Assembled
from snapgraph.adapters.livegraph.passes import Pass
from snapgraph.model.columns import GraphColumns
from snapgraph.model.snapshots import Freshness, Quality
from snapgraph.model.vocabulary import QualityGrade

__all__ = ["Verdict", "freshness", "graded", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong with one pass.

    Attributes:
        missed: Relationships that the counts know and the scan did not see.
        dangling: Relationships with an end that was not read.
        repeated: Relationships whose key stands more than once.
        steady: Both counts and the scan agree.
    """

    missed: int
    dangling: int
    repeated: int
    steady: bool

    @property
    def is_torn(self) -> bool:
        """Whether the pass has to be repeated."""
        return bool(self.missed or self.dangling or self.repeated)

    @property
    def stays_torn(self) -> bool:
        """Whether it counts as torn after the last retry: keys that repeat under equal counts are real."""
        return bool(self.missed or self.dangling or (self.repeated and not self.steady))


def judge(found: Pass, assembled: Assembled) -> Verdict:
    """Say what is wrong with a pass."""
    return Verdict(
        missed=found.missed(),
        dangling=assembled.dangling_edges,
        repeated=assembled.shared_edges,
        steady=found.is_steady(),
    )


def graded(found: Pass, assembled: Assembled, verdict: Verdict, *, retries: int, now: datetime) -> Quality:
    """Grade the pass that is kept.

    Args:
        found: The pass.
        assembled: Its graph.
        verdict: What is wrong with it.
        retries: How many passes were thrown away before it.
        now: When it was captured.
    """
    ordinals = assembled.shared_nodes + assembled.shared_edges
    reasons = _torn_reasons(verdict, retries) + _partial_reasons(found, assembled)
    grade = QualityGrade.RETRIED if retries else QualityGrade.CLEAN
    if ordinals or assembled.unnamed_nodes:
        grade = QualityGrade.PARTIAL
    if verdict.stays_torn:  # the worst: a diff with a torn side raises no alert by itself
        grade = QualityGrade.TORN
    return Quality(
        grade=grade,
        retries=retries,
        reasons=tuple(reasons),
        unnamed_nodes=assembled.unnamed_nodes,
        dropped_edges=assembled.dropped_edges,
        ordinals=ordinals,
        non_finite_values=found.encoder.non_finite,
        unreadable_timestamps=found.scan.timestamp.unreadable + found.scan.updated_at.unreadable,
        freshness=freshness(assembled.graph, now),
    )


def freshness(graph: GraphColumns, now: datetime) -> Freshness:
    """Measure the age of the relationships' timestamps, in seconds; negative when a writer's clock is ahead."""
    column = graph.edges.columns.get("timestamp")
    if column is None:
        return Freshness()
    times = column.values if column.present is None else column.values[column.present]
    ages = now.timestamp() - times.astype(np.float64) / 1e6
    newest, median, oldest = np.quantile(ages, [0.0, 0.5, 1.0]).round(3).tolist()
    return Freshness(newest_seconds=newest, median_seconds=median, oldest_seconds=oldest)


def _torn_reasons(verdict: Verdict, retries: int) -> list[str]:
    reasons = []
    if retries:
        reasons.append(f"The graph was written to while it was read: the read was repeated {_times(retries)}.")
    if verdict.missed:
        reasons.append(f"{_are(verdict.missed, 'relationship')} counted and not seen by the scan.")
    if verdict.dangling:
        reasons.append(f"{_are(verdict.dangling, 'relationship')} left out because an end was deleted meanwhile.")
    if verdict.repeated and not verdict.steady:
        reasons.append(f"{_are(verdict.repeated, 'relationship')} seen under a key that stands twice.")
    return reasons


def _partial_reasons(found: Pass, assembled: Assembled) -> list[str]:
    reasons = []
    if assembled.unnamed_nodes:
        dropped = assembled.dropped_edges - assembled.dangling_edges
        reasons.append(
            f"{_are(assembled.unnamed_nodes, 'node')} left out for want of a name, and {dropped} edges with it."
        )
    if assembled.shared_nodes:
        reasons.append(f"{_are(assembled.shared_nodes, 'node')} told apart by an ordinal: they share name and label.")
    if assembled.shared_edges:
        reasons.append(
            f"{_are(assembled.shared_edges, 'relationship')} told apart by an ordinal: declare a discriminator for "
            "parallel relationships."
        )
    if found.scan.value.not_numbers:
        reasons.append(f"{_are(found.scan.value.not_numbers, 'value')} left out because it is no number.")
    if found.encoder.non_finite:
        reasons.append(f"{_are(found.encoder.non_finite, 'number')} NaN or infinite and kept as null.")
    unreadable = found.scan.timestamp.unreadable + found.scan.updated_at.unreadable
    if unreadable:
        reasons.append(f"{_are(unreadable, 'timestamp')} in no known form and kept as null.")
    return reasons


def _are(count: int, noun: str) -> str:
    return f"1 {noun} is" if count == 1 else f"{count} {noun}s are"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
