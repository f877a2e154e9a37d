"""One sentence that says what changed.

It is put together from facts, in the order of what a person on call asks: what got worse (or better), what happened to
the indexes, what came and went, how far the captures can be trusted. It never names a cause: "while" means that both
were seen, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from snapgraph.engine.diff.absences import coverage_of
from snapgraph.engine.diff.differences import ABSENCES, KINDS, OPERATIONS, SIGNIFICANCES, DiffColumns
from snapgraph.engine.diff.grading import node_metric
from snapgraph.engine.diff.indexes import INDEXES, IndexChange, index_changes
from snapgraph.engine.diff.summaries import beyond_noise
from snapgraph.engine.diff.wording import edge_name, listed, node_name, plural, two_quantities, was
from snapgraph.model.changes import Change, ChangeCounts, StructureChange
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.numbers import change as change_text
from snapgraph.model.numbers import count as counted
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.values import untagged
from snapgraph.model.vocabulary import Absence, ChangeDirection, ElementKind, Operation, QualityGrade, Significance

__all__ = ["Facts", "sentence"]

_UNITS = {"ms": "ms", "percent": "%", "1/s": "/s"}

_OUR_WORDS = ("nothing changed", "the later side ", "the earlier side ")
"""Openings that may get a capital; all others are names, which are written as they are, or counts."""

_SHOWN_TABLES = 2
"""More tables than these whose indexes changed are only counted."""

_SHOWN_NAMES = 5
"""More nodes on a new cycle than these are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the sentence is made of.

    Attributes:
        diff: All changes.
        counts: Of them.
        regressions: The top changes for the worse.
        improvements: The top changes for the better.
        structure: Shape.
        metrics: Relationship type -> what it means.
        sides: The two headers, when there are any.
    """

    diff: DiffColumns
    counts: ChangeCounts
    regressions: Sequence[Change]
    improvements: Sequence[Change]
    structure: StructureChange
    metrics: Mapping[str, MetricDefinition]
    sides: tuple[Snapshot, Snapshot] | None = None


def sentence(facts: Facts) -> str:
    """Say in words what changed, and how far it can be trusted."""
    clauses = [
        *_values(facts),
        *_indexes(index_changes(facts.diff)),
        *_undirected(facts),
        *_elements(facts.diff),
        *_shape(facts.structure),
    ]
    text = "; ".join([*(clauses or ["nothing changed"]), *_trust(facts)])
    return f"{text[0].upper()}{text[1:]}." if text.startswith(_OUR_WORDS) else f"{text}."


def _values(facts: Facts) -> Iterator[str]:
    """Say what got worse, else what got better."""
    worse, better = (
        int(beyond_noise(facts.diff, direction).sum()) for direction in (ChangeDirection.WORSE, ChangeDirection.BETTER)
    )
    if facts.regressions:
        yield _moved(facts.regressions[0], facts.metrics) + _more(worse - 1, "got worse")
    elif facts.improvements:
        yield _moved(facts.improvements[0], facts.metrics) + _more(better - 1, "got better")
        yield "nothing got worse"


def _undirected(facts: Facts) -> Iterator[str]:
    """Say, when nothing got worse or better, that values moved; changed indexes have been told."""
    if facts.regressions or facts.improvements:
        return
    noise = int((facts.diff.significances == SIGNIFICANCES.index(Significance.WITHIN_NOISE)).sum())
    told = noise + len(facts.diff.positions(ElementKind.NODE, INDEXES))
    others = facts.counts.nodes_changed + facts.counts.edges_changed - told
    if noise:
        yield f"{plural(noise, 'value')} moved within {'its' if noise == 1 else 'their'} noise"
    if others:
        yield f"{plural(others, 'other value' if noise else 'value')} changed, neither for better nor for worse"


def _moved(change: Change, metrics: Mapping[str, MetricDefinition]) -> str:
    """Say how one number moved: ``AVG_LATENCY_MS orders→order_items rose from 64.2 to 212 ms (+230 %)``."""
    if change.kind is ElementKind.EDGE:
        metric = metrics.get(change.element.type)
        subject = f"{change.element.type} {edge_name(change.element.key)}"
    else:
        metric = metrics.get(node_metric(change.field or ""))
        subject = f"{change.field} of {node_name(change.element.key)}"
    unit = _UNITS.get(metric.unit, "") if metric else ""
    numbers = untagged(change.before), untagged(change.after)
    before, after = two_quantities(*numbers, unit)
    notes = [] if change.relative_delta is None else [change_text(*numbers)]
    if change.significance is Significance.TOO_LITTLE_DATA:
        notes.append("too little data to tell it from noise")
    verb = "rose" if numbers[1] > numbers[0] else "fell"
    return f"{subject} {verb} from {before} to {after}" + (f" ({', '.join(notes)})" if notes else "")


def _more(count: int, what: str) -> str:
    return f", and {counted(count)} more {what}" if count > 0 else ""


def _indexes(found: Sequence[IndexChange]) -> Iterator[str]:
    """Say which tables lost and gained indexes."""
    for change in found[:_SHOWN_TABLES]:
        if change.lost:
            rose = " while its sequential scans rose" if change.scans_rose else ""
            yield f"{change.table} lost the {_index(change.lost)}{rose}"
        if change.gained:
            yield f"{change.table} gained the {_index(change.gained)}"
    if len(found) > _SHOWN_TABLES:
        yield f"the indexes of {plural(len(found) - _SHOWN_TABLES, 'more table')} changed"


def _index(names: Sequence[str]) -> str:
    return f"{'index' if len(names) == 1 else 'indexes'} {listed(names)}"


def _elements(diff: DiffColumns) -> Iterator[str]:
    """Say what came and went; what was not captured is a matter of trust."""
    edges = diff.kinds == KINDS.index(ElementKind.EDGE)
    for verb, chosen in (
        ("added", diff.operations == OPERATIONS.index(Operation.ADDED)),
        ("removed", diff.absences == ABSENCES.index(Absence.REMOVED)),
        ("not observed any more", diff.absences == ABSENCES.index(Absence.NOT_OBSERVED)),
    ):
        nodes_count, edges_count = int((chosen & ~edges).sum()), int((chosen & edges).sum())
        told = [plural(count, noun) for count, noun in ((nodes_count, "node"), (edges_count, "edge")) if count]
        if told:
            yield f"{listed(told)} {was(nodes_count + edges_count)} {verb}"


def _shape(structure: StructureChange) -> Iterator[str]:
    """Say how the shape changed."""
    for count, verb in ((structure.split_count, "fell apart"), (structure.joined_count, "grew together")):
        if count:
            yield f"{plural(count, 'component')} {verb}"
    if structure.new_cycles_count == 1 and structure.new_cycles[0].size <= _SHOWN_NAMES:
        yield f"{listed([node_name(key) for key in structure.new_cycles[0].keys])} form a new cycle"
    elif structure.new_cycles_count:
        yield f"{plural(structure.new_cycles_count, 'new cycle')} appeared"


def _trust(facts: Facts) -> Iterator[str]:
    """Say what the captures cannot prove."""
    missing = facts.counts.not_captured
    if facts.sides is None:
        return
    before, after = facts.sides
    if missing:
        yield f"{plural(missing, 'element')} that the later side lacks may still be there, since it {_flaw(after)}"
    elif not coverage_of(after).sound:
        yield f"the later side {_flaw(after)}"
    if not coverage_of(before).sound:
        yield f"the earlier side {_flaw(before)}, so what seems added may have been there"


def _flaw(side: Snapshot) -> str:
    if side.quality.grade is QualityGrade.TORN:
        return "is torn"
    return "did not read their types" if coverage_of(side).sound else "left out elements"
