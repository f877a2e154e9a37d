"""Why an element is missing in the later graph: removed, not observed, or not captured.

*not observed*
    It is there, but stale, and was not stale before: idle for more than three ticks. Going the other way (stale
    before, observed again after) it is an added element; stale on both sides, its old values are compared as they are.
*not captured*
    It is not there, and that proves nothing, because the later side

    * is torn: a scan beside a writer that deletes and re-creates may miss any node and any edge;
    * left out nodes without a name, or edges without an end: the missing element may be one of them;
    * never asked for edges of its type (the setting ``types``);
    * never asked for nodes of its label, and met none at the end of an edge (a label outside ``node_labels`` is read
      only when an edge that was read has an end with it).

    Ordinals alone (a ``partial`` capture whose equal keys were told apart) hide nothing: every element is there.
*removed*
    It is not there, and the later side would have seen it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from snapgraph.engine.diff.differences import ABSENCES, Codes, Rows
from snapgraph.model.columns import GraphColumns
from snapgraph.model.keys import split_node_key
from snapgraph.model.live_graphs import ALL_TYPES
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import Absence, QualityGrade

__all__ = ["EVERYTHING", "Coverage", "absent_edges", "absent_nodes", "coverage_of"]

_REMOVED = ABSENCES.index(Absence.REMOVED)
_NOT_CAPTURED = ABSENCES.index(Absence.NOT_CAPTURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a capture would have seen, had it been there.

    Attributes:
        sound: Neither torn nor with elements left out.
        edge_types: Relationship types that were read; ``None``: all.
        node_types: Types whose nodes were read even without edges; ``None``: all.
    """

    sound: bool = True
    edge_types: frozenset[str] | None = None
    node_types: frozenset[str] | None = None


EVERYTHING = Coverage()
"""A capture that missed nothing."""


def coverage_of(snapshot: Snapshot) -> Coverage:
    """Tell from its header what a snapshot covers; what an old header does not say counts as covered."""
    quality, metadata = snapshot.quality, snapshot.metadata
    left_out = quality.unnamed_nodes + quality.dropped_edges
    asked_for_all = not metadata.types or ALL_TYPES in metadata.types
    return Coverage(
        sound=quality.grade is not QualityGrade.TORN and not left_out,
        edge_types=None if asked_for_all else frozenset(metadata.types),
        node_types=frozenset(metadata.node_labels) if metadata.node_labels else None,
    )


def absent_edges(before: GraphColumns, rows: Rows, coverage: Coverage) -> Codes:
    """Say of edges of before that after does not have why they are missing."""
    if not coverage.sound:
        return _all(_NOT_CAPTURED, rows)
    if coverage.edge_types is None:
        return _all(_REMOVED, rows)
    covered = coverage.edge_types
    by_type = [_REMOVED if type_ in covered else _NOT_CAPTURED for type_ in before.edges.types]
    return np.asarray(by_type, dtype=np.int8)[before.edges.type_codes[rows]] if len(rows) else _all(_REMOVED, rows)


def absent_nodes(before: GraphColumns, after: GraphColumns, rows: Rows, coverage: Coverage) -> Codes:
    """Say of nodes of before that after does not have why they are missing."""
    if not coverage.sound:
        return _all(_NOT_CAPTURED, rows)
    if coverage.node_types is None or not len(rows):
        return _all(_REMOVED, rows)
    types = [split_node_key(key)[1] for key in before.nodes.keys[rows].tolist()]
    unasked = set(types) - coverage.node_types
    seen = coverage.node_types | _met(unasked, after)
    return np.asarray([_REMOVED if type_ in seen else _NOT_CAPTURED for type_ in types], dtype=np.int8)


def _met(types: set[str], after: GraphColumns) -> set[str]:
    """Find those types that a node of after has: one node is enough, since then all with the label were read."""
    if not types:
        return types
    type_of: Callable[[str], str] = lambda key: split_node_key(key)[1]  # noqa: E731 - a name for map
    return types & set(map(type_of, after.nodes.keys.tolist()))


def _all(code: int, rows: Rows) -> Codes:
    return np.full(len(rows), code, dtype=np.int8)
