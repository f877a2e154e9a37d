"""Small graphs written down as lists."""

import numpy as np
import pytest

from snapgraph.engine.formats.values import column_from_values
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ColumnKind

TIMES = {"timestamp", "updated_at"}


def column(name, values):
    if name not in TIMES:
        return column_from_values(values)
    present = np.array([value is not None for value in values])
    times = np.array([0 if value is None else round(value * 1e6) for value in values], dtype=np.int64)
    return Column(kind=ColumnKind.TIME, values=times, present=None if present.all() else present)


def columns(rows):
    names = sorted({name for row in rows for name in row})
    found = {name: column(name, [row.get(name) for row in rows]) for name in names}
    return {name: made for name, made in found.items() if made is not None}


def graph_of(edges=(), nodes=()):
    """Make a graph.

    Args:
        edges: ``(source, type, target, value or properties)``; bare names are tables.
        nodes: ``(key, properties)``, for nodes with properties or without edges.
    """
    properties = {}
    for key, found in nodes:
        properties[full(key)] = found
    for source, _, target, _ in edges:
        properties.setdefault(full(source), {})
        properties.setdefault(full(target), {})
    keys = sorted(properties)
    types = tuple(sorted({type_ for _, type_, _, _ in edges}))
    rows = sorted(
        (keys.index(full(source)), types.index(type_), keys.index(full(target)), position)
        for position, (source, type_, target, _) in enumerate(edges)
    )
    found = [edges[position][3] for *_, position in rows]
    return GraphColumns(
        nodes=NodeColumns(keys=np.array(keys, dtype=object), columns=columns([properties[key] for key in keys])),
        edges=EdgeColumns(
            sources=np.array([row[0] for row in rows], dtype=np.int32),
            targets=np.array([row[2] for row in rows], dtype=np.int32),
            type_codes=np.array([row[1] for row in rows], dtype=np.int32),
            types=types,
            columns=columns([value if isinstance(value, dict) else {"value": float(value)} for value in found]),
        ),
    )


def full(key):
    return key if ":" in key else f"{key}:Table"


@pytest.fixture(name="graph_of")
def graph_of_fixture():
    return graph_of
