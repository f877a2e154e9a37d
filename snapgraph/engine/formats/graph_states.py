"""``graph_state`` of the JSON document read back into columns, in canonical order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapgraph.engine.formats.records import problem
from snapgraph.engine.formats.values import PLAIN_TIMES, column_from_values, time_column
from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import LABELS, STALE, Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["graph_from_elements", "graph_state_from_json"]

_ColumnOf = Callable[[str, Sequence[Any]], Column | None]


def graph_state_from_json(document: Any, pointer: str = "/graph_state") -> GraphColumns:
    """Read ``{"nodes": […], "relationships": […]}``; element ids and the order of the lists mean nothing.

    Args:
        document: The JSON object.
        pointer: JSON pointer of ``document``, for messages.

    Raises:
        InvalidInputError: With the pointer of what is wrong: no such node, an element that stands twice, a value that
            is no property.
    """
    state = _object(document, pointer)
    return graph_from_elements(_list(state, "nodes", pointer), _list(state, "relationships", pointer), pointer=pointer)


def graph_from_elements(
    nodes: Sequence[Any], relationships: Sequence[Any], *, pointer: str = "/graph_state"
) -> GraphColumns:
    """Build columns from the objects of the two lists.

    Raises:
        InvalidInputError: With the pointer of what is wrong.
    """
    read = _nodes(nodes, f"{pointer}/nodes")
    return GraphColumns(nodes=read, edges=_edges(relationships, read, f"{pointer}/relationships"))


def _nodes(items: Sequence[Any], pointer: str) -> NodeColumns:
    keys = _texts(items, "id", pointer)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    for before, after in pairwise(order):
        if keys[before] == keys[after]:
            raise problem(f"{pointer}/{after}/id", f"the node {keys[after]!r} stands twice.")
    ordered = [items[place] for place in order]
    pointers = [f"{pointer}/{place}" for place in order]
    return NodeColumns(
        keys=np.array([keys[place] for place in order], dtype=object),
        columns={**_columns(ordered, pointers, _node_column), **_labels(ordered, pointers), **_stale(ordered)},
    )


def _edges(items: Sequence[Any], nodes: NodeColumns, pointer: str) -> EdgeColumns:
    rows = {key: row for row, key in enumerate(nodes.keys.tolist())}
    ends = {name: _ends(items, name, rows, pointer) for name in ("source", "target")}
    names = _texts(items, "type", pointer)
    types = sorted(set(names))
    codes = {type_: code for code, type_ in enumerate(types)}
    identities = [
        (ends["source"][place], codes[names[place]], ends["target"][place], _discriminator(item, f"{pointer}/{place}"))
        for place, item in enumerate(items)
    ]
    order = sorted(range(len(items)), key=identities.__getitem__)
    for before, after in pairwise(order):
        if identities[before] == identities[after]:
            raise problem(f"{pointer}/{after}", "this relationship stands twice: tell them apart by a 'discriminator'.")
    ordered = [items[place] for place in order]
    chosen = np.array([identities[place][:3] for place in order], dtype=np.int32).reshape(len(order), 3)
    columns = _columns(ordered, [f"{pointer}/{place}" for place in order], _edge_column)
    return EdgeColumns(
        sources=chosen[:, 0],
        type_codes=chosen[:, 1],
        targets=chosen[:, 2],
        types=tuple(types),
        discriminators=column_from_values([identities[place][3] or None for place in order]),
        columns={**columns, **_stale(ordered)},
    )


def _ends(items: Sequence[Any], name: str, rows: Mapping[str, int], pointer: str) -> list[int]:
    found = []
    for place, key in enumerate(_texts(items, name, pointer)):
        if key not in rows:
            raise problem(f"{pointer}/{place}/{name}", f"there is no node {key!r}.")
        found.append(rows[key])
    return found


def _texts(items: Sequence[Any], name: str, pointer: str) -> list[str]:
    texts = []
    for place, item in enumerate(items):
        text = _object(item, f"{pointer}/{place}").get(name)
        if not isinstance(text, str):
            raise problem(f"{pointer}/{place}/{name}", "a string is needed.")
        texts.append(text)
    return texts


def _discriminator(item: Mapping[str, Any], pointer: str) -> str:
    discriminator = item.get("discriminator", "")
    if not isinstance(discriminator, str):
        raise problem(f"{pointer}/discriminator", "a string is needed.")
    return discriminator


def _columns(
    items: Sequence[Mapping[str, Any]],
    pointers: Sequence[str],
    column_of: Callable[[str, Sequence[Any]], Column | None],
) -> dict[str, Column]:
    properties = [
        _object(item.get("properties", {}), f"{pointer}/properties")
        for item, pointer in zip(items, pointers, strict=True)
    ]
    columns = {}
    for name in sorted({name for each in properties for name in each}):
        values = [each.get(name) for each in properties]
        try:
            column = column_of(name, values)
        except InvalidInputError as error:
            raise problem(f"{_first(pointers, values)}/properties/{name}", str(error)) from error
        if column is not None:
            columns[name] = column
    return columns


def _first(pointers: Iterable[str], values: Sequence[Any]) -> str:
    """Point to the first element that has the property: the message names the value."""
    return next(pointer for pointer, value in zip(pointers, values, strict=True) if value is not None)


def _node_column(name: str, values: Sequence[Any]) -> Column | None:
    """Read a standard time as one when all are, as a read of the live graph does."""
    if name in PLAIN_TIMES and all(value is None or isinstance(value, str) for value in values):
        try:
            return time_column(values)
        except InvalidInputError:
            return column_from_values(values)
    return column_from_values(values)


def _edge_column(name: str, values: Sequence[Any]) -> Column | None:
    if name in PLAIN_TIMES:
        return time_column(values)
    if name == "value":
        return column_from_values([_as_float(value) for value in values])
    return column_from_values(values)


def _as_float(value: Any) -> float | None:
    """Take ``"value": 89`` for the float that it is everywhere else."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > sys.float_info.max:
        raise InvalidInputError(f"{value!r} is no number.")
    return float(value)


def _labels(items: Sequence[Mapping[str, Any]], pointers: Sequence[str]) -> dict[str, Column]:
    values = [item.get("labels") for item in items]
    for value, pointer in zip(values, pointers, strict=True):
        if value is not None and not (isinstance(value, list) and all(isinstance(label, str) for label in value)):
            raise problem(f"{pointer}/labels", "a list of strings is needed.")
    read = column_from_values(values)
    return {} if read is None else {LABELS: read}


def _stale(items: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    stale: NDArray[np.bool_] = np.array([item.get("stale") is True for item in items], dtype=np.bool_)
    return {STALE: Column(kind=ColumnKind.BOOLEAN, values=stale)} if stale.any() else {}


def _object(value: Any, pointer: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise problem(pointer, "an object is needed.")
    return value


def _list(state: Mapping[str, Any], name: str, pointer: str) -> list[Any]:
    items = state.get(name)
    if not isinstance(items, list):
        raise problem(f"{pointer}/{name}", "a list is needed.")
    return items
