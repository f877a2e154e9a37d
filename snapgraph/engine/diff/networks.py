"""Columnar graphs as networkx graphs and back.

=================  ==============================================================================================
networkx           here
=================  ==============================================================================================
node               the key of a node, when it has an attribute ``type`` and reads ``<name>:<type>``; else the name of
                   a node of that type, or of the type ``Node``
edge               type: the attribute ``type``, else a multigraph key that is a text, else ``EDGE``; discriminator:
                   the attribute ``discriminator``, else a multigraph key that is not 0 or the type
other attributes   properties; ``property:type`` is a property named ``type``
=================  ==============================================================================================

``value`` of an edge is a float; ``timestamp`` and ``updated_at`` are times when all of them can be read as such. NaN,
infinities and ``None`` are no value. There and back again gives the same graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.diff.grading import VALUE
from snapgraph.engine.formats.values import column_from_values, column_values, json_value, time_column
from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.keys import edge_key, node_key, split_node_key

__all__ = ["edge_keys", "from_networkx", "node_keys", "to_networkx"]

_TYPE = "type"
_DISCRIMINATOR = "discriminator"
_ESCAPE = "property:"
_NODE_TYPE = "Node"
_EDGE_TYPE = "EDGE"
_TIMES = ("timestamp", "updated_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """One edge of a networkx graph, by rows of the sorted nodes."""

    source: int
    type: str
    target: int
    discriminator: str
    attributes: Mapping[str, Any]

    @property
    def identity(self) -> tuple[int, str, int, str]:
        """What tells edges apart, and sorts them canonically."""
        return self.source, self.type, self.target, self.discriminator


def to_networkx(graph: GraphColumns) -> nx.MultiDiGraph[str]:
    """Make a networkx graph: nodes by key, edges by type (``TYPE|discriminator`` for parallel ones)."""
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    keys: list[str] = graph.nodes.keys.tolist()
    for key, properties in zip(keys, _attributes(graph.nodes.columns, len(keys)), strict=True):
        made.add_node(key, **{_TYPE: split_node_key(key)[1]}, **properties)
    edges = graph.edges
    discriminators = [None] * len(edges) if edges.discriminators is None else column_values(edges.discriminators)
    for row, properties in enumerate(_attributes(edges.columns, len(edges))):
        type_, discriminator = edges.types[int(edges.type_codes[row])], discriminators[row] or ""
        named = {_TYPE: type_, _DISCRIMINATOR: discriminator} if discriminator else {_TYPE: type_}
        key = f"{type_}|{discriminator}" if discriminator else type_
        made.add_edge(keys[edges.sources[row]], keys[edges.targets[row]], key=key, **named, **properties)
    return made


def _attributes(columns: Mapping[str, Column], count: int) -> list[dict[str, Any]]:
    """Give the properties of each element."""
    attributes: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, column in columns.items():
        attribute = f"{_ESCAPE}{name}" if name in (_TYPE, _DISCRIMINATOR) or name.startswith(_ESCAPE) else name
        for element, value in zip(attributes, column_values(column), strict=True):
            if value is not None:
                element[attribute] = value
    return attributes


def from_networkx(graph: nx.DiGraph[Any]) -> GraphColumns:
    """Make a columnar graph in canonical order, without dictionary ids.

    Args:
        graph: A DiGraph or MultiDiGraph.

    Raises:
        InvalidInputError: The graph is undirected, two nodes or two edges have one key, or an attribute cannot be a
            property.
    """
    keys = node_keys(graph)
    ordered = sorted(keys, key=keys.__getitem__)
    edges = sorted(_edges(graph, ordered), key=lambda edge: edge.identity)
    for one, other in pairwise(edges):
        if one.identity == other.identity:
            ends = f"{keys[ordered[one.source]]} -> {keys[ordered[one.target]]}"
            raise InvalidInputError(f"Two {one.type} edges {ends}: give each a discriminator of its own.")
    types = tuple(sorted({edge.type for edge in edges}))
    discriminators = [edge.discriminator for edge in edges]
    return GraphColumns(
        nodes=NodeColumns(
            keys=_texts([keys[node] for node in ordered]),
            columns=_columns([graph.nodes[node] for node in ordered], of_edges=False),
        ),
        edges=EdgeColumns(
            sources=np.array([edge.source for edge in edges], dtype=np.int32),
            targets=np.array([edge.target for edge in edges], dtype=np.int32),
            type_codes=np.array([types.index(edge.type) for edge in edges], dtype=np.int32),
            types=types,
            discriminators=column_from_values(discriminators) if any(discriminators) else None,
            columns=_columns([edge.attributes for edge in edges], of_edges=True),
        ),
    )


def node_keys(graph: nx.DiGraph[Any]) -> dict[Any, str]:
    """Give the key of each node of a networkx graph.

    Raises:
        InvalidInputError: The graph is undirected, or two nodes have one key.
    """
    if not graph.is_directed():
        raise InvalidInputError("The graph is undirected: give a DiGraph or MultiDiGraph (graph.to_directed()).")
    keys: dict[Any, str] = {}
    taken: dict[str, Any] = {}
    for node, attributes in graph.nodes(data=True):
        keys[node] = key = _node_key(node, attributes.get(_TYPE))
        if key in taken:
            raise InvalidInputError(f"The nodes {taken[key]!r} and {node!r} have one key, {key}: rename one.")
        taken[key] = node
    return keys


def edge_keys(graph: nx.DiGraph[Any]) -> dict[str, tuple[Any, Any, Any]]:
    """Give source, target and multigraph key (the type, in a simple graph) of each edge key of a networkx graph."""
    keys = node_keys(graph)
    found = {}
    for source, target, name, attributes in _all_edges(graph):
        type_, discriminator = _edge_identity(name, attributes)
        key = edge_key(keys[source], type_, keys[target], discriminator)
        found[key] = source, target, type_ if name is None else name
    return found


def _edge_identity(multigraph_key: Any, attributes: Mapping[str, Any]) -> tuple[str, str]:
    """Give the type and the discriminator of an edge of a networkx graph.

    >>> _edge_identity(0, {"type": "QUERIES_PER_SEC"}), _edge_identity("QUERIES_PER_SEC", {})
    (('QUERIES_PER_SEC', ''), ('QUERIES_PER_SEC', ''))
    """
    named = multigraph_key if isinstance(multigraph_key, str) else _EDGE_TYPE
    type_ = str(attributes.get(_TYPE, named))
    # a key that counts up from 0 is networkx' own; "TYPE|d" is how to_networkx writes the discriminator d
    unnamed = multigraph_key in (0, None, type_)
    return type_, str(attributes.get(_DISCRIMINATOR, "" if unnamed else multigraph_key))


def _node_key(node: Any, type_: Any) -> str:
    if isinstance(node, str) and type_ is not None and ":" in node:
        name, its_type = split_node_key(node)
        if its_type == type_ and node_key(name, its_type) == node:
            return node
    return node_key(str(node), _NODE_TYPE if type_ is None else str(type_))


def _all_edges(graph: nx.DiGraph[Any]) -> Iterator[tuple[Any, Any, Any, Mapping[str, Any]]]:
    """Give source, target, multigraph key (``None`` in a simple graph) and attributes of each edge."""
    if isinstance(graph, nx.MultiDiGraph):
        yield from graph.edges(keys=True, data=True)
    else:
        for source, target, attributes in graph.edges(data=True):
            yield source, target, None, attributes


def _edges(graph: nx.DiGraph[Any], ordered: Sequence[Any]) -> Iterator[_Edge]:
    row_of = {node: row for row, node in enumerate(ordered)}
    for source, target, name, attributes in _all_edges(graph):
        type_, discriminator = _edge_identity(name, attributes)
        yield _Edge(
            source=row_of[source],
            type=type_,
            target=row_of[target],
            discriminator=discriminator,
            attributes=attributes,
        )


def _columns(elements: Sequence[Mapping[str, Any]], *, of_edges: bool) -> dict[str, Column]:
    """Make a column of each attribute that is a property."""
    names = sorted({str(name) for attributes in elements for name in attributes} - {_TYPE, _DISCRIMINATOR})
    columns = {}
    for name in names:
        values = [_property(attributes.get(name)) for attributes in elements]
        if of_edges and name == VALUE and _are_numbers(values):
            values = [None if value is None else float(value) for value in values]
        column = (_time_column(values) if name in _TIMES else None) or column_from_values(values)
        if column is not None:
            columns[name.removeprefix(_ESCAPE)] = column
    return columns


def _property(value: Any) -> Any:
    """Turn an attribute into a JSON value; what is not finite is no value."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else json_value(plain)


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float | None) and not isinstance(value, bool) for value in values)


def _time_column(values: Sequence[Any]) -> Column | None:
    """Read times; ``None`` when this is somebody's own property of that name."""
    plain = [value.get("value") if isinstance(value, Mapping) else value for value in values]
    if not all(isinstance(value, str | int | float | None) for value in plain):
        return None
    try:
        return time_column(plain)
    except InvalidInputError:
        return None


def _texts(texts: Sequence[str]) -> NDArray[np.object_]:
    """Make an object array of texts."""
    array = np.empty(len(texts), dtype=np.object_)
    array[:] = texts
    return array
