"""The nodes of one read: their keys, and their properties as columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.columns import ColumnBuilder
from snapgraph.adapters.livegraph.times import TimeBuilder
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.model.columns import LABELS, Column
from snapgraph.model.keys import node_key, split_node_key
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.values import KEY_PROPERTY
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["NodeGroup", "NodeScan", "label_of", "name_of", "node_columns", "node_identities"]

NodeGroup = tuple[Sequence[str], Sequence[str], Sequence[int], Sequence[Sequence[Any]]]
"""Nodes with the same labels and the same property names: labels, names, ids, and a list of values per name."""

_TIMES = ("timestamp", "updated_at")
_PLAIN = re.compile(r"[^%:\0]*").fullmatch
"""A name in which nothing has to be encoded."""


def label_of(labels: Sequence[str], preferred: Sequence[str]) -> str:
    """Choose the type of a node: the first configured label it carries, else the alphabetically first, else empty."""
    for label in preferred:
        if label in labels:
            return label
    return min(labels, default="")


def name_of(name: Any) -> str | None:
    """Write the name of a node as text; ``None`` when it cannot be."""
    if isinstance(name, str):
        return name
    if isinstance(name, bool):
        return "true" if name else "false"
    return str(name) if isinstance(name, (int, float)) else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeScan:
    """The nodes of one read, in the order of their groups.

    Attributes:
        groups: As they were read; none is empty.
        ids: int64, one per node.
        values: Property name -> one value per node, ``None`` where a node does not have it.
    """

    groups: Sequence[NodeGroup]
    ids: NDArray[np.int64]
    values: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, groups: Sequence[NodeGroup]) -> NodeScan:
        """Join groups."""
        ids = np.array([id_ for group in groups for id_ in group[2]], dtype=np.int64)
        values: dict[str, list[Any]] = {}
        begin = 0
        for _, names, members, columns in groups:
            for name, column in zip(names, columns, strict=True):
                values.setdefault(name, [None] * len(ids))[begin : begin + len(members)] = column
            begin += len(members)
        return cls(groups=groups, ids=ids, values=values)

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self.ids)

    def labels(self) -> list[Sequence[str]]:
        """Give the labels of each node."""
        return [labels for labels, _, members, _ in self.groups for _ in members]

    def properties(self, row: int) -> dict[str, Any]:
        """Give the properties of one node."""
        return {name: column[row] for name, column in self.values.items() if column[row] is not None}


def node_identities(nodes: NodeScan, live_graph: LiveGraph) -> tuple[list[str | None], int]:
    """Give every node its key.

    Nodes with equal keys are told apart by an ordinal in the canonical order of their properties, those that change
    all the time last: ``users#2:Table``.

    Returns:
        Keys in the order of ``nodes``, ``None`` for nodes without a name; how many nodes share a key with another.
    """
    keys = [key for group in nodes.groups for key in _keys(group, live_graph)]
    found = set(keys)
    if len(found) == len(keys) or (None in found and len(found) - 1 == sum(key is not None for key in keys)):
        return keys, 0
    members: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key is not None:
            members.setdefault(key, []).append(row)
    shared = [group for group in members.values() if len(group) > 1]
    labels = nodes.labels()
    for group in shared:
        group.sort(
            key=lambda row: _canonical(labels[row], nodes.properties(row), live_graph.volatile, int(nodes.ids[row]))
        )
        for row, key in zip(group, _ordinals(str(keys[group[0]]), members, len(group)), strict=True):
            keys[row] = key
    return keys, sum(map(len, shared))


def _keys(group: NodeGroup, live_graph: LiveGraph) -> list[str | None]:
    """Make the keys of one group; ``None`` for a node without a name."""
    labels, names, members, columns = group
    type_ = label_of(labels, live_graph.node_labels)
    property_name = live_graph.name_properties.get(type_, "name")
    if property_name not in names:
        return [None] * len(members)
    values = columns[names.index(property_name)]
    try:
        is_plain = _PLAIN("".join(values)) is not None
    except TypeError:  # a name that is no text
        is_plain = False
    if is_plain:
        ending = node_key("", type_)
        return [name + ending for name in values]
    return [None if (name := name_of(value)) is None else node_key(name, type_) for value in values]


def _canonical(
    labels: Sequence[str], properties: Mapping[str, Any], volatile: Collection[str], id_: int
) -> tuple[str, str, int]:
    """Order nodes of one key; the id only decides between nodes that are equal in everything."""
    steady = {name: value for name, value in properties.items() if name not in volatile and name != KEY_PROPERTY}
    text = ValueEncoder().text  # of its own: what it counts has been counted
    return text([sorted(labels), steady]), text(dict(properties)), id_


def _ordinals(first: str, taken: Collection[str], count: int) -> list[str]:
    """Make keys for nodes of one key, passing over keys that another node really has."""
    name, type_ = split_node_key(first)
    keys = [first]
    ordinal = 2
    while len(keys) < count:
        key = node_key(f"{name}#{ordinal}", type_)
        if key not in taken:
            keys.append(key)
        ordinal += 1
    return keys


def node_columns(nodes: NodeScan, rows: Sequence[int], encoder: ValueEncoder) -> dict[str, Column]:
    """Turn the properties of nodes into columns; ``timestamp`` and ``updated_at`` into times when all can be read.

    Args:
        nodes: All that were read.
        rows: Which of them, in the order that the columns shall have.
        encoder: Of values that JSON does not have.
    """
    columns: dict[str, Column | None] = {}
    for name in sorted(nodes.values.keys() - {KEY_PROPERTY}):
        values = nodes.values[name]
        column = _column(name, [values[row] for row in rows], encoder)
        columns[f"@{name}" if name.startswith("@") else name] = column
    if any(len(labels) > 1 for labels, *_ in nodes.groups):
        labels = nodes.labels()
        columns[LABELS] = _labels([labels[row] for row in rows], encoder)
    return {name: column for name, column in columns.items() if column is not None}


def _column(name: str, values: Sequence[Any], encoder: ValueEncoder) -> Column | None:
    if name in _TIMES:
        times = TimeBuilder()
        times.add(values)
        if not times.unreadable:
            return times.finish()
    builder = ColumnBuilder(encoder)
    builder.add(values)
    return builder.finish()


def _labels(rows: Sequence[Sequence[str]], encoder: ValueEncoder) -> Column | None:
    texts = [encoder.text(sorted(labels)) if len(labels) > 1 else None for labels in rows]
    categories = tuple(dict.fromkeys(text for text in texts if text is not None))
    codes = {text: code for code, text in enumerate(categories)}
    values: NDArray[np.int32] = np.array([-1 if text is None else codes[text] for text in texts], dtype=np.int32)
    present = values >= 0
    if not present.any():
        return None
    return Column(
        kind=ColumnKind.JSON, values=values, present=None if present.all() else present, categories=categories
    )
