"""The two CSV files of :mod:`snapgraph.engine.formats.csv` read back into columns."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

import orjson

from snapgraph.engine.formats.csv import NODES_HEADER, RELATIONSHIPS_HEADER
from snapgraph.engine.formats.formulas import unguarded
from snapgraph.engine.formats.graph_states import graph_from_elements
from snapgraph.engine.formats.records import problem
from snapgraph.model.columns import GraphColumns

__all__ = ["graph_from_csv"]

_BESIDE: Mapping[str, str] = {"@discriminator": "discriminator", "@labels": "labels", "@stale": "stale"}


def graph_from_csv(*, nodes: bytes, relationships: bytes) -> GraphColumns:
    """Read ``nodes.csv`` and ``relationships.csv``; the order of rows means nothing.

    Raises:
        InvalidInputError: With the file and line of what is wrong.
    """
    return graph_from_elements(
        [_node(row, where) for row, where in _rows(nodes, NODES_HEADER, "/nodes.csv")],
        [_relationship(row, where) for row, where in _rows(relationships, RELATIONSHIPS_HEADER, "/relationships.csv")],
        pointer="",
    )


def _rows(data: bytes, header: Sequence[str], pointer: str) -> Iterator[tuple[dict[str, str], str]]:
    """Give each row by its column names, with where it stands."""
    try:
        lines = csv.reader(StringIO(data.decode(), newline=""), strict=True)
        if tuple(next(lines, ())) != tuple(header):
            raise problem(f"{pointer}/1", f"the first line is to be {','.join(header)}.")
        for row in lines:
            if len(row) != len(header):
                raise problem(f"{pointer}/{lines.line_num}", f"{len(header)} cells are needed, not {len(row)}.")
            yield dict(zip(header, row, strict=True)), f"{pointer}/{lines.line_num}"
    except (UnicodeDecodeError, csv.Error) as error:
        raise problem(pointer, f"this is no CSV in UTF-8: {error}.") from error


def _node(row: Mapping[str, str], where: str) -> dict[str, Any]:
    return _element(row, where, texts=("id", "type"), cells={"name": unguarded})


def _relationship(row: Mapping[str, str], where: str) -> dict[str, Any]:
    cells: Mapping[str, Callable[[str], Any]] = {
        "value": float,
        "timestamp": str,
        "trend": unguarded,
        "severity": unguarded,
    }
    return _element(row, where, texts=("id", "source", "target", "type"), cells=cells)


def _element(
    row: Mapping[str, str], where: str, *, texts: Sequence[str], cells: Mapping[str, Callable[[str], Any]]
) -> dict[str, Any]:
    """Make the JSON object of an element; what stands beside the properties goes back there."""
    try:
        properties = orjson.loads(row["properties"] or "{}")
        read = {name: reading(row[name]) for name, reading in cells.items() if row[name]}
    except ValueError as error:
        raise problem(where, f"a cell cannot be read: {error}.") from error
    if not isinstance(properties, dict):
        raise problem(where, "the cell 'properties' is to be a JSON object.")
    beside = {name: properties.pop(marked) for marked, name in _BESIDE.items() if marked in properties}
    return {**{name: unguarded(row[name]) for name in texts}, **beside, "properties": {**read, **properties}}
