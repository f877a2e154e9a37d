"""Which nodes and edges the changes of a diff are about: keys, types, ends, labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from snapgraph.engine.diff.aligning import find
from snapgraph.engine.diff.differences import KINDS, NOTHING, DiffColumns, Rows
from snapgraph.engine.formats.labels import labels_of_rows
from snapgraph.model.columns import EdgeColumns, GraphColumns
from snapgraph.model.keys import edge_keys, split_node_key
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.vocabulary import ElementKind

__all__ = ["ElementRow", "Sides", "element_keys", "element_types", "elements"]

ElementRow = tuple[str, str, str, str | None, str | None]
"""The fields of an :class:`~snapgraph.model.changes.ElementReference`: label, key, type, source, target."""

Sides = tuple[GraphColumns, GraphColumns]
"""The earlier and the later graph."""


def element_types(diff: DiffColumns, positions: Rows) -> list[str]:
    """Give the type of the element of each change."""
    types = [""] * len(positions)
    for graph, rows, places, kind in _groups(diff, positions):
        found = _types(graph.edges, rows) if kind is ElementKind.EDGE else _node_types(graph, rows)
        for place, type_ in zip(places.tolist(), found, strict=True):
            types[place] = type_
    return types


def element_keys(diff: DiffColumns, positions: Rows) -> list[str]:
    """Give the key of the element of each change."""
    return [key for _, key, _, _, _ in elements(diff, positions, None)]


def elements(
    diff: DiffColumns,
    positions: Rows,
    metrics: Mapping[str, MetricDefinition] | None,
    complete: Sides | None = None,
) -> list[ElementRow]:
    """Refer to the element of each change.

    Args:
        diff: The changes.
        positions: Which of them.
        metrics: Relationship type -> what it means, for the labels of edges; ``None``: the keys will do as labels.
        complete: Both graphs with all edges in canonical order, when those of the diff are only the parts that
            differ: whether a label repeats can only be told from all. They and those of the diff then have ids.
    """
    references: list[ElementRow] = [("", "", "", None, None)] * len(positions)
    wholes = {id(diff.before): complete[0], id(diff.after): complete[1]} if complete else {}
    for graph, rows, places, kind in _groups(diff, positions):
        found: Iterable[ElementRow]
        if kind is ElementKind.NODE:
            found = _nodes(graph, rows)
        else:
            whole = wholes.get(id(graph), graph)
            labels = None if metrics is None else labels_of_rows(whole, _rows_in(whole, graph, rows), metrics)
            found = _edges(graph, rows, labels)
        for place, reference in zip(places.tolist(), found, strict=True):
            references[place] = reference
    return references


def _groups(diff: DiffColumns, positions: Rows) -> Iterator[tuple[GraphColumns, Rows, Rows, ElementKind]]:
    """Group changes by kind and by a graph that has the element, the later one if it can be.

    Yields:
        The graph, rows in it, places in ``positions``, the kind.
    """
    in_after = diff.after_rows[positions] != NOTHING
    for kind in KINDS:
        of_kind = diff.kinds[positions] == KINDS.index(kind)
        for graph, rows, chosen in (
            (diff.after, diff.after_rows, of_kind & in_after),
            (diff.before, diff.before_rows, of_kind & ~in_after),
        ):
            places = np.flatnonzero(chosen)
            if len(places):
                yield graph, rows[positions[places]], places, kind


def _nodes(graph: GraphColumns, rows: Rows) -> Iterable[ElementRow]:
    keys = graph.nodes.keys[rows].tolist()
    return [(key, key, type_, None, None) for key, type_ in zip(keys, _node_types(graph, rows), strict=True)]


def _node_types(graph: GraphColumns, rows: Rows) -> list[str]:
    return [split_node_key(key)[1] for key in graph.nodes.keys[rows].tolist()]


def _edges(graph: GraphColumns, rows: Rows, labels: list[str] | None) -> Iterable[ElementRow]:
    edges, keys = graph.edges, graph.nodes.keys
    sources, targets = keys[edges.sources[rows]].tolist(), keys[edges.targets[rows]].tolist()
    types = _types(edges, rows)
    made = edge_keys(sources, types, targets, _discriminators(edges, rows))
    return zip(made if labels is None else labels, made, types, sources, targets, strict=True)


def _types(edges: EdgeColumns, rows: Rows) -> list[str]:
    return [edges.types[code] for code in edges.type_codes[rows].tolist()]


def _discriminators(edges: EdgeColumns, rows: Rows) -> list[str] | None:
    if edges.discriminators is None:
        return None
    categories = (*edges.discriminators.categories, "")  # so that -1, absent, is the empty one
    return [categories[code] for code in edges.discriminators.values[rows].tolist()]


def _rows_in(whole: GraphColumns, part: GraphColumns, rows: Rows) -> Rows:
    """Find edges of a part in the whole graph."""
    if whole is part or whole.edges.ids is None or part.edges.ids is None:
        return rows
    return find(whole.edges.ids, part.edges.ids[rows])
