"""Relationship ids: readable, distinct, the same however many are asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.formats.labels import label_of_edge, labels_of_rows, relationship_labels
from snapgraph.model.keys import node_key
from snapgraph.model.metrics import DEFAULT_METRICS, MetricDefinition
from tests.fixtures.graphs import NAMES, build, elements

FEW_NAMES = st.sampled_from(["a", "b", "a_b", "b_a", "_", "a_", "2", "a_2", "%", "a:b"])


def graph_of(*edges, discriminators=None):
    names = sorted({name for source, _, target in edges for name in (source, target)})
    nodes = [{"id": node_key(name, "Table"), "type": "Table", "properties": {}} for name in names]
    relationships = [
        {
            "source": node_key(source, "Table"),
            "target": node_key(target, "Table"),
            "type": type_,
            "discriminator": "" if discriminators is None else discriminators[place],
            "properties": {},
        }
        for place, (source, type_, target) in enumerate(edges)
    ]
    return build((nodes, relationships))


def expected_labels(graph, metrics):
    """The rule, word for word: one after the other, and the first free ordinal."""
    taken = set()
    for source, type_, target in zip(graph.edges.sources, graph.edges.type_codes, graph.edges.targets, strict=True):
        plain = label_of_edge(graph.nodes.keys[source], graph.edges.types[type_], graph.nodes.keys[target], metrics)
        label, ordinal = plain, 1
        while label in taken:
            ordinal += 1
            label = f"{plain}_{ordinal}"
        taken.add(label)
        yield label


def test_the_specifications_example():
    assert relationship_labels(graph_of(("users", "QUERIES_PER_SEC", "products"))) == ["users_products_qps"]


def test_each_default_metric_has_its_short_name_and_any_other_its_own_in_lower_case():
    types = [*DEFAULT_METRICS, "READS_FROM"]

    labels = relationship_labels(graph_of(*[("a", type_, "b") for type_ in types]))

    assert sorted(labels) == [
        "a_b_errors",
        "a_b_hotspot",
        "a_b_index",
        "a_b_joins",
        "a_b_latency",
        "a_b_load",
        "a_b_qps",
        "a_b_reads_from",
    ]


def test_parallel_edges_are_numbered_in_canonical_order():
    graph = graph_of(*[("a", "CALLS", "b")] * 3, discriminators=["z", "", "m"])

    assert relationship_labels(graph) == ["a_b_calls", "a_b_calls_2", "a_b_calls_3"]


def test_labels_that_are_equal_only_when_joined_are_told_apart():
    graph = graph_of(("a_b", "T", "c"), ("a", "T", "b_c"))

    assert relationship_labels(graph) == ["a_b_c_t", "a_b_c_t_2"]


def test_a_label_that_is_taken_by_a_repeat_of_another_moves_on():
    metrics = {"T": MetricDefinition(type="T", short_name="x"), "U": MetricDefinition(type="U", short_name="x_2")}
    graph = graph_of(("a", "T", "b"), ("a", "T", "b"), ("a", "U", "b"), discriminators=["", "m", ""])

    assert relationship_labels(graph, metrics) == ["a_b_x", "a_b_x_2", "a_b_x_2_2"]


@given(
    st.lists(st.tuples(FEW_NAMES, st.sampled_from(["T", "U", "V_2"]), FEW_NAMES), max_size=30, unique=True),
    st.sampled_from(["t", "2", "x_2", ""]),
)
def test_labels_follow_the_rule_word_for_word(edges, short_name):
    metrics = {"T": MetricDefinition(type="T", short_name=short_name)}
    graph = graph_of(*edges)

    assert relationship_labels(graph, metrics) == list(expected_labels(graph, metrics))


@given(elements())
def test_labels_are_distinct_in_every_graph(drawn):
    graph = build(drawn)
    labels = relationship_labels(graph)

    assert labels == list(expected_labels(graph, DEFAULT_METRICS))
    assert len(set(labels)) == len(labels)


@given(elements(names=NAMES), st.data())
def test_a_page_of_labels_has_the_labels_of_the_whole(drawn, data):
    graph = build(drawn)
    count = len(graph.edges)
    rows = data.draw(st.lists(st.integers(0, count - 1), max_size=3)) if count else []

    whole = relationship_labels(graph)

    assert labels_of_rows(graph, np.array(rows, dtype=np.intp)) == [whole[row] for row in rows]


@pytest.mark.parametrize("name", ["sales.users", "a:b", "100%", "a_b"])
def test_names_stand_in_labels_as_people_wrote_them(name):
    assert label_of_edge(node_key(name, "Table"), "ERROR_RATE", node_key("b", "Table")) == f"{name}_b_errors"
