"""Parallel edges: distinct keys, the same whatever the order in which they were scanned."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.adapters.livegraph.parallel import plain_values, tell_apart
from snapgraph.engine.formats.values import column_from_values

EDGES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["", "a", "a#2", "b"]), st.integers(0, 9)), min_size=1, max_size=12
)


def told_apart(edges):
    place = np.array([edge[0] for edge in edges], dtype=np.int64)
    declared = column_from_values([edge[1] for edge in edges])
    columns = {"value": column_from_values([float(edge[2]) for edge in edges])}
    discriminators, order, shared = tell_apart(place, declared, columns, ())
    texts = [""] * len(edges) if discriminators is None else plain_values(discriminators, np.arange(len(edges)))
    keys = [(int(place[row]), texts[row]) for row in order.tolist()]
    return keys, {(int(place[row]), texts[row]): edges[row][2] for row in range(len(edges))}, shared


@given(EDGES)
def test_keys_are_distinct_and_in_canonical_order(edges):
    keys, _, shared = told_apart(edges)

    assert len(set(keys)) == len(edges)
    assert keys == sorted(keys)
    counts = {edge[:2]: sum(other[:2] == edge[:2] for other in edges) for edge in edges}
    assert shared == sum(count for count in counts.values() if count > 1)


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_the_scan_does_not_matter(edges, random):
    shuffled = list(edges)
    random.shuffle(shuffled)

    assert told_apart(shuffled)[1] == told_apart(edges)[1]
