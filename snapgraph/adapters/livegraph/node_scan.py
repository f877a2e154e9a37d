"""The nodes of one read: their keys, and their properties as columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
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

__all__ = ["NodeRow", "label_of", "name_of", "node_columns", "node_identities"]

NodeRow = tuple[int, Sequence[str], Mapping[str, Any]]
"""Id, labels and properties of a node."""

_TIMES = ("timestamp", "updated_at")
_FEW_NAMES = 64
_PLAIN = re.compile(r"[^%:\0]*").fullmatch
"""A name in which nothing has to be encoded."""


def label_of(labels: Sequence[str], preferred: Sequence[str]) -> str:
    """Choose the type of a node: the first configured label it carries, else the alphabetically first, else empty."""
    for label in preferred:
        if label in labels:
            return label
    return min(labels, default="")


def name_of(properties: Mapping[str, Any], property_name: str) -> str | None:
    """Take the name of a node; ``None`` when it has none that can be written as text."""
    name = properties.get(property_name)
    if isinstance(name, str):
        return name
    if isinstance(name, bool):
        return "true" if name else "false"
    return str(name) if isinstance(name, (int, float)) else None


def node_identities(rows: Sequence[NodeRow], live_graph: LiveGraph) -> tuple[list[str | None], int]:
    """Give every node its key.

    Nodes with equal keys are told apart by an ordinal in the canonical order of their properties, those that change
    all the time last: ``users#2:Table``.

    Returns:
        Keys in the order of ``rows``, ``None`` for nodes without a name; how many nodes share a key with another.
    """
    labelling = _Labelling(live_graph)
    keys = [labelling.key(labels, properties) for _, labels, properties in rows]
    found = set(keys)
    if len(found) == len(keys) or (None in found and len(found) - 1 == sum(key is not None for key in keys)):
        return keys, 0
    members: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key is not None:
            members.setdefault(key, []).append(row)
    shared = [group for group in members.values() if len(group) > 1]
    for group in shared:
        group.sort(key=lambda row: _canonical(rows[row], live_graph.volatile))
        for row, key in zip(group, _ordinals(str(keys[group[0]]), members, len(group)), strict=True):
            keys[row] = key
    return keys, sum(map(len, shared))


class _Labelling:
    """Makes node keys; what depends on the labels alone is worked out once for each set of labels."""

    def __init__(self, live_graph: LiveGraph) -> None:
        self._live_graph = live_graph
        self._known: dict[tuple[str, ...], tuple[str, str, str]] = {}

    def key(self, labels: Sequence[str], properties: Mapping[str, Any]) -> str | None:
        """Make the key of one node; ``None`` when it has no name."""
        known = self._known.get(tuple(labels))
        if known is None:
            type_ = label_of(labels, self._live_graph.node_labels)
            known = type_, node_key("", type_), self._live_graph.name_properties.get(type_, "name")
            self._known[tuple(labels)] = known
        type_, ending, property_name = known
        name = name_of(properties, property_name)
        if name is None:
            return None
        return name + ending if _PLAIN(name) else node_key(name, type_)


def _canonical(row: NodeRow, volatile: Collection[str]) -> tuple[str, str, int]:
    """Order nodes of one key; the id only decides between nodes that are equal in everything."""
    id_, labels, properties = row
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


def node_columns(rows: Sequence[NodeRow], encoder: ValueEncoder) -> dict[str, Column]:
    """Turn the properties of nodes into columns; ``timestamp`` and ``updated_at`` into times when all can be read."""
    maps = [properties for _, _, properties in rows]
    values = _by_name(maps)
    values.pop(KEY_PROPERTY, None)
    columns: dict[str, Column | None] = {}
    for name, column in values.items():
        columns[f"@{name}" if name.startswith("@") else name] = _column(name, column, encoder)
    if any(len(labels) > 1 for _, labels, _ in rows):
        columns[LABELS] = _labels(rows, encoder)
    return {name: column for name, column in columns.items() if column is not None}


def _by_name(maps: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Turn maps into one list per name, ``None`` where a map does not have it."""
    names = sorted(set().union(*maps))
    if len(names) <= _FEW_NAMES:  # 40 ns a cell; with many names most cells would be empty
        return {name: [properties.get(name) for properties in maps] for name in names}
    values: dict[str, list[Any]] = {name: [None] * len(maps) for name in names}
    for row, properties in enumerate(maps):
        for name, value in properties.items():
            values[name][row] = value
    return values


def _column(name: str, values: Sequence[Any], encoder: ValueEncoder) -> Column | None:
    if name in _TIMES:
        times = TimeBuilder()
        times.add(values)
        if not times.unreadable:
            return times.finish()
    builder = ColumnBuilder(encoder)
    builder.add(values)
    return builder.finish()


def _labels(rows: Sequence[NodeRow], encoder: ValueEncoder) -> Column:
    texts = [encoder.text(sorted(labels)) if len(labels) > 1 else None for _, labels, _ in rows]
    categories = tuple(dict.fromkeys(text for text in texts if text is not None))
    codes = {text: code for code, text in enumerate(categories)}
    values: NDArray[np.int32] = np.array([-1 if text is None else codes[text] for text in texts], dtype=np.int32)
    present = values >= 0
    return Column(
        kind=ColumnKind.JSON, values=values, present=None if present.all() else present, categories=categories
    )
