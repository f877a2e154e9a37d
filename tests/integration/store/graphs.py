"""Small graphs written as dicts, and what a graph says as dicts."""

import numpy as np
from hypothesis import strategies as st

from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ColumnKind

KINDS = {float: ColumnKind.FLOAT, bool: ColumnKind.BOOLEAN, int: ColumnKind.INTEGER, str: ColumnKind.TEXT}
DTYPES = {
    ColumnKind.FLOAT: np.float64,
    ColumnKind.BOOLEAN: np.bool_,
    ColumnKind.INTEGER: np.int64,
    ColumnKind.TIME: np.int64,
    ColumnKind.TEXT: np.int32,
}


def column(values, kind=None):
    """A column of values, None where absent."""
    kind = kind or KINDS[type(next(value for value in values if value is not None))]
    present = np.array([value is not None for value in values])
    categories = ()
    if kind is ColumnKind.TEXT:
        categories = tuple(dict.fromkeys(value for value in values if value is not None))
        values = [-1 if value is None else categories.index(value) for value in values]
    array = np.array([0 if value is None else value for value in values], dtype=DTYPES[kind])
    return Column(kind=kind, values=array, present=None if present.all() else present, categories=categories)


def columns_of(rows):
    names = sorted({name for row in rows for name in row})
    return {
        name: column([row.get(name) for row in rows], ColumnKind.TIME if name == "timestamp" else None)
        for name in names
    }


def graph(nodes, edges=None):
    """A graph in canonical order: {key: properties}, {(source, type, target, discriminator): properties}."""
    edges = edges or {}
    keys = sorted(nodes)
    rows = {key: row for row, key in enumerate(keys)}
    parts = sorted(edges)
    types = tuple(sorted({each[1] for each in parts}))
    return GraphColumns(
        nodes=NodeColumns(keys=np.array(keys, dtype=object), columns=columns_of([nodes[key] for key in keys])),
        edges=EdgeColumns(
            sources=np.array([rows[each[0]] for each in parts], dtype=np.int32),
            targets=np.array([rows[each[2]] for each in parts], dtype=np.int32),
            type_codes=np.array([types.index(each[1]) for each in parts], dtype=np.int32),
            types=types,
            discriminators=column([each[3] for each in parts]) if any(each[3] for each in parts) else None,
            columns=columns_of([edges[each] for each in parts]),
        ),
    )


def meaning(found):
    """Nodes and edges of a graph as dicts, in its order."""
    node_rows = properties(found.nodes.columns, len(found.nodes))
    edges = found.edges
    discriminators = [""] * len(edges) if edges.discriminators is None else plain(edges.discriminators)
    keys = found.nodes.keys
    edge_keys = [
        (keys[source], edges.types[code], keys[target], discriminator)
        for source, code, target, discriminator in zip(
            edges.sources, edges.type_codes, edges.targets, discriminators, strict=True
        )
    ]
    edge_rows = properties(edges.columns, len(edges))
    return dict(zip(keys, node_rows, strict=True)), dict(zip(edge_keys, edge_rows, strict=True))


def properties(columns, count):
    listed = {name: plain(each) for name, each in columns.items()}
    return [{name: values[row] for name, values in listed.items() if values[row] is not None} for row in range(count)]


def plain(each):
    values = [each.categories[code] if code >= 0 else None for code in each.values] if each.categories else None
    values = each.values.tolist() if values is None else values
    return [value if there else None for value, there in zip(values, mask(each), strict=True)]


def mask(each):
    return np.ones(len(each), dtype=bool) if each.present is None else each.present


names = st.sampled_from(["a:T", "b:T", "c:T", "users:Table", "é|:T", "", "nul\0:T", "Ω%:T", "z" * 3000])
values = st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1.5, 2.125, 1e300]))


@st.composite
def small_graphs(draw):
    """Graphs with hostile names, missing properties, loops and parallel edges."""
    keys = draw(st.lists(names, unique=True, max_size=6))
    nodes = {key: {"rows": draw(st.integers(0, 3))} if draw(st.booleans()) else {} for key in keys}
    edges = {}
    if keys:
        parts = st.tuples(
            st.sampled_from(keys), st.sampled_from(["QPS", "LAT"]), st.sampled_from(keys), st.sampled_from(["", "x\0"])
        )
        for part in draw(st.lists(parts, unique=True, max_size=8)):
            row = {"value": draw(values), "note": draw(st.sampled_from([None, "", "a\0b"])), "timestamp": draw(times)}
            edges[part] = {name: value for name, value in row.items() if value is not None}
    return nodes, edges


times = st.one_of(st.none(), st.integers(0, 3))
