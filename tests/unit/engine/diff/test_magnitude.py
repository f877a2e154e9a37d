"""The change magnitude: 0 for the same, 1 for nothing in common, and an incident stands out of the noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.diff import Terms, change_magnitude, compare_columns
from snapgraph.engine.formats.graph_states import graph_from_elements


def graph(values, types=None):
    nodes = [{"id": f"t{number:03}:Table", "type": "Table", "properties": {}} for number in range(len(values) + 1)]
    edges = [
        {
            "source": f"t{number:03}:Table",
            "target": f"t{number + 1:03}:Table",
            "type": (types or {}).get(number, "AVG_LATENCY_MS"),
            "properties": {} if value is None else {"value": value},
        }
        for number, value in enumerate(values)
    ]
    return graph_from_elements(nodes, edges)


def magnitude(before, after):
    return change_magnitude(compare_columns(before, after, Terms()), edges_after=len(after.edges))


numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(numbers, max_size=8), st.lists(numbers, max_size=8))
def test_it_is_a_distance_between_0_and_1(one, other):
    left, right = graph(one), graph(other)
    assert magnitude(left, left) == 0.0
    assert 0.0 <= magnitude(left, right) <= 1.0
    assert magnitude(left, right) == pytest.approx(magnitude(right, left), abs=2e-4)


def test_nothing_in_common_is_1():
    assert magnitude(graph([1.0, 2.0]), graph([1.0, 2.0], types={0: "A", 1: "B"})) == 1.0
    assert magnitude(graph([1.0]), graph([-1.0])) == 1.0


def test_one_relationship_that_grew_tenfold_stands_out_of_noise_everywhere():
    calm = np.full(100, 100.0)
    noisy = calm * np.where(np.arange(100) % 2, 1.04, 0.96)
    incident = calm.copy()
    incident[7] *= 10
    noise = magnitude(graph(calm.tolist()), graph(noisy.tolist()))
    assert magnitude(graph(calm.tolist()), graph(incident.tolist())) > 2 * noise > 0
