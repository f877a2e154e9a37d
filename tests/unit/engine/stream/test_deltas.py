"""The delta on columns: apply(before, delta) is after, merging is associative, bytes give back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.columns import digest_graph
from snapgraph.engine.formats.documents import write_graph_state
from snapgraph.engine.formats.graph_states import graph_from_elements
from snapgraph.engine.stream import (
    Op,
    apply_delta,
    delta_between,
    delta_from_bytes,
    delta_to_bytes,
    graph_from_bytes,
    graph_to_bytes,
    merge_deltas,
)
from snapgraph.errors import IntegrityError

NAMES = [f"t{number}:Table" for number in range(6)]
VALUES = st.one_of(
    st.integers(-5, 5), st.floats(-3, 3, width=16), st.sampled_from(["a", "b", ""]), st.booleans(), st.just([1, "x"])
)
PROPERTIES = st.dictionaries(st.sampled_from(["p", "q"]), VALUES, max_size=2)


@st.composite
def graphs(draw):
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
    nodes = [{"id": name, "type": "Table", "properties": draw(PROPERTIES)} for name in names]
    ends = st.sampled_from(names) if names else st.nothing()
    identity = st.tuples(ends, st.sampled_from(["A", "B", "C"]), ends, st.sampled_from(["", "x", "y"]))
    edges = (
        [
            {
                "source": source,
                "type": type_,
                "target": target,
                **({"discriminator": discriminator} if discriminator else {}),
                "properties": {**draw(PROPERTIES), "value": draw(st.sampled_from([1.0, 2.5, 3.0]))},
            }
            for source, type_, target, discriminator in draw(st.lists(identity, unique=True, max_size=8))
        ]
        if names
        else []
    )
    return graph_from_elements(nodes, edges)


def same(one, other):
    """Equal content, whatever the order of categories and unused types."""
    return text(one) == text(other) and digest_graph(one).hashes() == digest_graph(other).hashes()


def text(graph):
    return b"".join(write_graph_state(graph))


def described(delta):
    return (
        text(delta.upserts),
        delta.node_ops.tolist(),
        delta.edge_ops.tolist(),
        text(delta.removals),
        delta.removed_nodes.tolist(),
    )


@given(graphs(), graphs())
def test_a_delta_put_on_the_graph_before_gives_the_graph_after(before, after):
    delta = delta_between(before, after)
    assert same(apply_delta(before, delta), after)
    assert delta_between(before, before).is_empty
    assert delta.is_empty == same(before, after)


@given(graphs(), graphs(), graphs(), graphs())
def test_merging_is_associative_and_leads_to_the_same_graph(one, two, three, four):
    first, second, third = delta_between(one, two), delta_between(two, three), delta_between(three, four)
    left = merge_deltas(merge_deltas(first, second), third)
    right = merge_deltas(first, merge_deltas(second, third))
    assert described(left) == described(right)
    assert same(apply_delta(one, left), four)


@given(graphs(), graphs())
def test_bytes_give_back_the_same(before, after):
    assert same(graph_from_bytes(graph_to_bytes(after)), after)
    delta = delta_between(before, after)
    assert described(delta_from_bytes(delta_to_bytes(delta))) == described(delta)


@given(graphs(), graphs())
def test_a_delta_put_on_twice_does_no_harm(before, after):
    delta = delta_between(before, after)
    assert same(apply_delta(apply_delta(before, delta), delta), after)


def test_what_only_changed_in_something_ignored_is_no_change():
    before, after = (
        graph_from_elements([{"id": "a:Table", "type": "Table", "properties": {"calls": calls}}], [])
        for calls in (1, 2)
    )
    assert delta_between(before, after, ignoring=["calls"]).is_empty
    assert delta_between(before, after).node_ops.tolist() == [Op.CHANGED]


def test_an_end_brings_no_properties():
    nodes = [{"id": name, "type": "Table", "properties": {"p": 1}} for name in NAMES[:2]]
    edge = {"source": NAMES[0], "target": NAMES[1], "type": "A", "properties": {"value": 1.0}}
    delta = delta_between(graph_from_elements(nodes, []), graph_from_elements(nodes, [edge]))
    assert delta.node_ops.tolist() == [Op.END, Op.END]
    assert delta.upserts.nodes.columns == {}


@pytest.mark.parametrize("body", [b"", b"\x02", b"\x01\x05\x00\x00\x00{}", b"\x01\x02\x00\x00\x00{}"])
def test_damaged_bytes_are_refused(body):
    with pytest.raises(IntegrityError):
        graph_from_bytes(body)
