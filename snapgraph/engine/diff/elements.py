"""Which nodes and edges the changes of a diff are about: keys, types, ends, labels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from snapgraph.engine.diff.aligning import find
from snapgraph.engine.diff.differences import KINDS, NOTHING, DiffColumns, Rows
from snapgraph.engine.formats.labels import labels_of_rows
from snapgraph.model.changes import ElementReference
from snapgraph.model.columns import EdgeColumns, GraphColumns
from snapgraph.model.keys import edge_key, split_node_key
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.vocabulary import ElementKind

__all__ = ["Sides", "element_keys", "element_types", "elements"]

Sides = tuple[GraphColumns, GraphColumns]
"""The earlier and the later graph."""

_EDGE = KINDS.index(ElementKind.EDGE)


def element_types(diff: DiffColumns, positions: Rows) -> list[str]:
    """Give the type of the element of each change."""
    return [_type(diff, position) for position in positions.tolist()]


def element_keys(diff: DiffColumns, positions: Rows) -> list[str]:
    """Give the key of the element of each change."""
    return [_key(diff, position) for position in positions.tolist()]


def elements(
    diff: DiffColumns, positions: Rows, metrics: Mapping[str, MetricDefinition], complete: Sides | None = None
) -> list[ElementReference]:
    """Refer to the element of each change.

    Args:
        diff: The changes.
        positions: Which of them.
        metrics: Relationship type -> what it means, for the labels of edges.
        complete: Both graphs with all edges in canonical order, when those of the diff are only the parts that
            differ: whether a label repeats can only be told from all. They and those of the diff then have ids.
    """
    labels = _labels(diff, positions, metrics, complete or (diff.before, diff.after))
    references = []
    for place, position in enumerate(positions.tolist()):
        key, type_ = _key(diff, position), _type(diff, position)
        if diff.kinds[position] == _EDGE:
            source, target = _ends(diff, position)
            references.append(ElementReference(id=labels[place], key=key, type=type_, source=source, target=target))
        else:
            references.append(ElementReference(id=key, key=key, type=type_))
    return references


def _side(diff: DiffColumns, position: int) -> tuple[GraphColumns, int]:
    """Find a graph that has the element, the later one if it can be, and its row there."""
    row = int(diff.after_rows[position])
    return (diff.before, int(diff.before_rows[position])) if row == NOTHING else (diff.after, row)


def _type(diff: DiffColumns, position: int) -> str:
    graph, row = _side(diff, position)
    if diff.kinds[position] == _EDGE:
        return graph.edges.types[int(graph.edges.type_codes[row])]
    return split_node_key(graph.nodes.keys[row])[1]


def _key(diff: DiffColumns, position: int) -> str:
    graph, row = _side(diff, position)
    if diff.kinds[position] != _EDGE:
        return str(graph.nodes.keys[row])
    source, target = _ends(diff, position)
    return edge_key(source, _type(diff, position), target, _discriminator(graph.edges, row))


def _ends(diff: DiffColumns, position: int) -> tuple[str, str]:
    graph, row = _side(diff, position)
    return str(graph.nodes.keys[graph.edges.sources[row]]), str(graph.nodes.keys[graph.edges.targets[row]])


def _discriminator(edges: EdgeColumns, row: int) -> str:
    code = NOTHING if edges.discriminators is None else int(edges.discriminators.values[row])
    return "" if edges.discriminators is None or code == NOTHING else edges.discriminators.categories[code]


def _labels(
    diff: DiffColumns, positions: Rows, metrics: Mapping[str, MetricDefinition], complete: Sides
) -> dict[int, str]:
    """Label the edges among the changes: place in ``positions`` -> label."""
    edges = diff.kinds[positions] == _EDGE
    in_after = diff.after_rows[positions] != NOTHING
    labels: dict[int, str] = {}
    for part, whole, rows, chosen in (
        (diff.before, complete[0], diff.before_rows, edges & ~in_after),
        (diff.after, complete[1], diff.after_rows, edges & in_after),
    ):
        places = np.flatnonzero(chosen)
        if len(places):
            there = _rows_in(whole, part, rows[positions[places]])
            labels.update(zip(places.tolist(), labels_of_rows(whole, there, metrics), strict=True))
    return labels


def _rows_in(whole: GraphColumns, part: GraphColumns, rows: Rows) -> Rows:
    """Find edges of a part in the whole graph."""
    if whole is part or whole.edges.ids is None or part.edges.ids is None:
        return rows
    return find(whole.edges.ids, part.edges.ids[rows])
