"""The dictionary in memory: look-ups by packed numbers, append-only."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.adapters.store.dictionary import EdgeParts, GraphDictionary
from snapgraph.errors import TooLargeError

triples = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5)), unique=True, max_size=40)


def parts(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return EdgeParts(source_ids=columns[0], target_ids=columns[1], type_numbers=columns[2])


@given(triples, triples)
def test_an_edge_is_found_by_its_parts_and_by_nothing_else(known, asked):
    dictionary = GraphDictionary()
    half = len(known) // 2
    dictionary.add_edges(0, parts(known[:half]))
    dictionary.edge_ids(parts(asked))  # an index is built, and must be built again after the next line
    dictionary.add_edges(half, parts(known[half:]))
    expected = [known.index(row) if row in known else -1 for row in asked]
    assert dictionary.edge_ids(parts(asked)).tolist() == expected


def test_numbers_beyond_those_of_the_index_are_unknown_and_not_mistaken():
    dictionary = GraphDictionary()
    dictionary.add_edges(0, parts([(1, 1, 1), (1, 0, 1)]))
    assert dictionary.edge_ids(parts([(1, 1, 1), (1, 3, 1), (7, 1, 1), (0, 2, 3)])).tolist() == [0, -1, -1, -1]


def test_what_is_known_already_is_not_appended_twice():
    dictionary = GraphDictionary()
    for first, rows in ((0, [(1, 2, 0), (2, 3, 0)]), (0, [(1, 2, 0), (2, 3, 0)]), (1, [(2, 3, 0), (3, 4, 0)])):
        dictionary.add_edges(first, parts(rows))
    assert len(dictionary.edges) == 3
    dictionary.add_edges(9, parts([(9, 9, 9)]))
    assert len(dictionary.edges) == 3, "a gap is left for the next load, which fills it"


def test_keys_that_are_unknown_are_minus_one():
    dictionary = GraphDictionary()
    dictionary.add_nodes(0, ["a", "b"])
    assert dictionary.node_ids(np.array(["b", "x", "a"], dtype=object)).tolist() == [1, -1, 0]


def test_a_dictionary_beyond_its_numbers_says_so():
    dictionary = GraphDictionary()
    dictionary.add_edges(0, parts([(2**31, 1, 4)]))
    with pytest.raises(TooLargeError, match="name the graph anew"):
        dictionary.edge_ids(parts([(1, 1, 1)]))


@given(triples)
def test_twins_are_seen(rows):
    assert not parts(rows).has_twins()
    if rows:
        assert parts([*rows, rows[0]]).has_twins()
