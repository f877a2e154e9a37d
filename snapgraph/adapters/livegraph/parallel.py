"""Parallel edges: told apart by a declared property, else by an ordinal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["declared_discriminators", "tell_apart"]


def declared_discriminators(
    columns: Mapping[str, Column],
    type_codes: NDArray[np.int32],
    types: Sequence[str],
    declared: Mapping[str, str],
) -> Column | None:
    """Make the discriminators that the settings declare.

    Args:
        columns: Properties of the edges.
        type_codes: Types of the edges.
        types: Names of the types.
        declared: Relationship type -> column name.

    Returns:
        A TEXT column, empty text where nothing is declared or the property is missing; ``None`` when all are empty.
    """
    found = [(code, columns[declared[type_]]) for code, type_ in enumerate(types) if declared.get(type_) in columns]
    if not found:
        return None
    texts = [""] * len(type_codes)
    for code, column in found:
        rows = np.flatnonzero(type_codes == code)
        is_json = column.kind is ColumnKind.JSON
        for row, value in zip(rows.tolist(), plain_values(column, rows), strict=True):
            texts[row] = _as_text(orjson.loads(value) if is_json and value is not None else value)
    return _text_column(texts)


def tell_apart(
    place: NDArray[np.int64],
    discriminators: Column | None,
    columns: Mapping[str, Column],
    volatile: Collection[str],
) -> tuple[Column | None, NDArray[np.intp], int]:
    """Sort edges, and give those of one key ordinals by the canonical order of their properties.

    Args:
        place: One number per (source, type, target), in their order.
        discriminators: The declared ones.
        columns: Properties of the edges.
        volatile: Properties that change all the time: they decide last, and ``value`` before them.

    Returns:
        The discriminators with ``#2``, ``#3`` … at the end of all but the first; the canonical order; how many edges
        share a key.
    """
    order = canonical_order(place, discriminators)
    sorted_place = place[order]
    same = sorted_place[1:] == sorted_place[:-1]
    if discriminators is not None:
        codes = discriminators.values[order]
        same &= codes[1:] == codes[:-1]
    if not same.any():
        return discriminators, order, 0
    texts = [""] * len(place) if discriminators is None else plain_values(discriminators, np.arange(len(place)))
    places = np.unique(sorted_place[1:][same])
    begins, ends = np.searchsorted(sorted_place, places), np.searchsorted(sorted_place, places, side="right")
    groups = [order[begin:end].tolist() for begin, end in zip(begins, ends, strict=True)]
    sort_keys = _sort_keys(columns, volatile, np.concatenate(groups))
    shared = sum(_number(group, texts, sort_keys) for group in groups)
    numbered = _text_column(texts)
    return numbered, canonical_order(place, numbered), shared


def canonical_order(place: NDArray[np.int64], discriminators: Column | None) -> NDArray[np.intp]:
    """Sort by place, then by the text of the discriminator."""
    if discriminators is None:
        return np.argsort(place)
    by_text = sorted(range(len(discriminators.categories)), key=discriminators.categories.__getitem__)
    ranks = np.zeros(len(by_text), dtype=np.int64)
    ranks[by_text] = np.arange(len(by_text))
    return np.lexsort((ranks[discriminators.values], place))


def _number(group: Sequence[int], texts: list[str], sort_keys: Mapping[int, Any]) -> int:
    """Write ordinals behind equal discriminators of the edges between two nodes; returns how many shared one."""
    by_text: dict[str, list[int]] = {}
    for row in group:
        by_text.setdefault(texts[row], []).append(row)
    shared = 0
    for text, rows in list(by_text.items()):
        shared += len(rows) if len(rows) > 1 else 0
        ordinal = 2
        for row in sorted(rows, key=sort_keys.__getitem__)[1:]:
            while f"{text}#{ordinal}" in by_text:  # a discriminator that an edge really has
                ordinal += 1
            texts[row] = f"{text}#{ordinal}"
            ordinal += 1
    return shared


def _sort_keys(columns: Mapping[str, Column], volatile: Collection[str], rows: NDArray[np.intp]) -> dict[int, Any]:
    """Make the canonical sort keys of edges: steady properties, then the value, then the rest."""
    values = {name: plain_values(columns[name], rows) for name in sorted(columns)}
    steady = [column for name, column in values.items() if name not in volatile and name != "value"]
    fleeting = [column for name, column in values.items() if name in volatile]
    value = values.get("value", [None] * len(rows))
    return {
        row: (
            orjson.dumps([column[place] for column in steady]),
            float("-inf") if value[place] is None else value[place],
            orjson.dumps([column[place] for column in fleeting]),
        )
        for place, row in enumerate(rows.tolist())
    }


def plain_values(column: Column, rows: NDArray[np.intp]) -> list[Any]:
    """Give Python values of some rows: numbers, booleans, microseconds, texts, JSON texts; ``None`` where absent."""
    raw = column.values[rows].tolist()
    if column.kind in {ColumnKind.TEXT, ColumnKind.JSON}:
        return [column.categories[code] if code >= 0 else None for code in raw]
    if column.present is None:
        return list(raw)
    return [value if there else None for value, there in zip(raw, column.present[rows], strict=True)]


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode("utf-8")


def _text_column(texts: Sequence[str]) -> Column | None:
    categories = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    if not any(categories):
        return None
    values = np.fromiter(map(categories.__getitem__, texts), np.int32, len(texts))
    return Column(kind=ColumnKind.TEXT, values=values, categories=tuple(categories))
