"""The two hashes of a graph."""

from dataclasses import replace

import numpy as np

from snapgraph.engine.columns import content_hashes
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.vocabulary import ColumnKind


def graph(*, value=1.5, timestamp=1, types=("A", "B"), code=0, ids=None):
    return GraphColumns(
        nodes=NodeColumns(keys=np.array(["a:T", "b:T"], dtype=object), ids=ids),
        edges=EdgeColumns(
            sources=np.array([0], dtype=np.int32),
            targets=np.array([1], dtype=np.int32),
            type_codes=np.array([code], dtype=np.int32),
            types=types,
            columns={
                "value": Column(kind=ColumnKind.FLOAT, values=np.array([value])),
                "timestamp": Column(kind=ColumnKind.TIME, values=np.array([timestamp])),
            },
        ),
    )


def test_the_stable_hash_ignores_volatile_columns_and_the_full_one_does_not():
    full, stable = content_hashes(graph(timestamp=1), ("timestamp",))
    later_full, later_stable = content_hashes(graph(timestamp=2), ("timestamp",))
    assert full != later_full
    assert stable == later_stable


def test_a_changed_value_changes_both():
    assert set(content_hashes(graph(value=1.0), ("timestamp",))).isdisjoint(
        content_hashes(graph(value=2.0), ("timestamp",))
    )


def test_ids_and_unused_types_do_not_matter():
    reference = content_hashes(graph())
    assert content_hashes(graph(ids=np.array([7, 9]))) == reference
    assert content_hashes(graph(types=("0", "A", "B"), code=1)) == reference


def test_a_column_of_nothing_is_no_content():
    plain = graph()
    nothing = Column(kind=ColumnKind.FLOAT, values=np.zeros(1), present=np.zeros(1, dtype=bool))
    with_nothing = replace(plain, edges=replace(plain.edges, columns={**plain.edges.columns, "x": nothing}))
    assert content_hashes(with_nothing) == content_hashes(plain)


def test_the_same_column_on_nodes_and_on_edges_is_not_the_same():
    plain = graph()
    extra = Column(kind=ColumnKind.FLOAT, values=np.zeros(2))
    on_nodes = replace(plain, nodes=replace(plain.nodes, columns={"x": extra}))
    on_edges = replace(
        plain, edges=replace(plain.edges, columns={**plain.edges.columns, "x": extra.take(np.array([0]))})
    )
    assert len({content_hashes(each) for each in (plain, on_nodes, on_edges)}) == 3
