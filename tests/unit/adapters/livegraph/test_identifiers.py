"""Ids of one transaction, dense as those of Neo4j and scattered as those of the embedded server."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.adapters.livegraph.identifiers import NOT_READ, Places, distinct

IDS = st.one_of(
    st.lists(st.integers(0, 300), max_size=200),
    st.lists(st.integers(-(2**62), 2**62), max_size=50),
)


@given(IDS)
def test_distinct_ids_are_those_of_numpy(drawn):
    ids = np.array(drawn, dtype=np.int64)

    assert distinct(ids).tolist() == sorted(set(drawn))


@given(IDS, st.lists(st.integers(-5, 400), max_size=20), st.randoms(use_true_random=False))
def test_every_id_is_found_where_its_node_stands(drawn, others, random):
    read = sorted(set(drawn))
    random.shuffle(read)
    named = [row for row in range(len(read)) if random.random() < 0.8]
    random.shuffle(named)
    expected = {id_: named.index(row) if row in named else -1 for row, id_ in enumerate(read)}
    asked = [*read, *others]

    found = Places(np.array(read, dtype=np.int64), named).find(np.array(asked, dtype=np.int64))

    assert found.tolist() == [expected.get(id_, NOT_READ) for id_ in asked]


@pytest.mark.parametrize("ids", [[0], [7, 7, 7], [2**40, 0]])
def test_few_ids_are_no_special_case(ids):
    assert distinct(np.array(ids, dtype=np.int64)).tolist() == sorted(set(ids))
