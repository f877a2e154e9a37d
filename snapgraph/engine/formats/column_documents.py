"""A snapshot with its graph as columns, for readers that draw 100,000 relationships: typed arrays, names once.

The header is that of the JSON document; in place of ``graph_state`` stands ``graph_columns``. Numbers are packed: the
bytes of an array, little-endian, in base64, with its type (``u1``, ``u2``, ``u4``, ``i8``, ``f8``).

A column has a ``kind``. ``float``, ``integer``: f8, NaN where the property is absent. ``time``: i8, microseconds since
1970 UTC, the least number there is where absent. ``boolean``: u1, 0 false, 1 true, 2 absent. ``text``, ``json``: codes,
0 absent, n for ``categories[n - 1]``, those of ``json`` as the JSON document has them.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.elements import properties_of, stale_rows
from snapgraph.engine.formats.fragments import as_json_column
from snapgraph.engine.formats.headers import snapshot_to_json
from snapgraph.engine.formats.labels import short_names
from snapgraph.engine.formats.schemas import header_schema, how_much_schema
from snapgraph.engine.formats.values import has_big_integers
from snapgraph.model.columns import LABELS, STALE, Column, GraphColumns
from snapgraph.model.metrics import MetricDefinition
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["COLUMNS_MEDIA_TYPE", "columns_schema", "write_columns"]

COLUMNS_MEDIA_TYPE = "application/vnd.snapgraph.columns+json"

_CODED = frozenset({ColumnKind.TEXT, ColumnKind.JSON})
_ABSENT_FLAG = 2
_ABSENT_TIME = np.iinfo(np.int64).min
_STRING: Mapping[str, Any] = {"type": "string"}
_STRINGS: Mapping[str, Any] = {"type": "array", "items": _STRING}
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}


def write_columns(
    snapshot: Snapshot,
    graph: GraphColumns,
    *,
    metrics: Mapping[str, MetricDefinition],
    ordinals: NDArray[np.int32],
    said: Mapping[str, object],
) -> bytes:
    """Write a snapshot with its graph as columns.

    Args:
        snapshot: The header.
        graph: The payload, or a part of it.
        metrics: For the short names in relationship ids.
        ordinals: Of the relationship ids, one per edge; left out when none repeats.
        said: Members beside the header: how much of the graph this is.
    """
    nodes, edges = graph.nodes, graph.edges
    columns = {
        "nodes": {"count": len(nodes), "keys": nodes.keys.tolist(), **_described(nodes.columns)},
        "relationships": {
            "count": len(edges),
            "types": edges.types,
            "short_names": short_names(edges.types, metrics),
            "source": _packed_codes(edges.sources),
            "target": _packed_codes(edges.targets),
            "type": _packed_codes(edges.type_codes),
            **({} if edges.discriminators is None else {"discriminator": _column(edges.discriminators)}),
            **({"ordinal": _packed_codes(ordinals)} if ordinals.max(initial=1) > 1 else {}),
            **_described(edges.columns),
        },
    }
    return orjson.dumps({**snapshot_to_json(snapshot), **said, "graph_columns": columns})


def _described(columns: Mapping[str, Column]) -> dict[str, Any]:
    """Write ``columns``, and where there are some ``stale`` and ``labels``."""
    stale = {"stale": _packed(stale_rows(columns[STALE]).astype(np.uint8))} if STALE in columns else {}
    labels = {"labels": _column(columns[LABELS])} if LABELS in columns else {}
    return {
        **stale,
        **labels,
        "columns": {name: _column(column) for name, column in properties_of(columns).items()},
    }


def _column(column: Column) -> dict[str, Any]:
    if column.kind is ColumnKind.INTEGER and has_big_integers(column.values):
        column = as_json_column(column)
    if column.kind in _CODED:
        codes = column.values.astype(np.int64) + 1
        texts = [orjson.Fragment(text) for text in column.categories]
        categories = texts if column.kind is ColumnKind.JSON else column.categories
        return {"kind": column.kind, "values": _packed_codes(_present(codes, column, 0)), "categories": categories}
    if column.kind is ColumnKind.BOOLEAN:
        flags = column.values.astype(np.uint8)
        return {"kind": column.kind, "values": _packed(_present(flags, column, _ABSENT_FLAG))}
    if column.kind is ColumnKind.TIME:
        times = column.values.astype(np.int64)
        return {"kind": column.kind, "values": _packed(_present(times, column, _ABSENT_TIME))}
    return {"kind": column.kind, "values": _packed(_present(column.values.astype(np.float64), column, np.nan))}


def _present(values: NDArray[Any], column: Column, absent: float) -> NDArray[Any]:
    return values if column.present is None else np.where(column.present, values, np.array(absent, values.dtype))


def _packed_codes(codes: NDArray[Any]) -> dict[str, str]:
    """Pack numbers from 0 in as few bytes as the largest needs."""
    most = int(codes.max(initial=0))
    width = np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32
    return _packed(codes.astype(width))


def _packed(values: NDArray[Any]) -> dict[str, str]:
    little = values.dtype.newbyteorder("<")
    return {"type": little.str[1:], "data": base64.b64encode(values.astype(little, copy=False).tobytes()).decode()}


def columns_schema() -> dict[str, Any]:
    """Describe the document."""
    header = header_schema()
    packed = {
        "type": "object",
        "required": ["type", "data"],
        "properties": {
            "type": {"enum": ["u1", "u2", "u4", "i8", "f8"]},
            "data": {**_STRING, "contentEncoding": "base64"},
        },
    }
    kinds = [kind.value for kind in ColumnKind]
    column = {
        "type": "object",
        "required": ["kind", "values"],
        "properties": {"kind": {"enum": kinds}, "values": packed, "categories": {"type": "array", "items": {}}},
    }
    properties = {"type": "object", "additionalProperties": column}
    both = {"count": _COUNT, "stale": packed, "columns": properties}
    nodes = {**both, "keys": _STRINGS, "labels": column}
    edges = {
        **both,
        "types": _STRINGS,
        "short_names": _STRINGS,
        **dict.fromkeys(("source", "target", "type", "ordinal"), packed),
        "discriminator": column,
    }
    needed = ["count", "types", "short_names", "source", "target", "type", "columns"]
    sides = {
        "nodes": {"type": "object", "required": ["count", "keys", "columns"], "properties": nodes},
        "relationships": {"type": "object", "required": needed, "properties": edges},
    }
    return {
        **header,
        "title": "Snapshot as columns",
        "required": [*header["required"], "complete", "totals", "graph_columns"],
        "properties": {
            **header["properties"],
            **how_much_schema(),
            "graph_columns": {"type": "object", "required": list(sides), "properties": sides},
        },
    }
