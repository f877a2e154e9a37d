"""Cutting a graph into chunks and joining it again, without a database."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.graphs import performance_graph
from snapgraph.adapters.store.cutting import cut, property_name, stored_name
from snapgraph.adapters.store.joining import fill, join_pieces, skeleton
from snapgraph.engine import columns
from snapgraph.engine.columns import content_hashes
from snapgraph.errors import IntegrityError, InvalidInputError
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.vocabulary import ColumnKind, ElementKind


def with_ids(graph, node_ids, edge_ids):
    nodes, edges = graph.nodes, graph.edges
    return GraphColumns(
        nodes=type(nodes)(keys=nodes.keys, columns=nodes.columns, ids=node_ids),
        edges=type(edges)(
            sources=edges.sources,
            targets=edges.targets,
            type_codes=edges.type_codes,
            types=edges.types,
            columns=edges.columns,
            ids=edge_ids,
        ),
    )


def chunks_of(made, kind):
    """The pieces of one kind of elements, chunk by chunk."""
    listed = [each for each in made.columns if each.element_kind is kind]
    numbers = list(listed[0].pieces)
    return [{each.name: each.pieces[number] for each in listed if number in each.pieces} for number in numbers]


def rebuilt(made):
    nodes, edges = (join_pieces(chunks_of(made, kind)) for kind in ElementKind)
    return fill(skeleton(nodes, edges), nodes, edges)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_a_graph_with_any_ids_is_cut_and_joined_to_itself(seed, mixed):
    random = np.random.default_rng(seed)
    graph = performance_graph(60, 400, seed=seed, mixed=mixed)
    ids = [np.sort(random.choice(30_000, size, replace=False)) for size in (60, 400)]
    if seed % 2:
        random.shuffle(ids[1])  # elements that came later have higher ids, wherever they stand
    graph = with_ids(graph, *ids)
    found = rebuilt(cut(graph, columns))
    assert content_hashes(found) == content_hashes(graph)
    assert np.array_equal(found.edges.ids, graph.edges.ids)
    assert np.array_equal(found.nodes.ids, graph.nodes.ids)


def test_an_element_lies_in_the_chunk_of_its_id_in_every_snapshot():
    graph = with_ids(performance_graph(60, 400), np.arange(60) + 4090, np.arange(400) * 100)
    made = cut(graph, columns)
    numbers = {each.name: list(each.pieces) for each in made.structure}
    assert numbers["@key"] == [0, 1]
    assert numbers["@source"] == list(range(10))


def test_what_is_as_it_was_is_not_hashed_again(monkeypatch):
    graph = with_ids(performance_graph(60, 9_000), np.arange(60), np.arange(9_000))
    last = cut(graph, columns)
    hashed = []
    monkeypatch.setattr(columns, "chunk_hash", lambda piece: hashed.append(piece) or b"x" * 16)
    values = graph.edges.columns["value"].values.copy()
    values[5_000] += 1
    changed = {**graph.edges.columns, "value": Column(kind=ColumnKind.FLOAT, values=values)}
    again = with_ids(graph, graph.nodes.ids, graph.edges.ids)
    again = GraphColumns(nodes=again.nodes, edges=type(again.edges)(**edge_fields(again.edges, columns=changed)))
    made = cut(again, columns, last)
    assert len(hashed) == 1, "one chunk of values"
    assert made.properties[ElementKind.EDGE, ".trend"] is last.properties[ElementKind.EDGE, ".trend"]


def edge_fields(edges, **changes):
    return {name: getattr(edges, name) for name in edges.__dataclass_fields__} | changes


def test_the_hashes_are_the_same_with_and_without_a_memory():
    graph = with_ids(performance_graph(60, 9_000), np.arange(60), np.arange(9_000))
    made = cut(graph, columns)
    blocks = made.blocks(columns.BLOCK_ROWS)
    assert ("edge", "value") in blocks
    plain = columns.digest_graph(graph)
    assert columns.digest_graph(graph, None, blocks).hashes() == plain.hashes()
    assert columns.digest_graph(graph, plain).hashes() == plain.hashes()
    assert plain.hashes() == content_hashes(graph)


@pytest.mark.parametrize("ids", [np.arange(9_000) + 1, np.arange(9_000)[::-1].copy()])
def test_ids_with_a_gap_or_in_another_order_lend_no_hashes(ids):
    graph = with_ids(performance_graph(60, 9_000), np.arange(60), ids)
    blocks = cut(graph, columns).blocks(columns.BLOCK_ROWS)
    assert not any(kind == "edge" for kind, _ in blocks)


def test_equal_ids_are_refused():
    with pytest.raises(InvalidInputError, match="same key"):
        cut(with_ids(performance_graph(5, 10), np.zeros(5, dtype=np.int64), np.arange(10)), columns)


def test_an_edge_into_nothing_is_no_graph():
    made = cut(with_ids(performance_graph(60, 400), np.arange(60), np.arange(400)), columns)
    nodes = [
        {name: each.take(np.arange(5)) for name, each in chunk.items()} for chunk in chunks_of(made, ElementKind.NODE)
    ]
    with pytest.raises(IntegrityError, match="does not have"):
        skeleton(join_pieces(nodes), join_pieces(chunks_of(made, ElementKind.EDGE)))


def test_pieces_of_different_lengths_are_refused():
    piece = Column(kind=ColumnKind.INTEGER, values=np.arange(3))
    with pytest.raises(IntegrityError):
        join_pieces([{"@id": piece, ".x": Column(kind=ColumnKind.INTEGER, values=np.arange(2))}])


def test_names_of_properties_are_told_from_structure():
    assert property_name(stored_name("@id")) == "@id"
    assert property_name("@id") is None
