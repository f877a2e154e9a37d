"""Keys split back into what they were made of, one by one and many at a time."""

from hypothesis import given
from hypothesis import strategies as st

from snapgraph.model.keys import edge_key, edge_keys, node_key, split_edge_key
from tests.fixtures.graphs import TEXT

NODES = st.builds(node_key, TEXT, TEXT)
EDGES = st.lists(st.tuples(NODES, TEXT, NODES, TEXT))


@given(EDGES)
def test_a_key_splits_back_into_its_parts(edges):
    assert [split_edge_key(edge_key(*parts)) for parts in edges] == edges


@given(EDGES)
def test_many_keys_at_once_are_the_keys_one_by_one(edges):
    sources, types, targets, discriminators = ([parts[place] for parts in edges] for place in range(4))

    assert edge_keys(sources, types, targets, discriminators) == [edge_key(*parts) for parts in edges]
    assert edge_keys(sources, types, targets) == [edge_key(*parts[:3]) for parts in edges]
