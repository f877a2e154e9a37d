"""Columns as the summary reads them: plain numbers, without what is stale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import STALE, Column, GraphColumns, Mask
from snapgraph.model.keys import split_node_key

__all__ = ["edge_rows", "fresh", "node_rows", "node_types", "numbers", "shown_name"]


def numbers(columns: Mapping[str, Column], name: str, length: int) -> NDArray[np.float64]:
    """Read a numeric property as float64; NaN where it is absent or no number."""
    column = columns.get(name)
    return np.full(length, np.nan) if column is None else column.numbers()


def fresh(columns: Mapping[str, Column], length: int) -> Mask:
    """Say which elements are not stale; all, where nothing was marked."""
    column = columns.get(STALE)
    if column is None:
        return np.ones(length, np.bool_)
    stale = column.values.astype(np.bool_)
    return ~(stale if column.present is None else stale & column.present)


def edge_rows(graph: GraphColumns, type_: str) -> NDArray[np.intp]:
    """Find the fresh edges of a type that have a value."""
    edges = graph.edges
    if type_ not in edges.types:
        return np.zeros(0, np.intp)
    wanted = edges.type_codes == edges.types.index(type_)
    wanted &= fresh(edges.columns, len(edges))
    wanted &= np.isfinite(numbers(edges.columns, "value", len(edges)))
    return np.flatnonzero(wanted)


def node_types(graph: GraphColumns) -> list[str]:
    """Give the type of every node."""
    return [split_node_key(key)[1] for key in graph.nodes.keys.tolist()]


def node_rows(graph: GraphColumns, type_: str) -> NDArray[np.intp]:
    """Find the nodes of a type, stale ones included."""
    ending = f":{type_}"
    return np.array([row for row, key in enumerate(graph.nodes.keys.tolist()) if key.endswith(ending)], dtype=np.intp)


def shown_name(key: str) -> str:
    """Name a node for a person: without its type.

    >>> shown_name("sales.users:Table")
    'sales.users'
    """
    return split_node_key(key)[0]
