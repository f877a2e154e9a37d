"""The nodes of one read: their keys, and their properties as columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.columns import ColumnBuilder
from snapgraph.adapters.livegraph.times import TimeBuilder
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.model.columns import LABELS, Column
from snapgraph.model.keys import node_key
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.values import KEY_PROPERTY
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["NodeRow", "label_of", "name_of", "node_columns", "node_identities"]

NodeRow = tuple[int, Sequence[str], Mapping[str, Any]]
"""Id, labels and properties of a node."""

_TIMES = ("timestamp", "updated_at")


def label_of(labels: Sequence[str], preferred: Sequence[str]) -> str:
    """Choose the type of a node: the first configured label it carries, else the alphabetically first, else empty."""
    for label in preferred:
        if label in labels:
            return label
    return min(labels, default="")


def name_of(properties: Mapping[str, Any], property_name: str) -> str | None:
    """Take the name of a node; ``None`` when it has none that can be written as text."""
    name = properties.get(property_name)
    if isinstance(name, bool):
        return "true" if name else "false"
    return str(name) if isinstance(name, (str, int, float)) else None


def node_identities(rows: Sequence[NodeRow], live_graph: LiveGraph) -> tuple[list[str | None], int]:
    """Give every node its key.

    Nodes with equal keys are told apart by an ordinal in the canonical order of their properties, those that change
    all the time last: ``users#2:Table``.

    Returns:
        Keys in the order of ``rows``, ``None`` for nodes without a name; how many nodes share a key with another.
    """
    identities: dict[tuple[str, str], list[int]] = {}
    for row, (_, labels, properties) in enumerate(rows):
        type_ = label_of(labels, live_graph.node_labels)
        name = name_of(properties, live_graph.name_properties.get(type_, "name"))
        if name is not None:
            identities.setdefault((name, type_), []).append(row)
    keys: list[str | None] = [None] * len(rows)
    shared = 0
    for (name, type_), members in identities.items():
        keys[members[0]] = node_key(name, type_)
        if len(members) > 1:
            shared += len(members)
            members.sort(key=lambda row: _canonical(rows[row], live_graph.volatile))
            for row, key in zip(members, _ordinals(name, type_, identities, len(members)), strict=True):
                keys[row] = key
    return keys, shared


def _canonical(row: NodeRow, volatile: Collection[str]) -> tuple[str, str, int]:
    """Order nodes of one key; the id only decides between nodes that are equal in everything."""
    id_, labels, properties = row
    steady = {name: value for name, value in properties.items() if name not in volatile and name != KEY_PROPERTY}
    text = ValueEncoder().text  # of its own: what it counts has been counted
    return text([sorted(labels), steady]), text(dict(properties)), id_


def _ordinals(name: str, type_: str, taken: Mapping[tuple[str, str], Any], count: int) -> list[str]:
    """Make keys for nodes of one name, passing over names that another node really has."""
    keys = [node_key(name, type_)]
    ordinal = 2
    while len(keys) < count:
        if (f"{name}#{ordinal}", type_) not in taken:
            keys.append(node_key(f"{name}#{ordinal}", type_))
        ordinal += 1
    return keys


def node_columns(rows: Sequence[NodeRow], encoder: ValueEncoder) -> dict[str, Column]:
    """Turn the properties of nodes into columns; ``timestamp`` and ``updated_at`` into times when all can be read."""
    values: dict[str, list[Any]] = {}
    for row, (_, _, properties) in enumerate(rows):
        for name, value in properties.items():
            if name not in values:
                values[name] = [None] * len(rows)
            values[name][row] = value
    values.pop(KEY_PROPERTY, None)
    columns: dict[str, Column | None] = {}
    for name, column in values.items():
        columns[f"@{name}" if name.startswith("@") else name] = _column(name, column, encoder)
    if any(len(labels) > 1 for _, labels, _ in rows):
        columns[LABELS] = _labels(rows, encoder)
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


def _labels(rows: Sequence[NodeRow], encoder: ValueEncoder) -> Column:
    texts = [encoder.text(sorted(labels)) if len(labels) > 1 else None for _, labels, _ in rows]
    categories = tuple(dict.fromkeys(text for text in texts if text is not None))
    codes = {text: code for code, text in enumerate(categories)}
    values: NDArray[np.int32] = np.array([-1 if text is None else codes[text] for text in texts], dtype=np.int32)
    present = values >= 0
    return Column(
        kind=ColumnKind.JSON, values=values, present=None if present.all() else present, categories=categories
    )
