"""Slices of source nodes: each relationship in one of them, none too large."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.adapters.livegraph.passes import source_slices

DEGREES = st.dictionaries(st.integers(0, 2**60), st.integers(1, 50), max_size=40)


@given(DEGREES, st.integers(1, 60))
def test_every_node_is_in_one_slice_and_no_slice_has_more_than_it_may(degrees, most):
    rows = np.array(list(degrees.items()), dtype=np.int64).reshape(-1, 2)

    slices = source_slices(rows, most)

    assert sorted(id_ for ids, _ in slices for id_ in ids) == sorted(degrees)
    for ids, heavy in slices:
        held = sum(degrees[id_] for id_ in ids)
        assert ids
        assert heavy == (held > most)
        assert not heavy or len(ids) == 1
    light = [ids for ids, heavy in slices if not heavy]
    assert all(sum(degrees[id_] for id_ in [*first, *second]) > most for first, second in pairwise(light))
