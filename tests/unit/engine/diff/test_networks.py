"""Networkx graphs in and out: the public ``to_networkx``, ``from_networkx`` and ``diff_graphs``."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import snapgraph
from snapgraph.engine.columns import content_hashes
from snapgraph.engine.diff import diff_graphs, from_networkx, to_networkx
from snapgraph.engine.formats.values import column_values
from snapgraph.errors import InvalidInputError
from snapgraph.model.changes import Change, ChangeCounts, DiffOptions
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, QUERIES_PER_SEC
from snapgraph.model.vocabulary import ChangeDirection, ColumnKind, Operation

Build = Callable[..., GraphColumns]


def test_the_public_names_are_these() -> None:
    assert (snapgraph.diff_graphs, snapgraph.from_networkx, snapgraph.to_networkx) == (
        diff_graphs,
        from_networkx,
        to_networkx,
    )


def test_a_graph_goes_out_with_keys_types_and_properties(graph_of: Build) -> None:
    graph = graph_of(
        [("a", {"hotspot_score": 5.0, "type": "odd"}), "b"],
        [("a", AVG_LATENCY_MS, "b", 5.0), ("a", "JOINS", "b", {"value": 1.0, "trend": "up"}, "hash")],
    )

    network = to_networkx(graph)

    assert dict(network.nodes(data=True)) == {
        "a:Table": {"type": "Table", "hotspot_score": 5.0, "property:type": "odd"},
        "b:Table": {"type": "Table"},
    }
    assert list(network.edges(keys=True, data=True)) == [
        ("a:Table", "b:Table", AVG_LATENCY_MS, {"type": AVG_LATENCY_MS, "value": 5.0}),
        (
            "a:Table",
            "b:Table",
            "JOINS|hash",
            {"type": "JOINS", "discriminator": "hash", "value": 1.0, "trend": "up"},
        ),
    ]


names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=4)
properties = st.dictionaries(
    st.sampled_from(["value", "type", "discriminator", "property:type", "property:", "note", "@labels"]),
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1) | st.booleans() | names,
    max_size=3,
)


@st.composite
def networks(draw: st.DrawFn) -> nx.MultiDiGraph:
    network = nx.MultiDiGraph()
    nodes = draw(st.lists(st.tuples(names, st.sampled_from(["Table", "", "a:b"])), min_size=1, max_size=4, unique=True))
    for name, type_ in nodes:
        network.add_node((name, type_))
    for _ in range(draw(st.integers(0, 5))):
        source, target = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        type_, discriminator = draw(names), draw(st.just("") | names)
        network.add_edge(source, target, key=(type_, discriminator))
        network.edges[source, target, (type_, discriminator)].update(draw(properties))
    return network


@given(networks())
def test_out_and_in_again_gives_the_same_graph(raw: nx.MultiDiGraph) -> None:
    named = nx.MultiDiGraph()
    for name, type_ in raw:
        named.add_node((name, type_), type=type_)
    for source, target, (type_, discriminator), attributes in raw.edges(keys=True, data=True):
        given_ = {f"property:{key}" if key != "value" else key: value for key, value in attributes.items()}
        named.add_edge(source, target, key=(type_, discriminator))
        named.edges[source, target, (type_, discriminator)].update(
            given_ | {"type": type_, "discriminator": discriminator}
        )
    graph = from_networkx(named)

    again = from_networkx(to_networkx(graph))

    assert content_hashes(again) == content_hashes(graph)
    assert again.nodes.keys.tolist() == graph.nodes.keys.tolist() == sorted(graph.nodes.keys.tolist())


def one_edge(**attributes: Any) -> nx.DiGraph:
    network = nx.DiGraph()
    network.add_edge("users", "products", **attributes)
    return network


def test_plain_names_become_nodes_and_a_plain_edge_has_a_plain_type() -> None:
    graph = from_networkx(one_edge(value=3))

    assert graph.nodes.keys.tolist() == ["products:Node", "users:Node"]
    assert graph.edges.types == ("EDGE",)
    assert graph.edges.columns["value"].kind is ColumnKind.FLOAT


@pytest.mark.parametrize(
    ("key", "attributes", "type_", "discriminator"),
    [
        (0, {}, "EDGE", ""),
        (1, {}, "EDGE", "1"),
        ("CALLS", {}, "CALLS", ""),
        (0, {"type": "CALLS"}, "CALLS", ""),
        (2, {"type": "CALLS"}, "CALLS", "2"),
        ("CALLS", {"type": "CALLS"}, "CALLS", ""),
        ("x", {"type": "CALLS"}, "CALLS", "x"),
        ("x", {"type": "CALLS", "discriminator": "hash"}, "CALLS", "hash"),
    ],
)
def test_type_and_discriminator_come_from_attributes_or_the_key(key, attributes, type_, discriminator) -> None:
    network = nx.MultiDiGraph()
    network.add_edge("a", "b", key=key, **attributes)

    edges = from_networkx(network).edges

    assert edges.types == (type_,)
    assert (column_values(edges.discriminators) if edges.discriminators else [""]) == [discriminator]


def test_values_of_other_kinds_are_taken_as_a_live_graph_has_them() -> None:
    moment = datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC)
    columns = from_networkx(
        one_edge(timestamp=moment, seen=moment, nan=float("nan"), none=None, small=np.float32(0.5), tags=["a"])
    ).edges.columns

    assert columns["timestamp"].kind is ColumnKind.TIME
    assert column_values(columns["timestamp"]) == ["2025-01-06T14:23:05Z"]
    assert column_values(columns["seen"]) == [{"$type": "DateTime", "value": "2025-01-06T14:23:05Z"}]
    assert column_values(columns["small"]) == [0.5]
    assert column_values(columns["tags"]) == [["a"]]
    assert {"nan", "none"}.isdisjoint(columns)


def test_a_timestamp_that_is_no_time_is_somebodys_property() -> None:
    columns = from_networkx(one_edge(timestamp="yesterday", updated_at=["x"])).edges.columns

    assert column_values(columns["timestamp"]) == ["yesterday"]
    assert column_values(columns["updated_at"]) == [["x"]]


def same_names() -> nx.DiGraph:
    network = nx.DiGraph()
    network.add_nodes_from([1, "1"])
    return network


def same_edges() -> nx.MultiDiGraph:
    network = nx.MultiDiGraph()
    network.add_edge("a", "b", key="X", type="CALLS", discriminator="d")
    network.add_edge("a", "b", key="Y", type="CALLS", discriminator="d")
    return network


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nx.Graph(), "undirected"),
        (same_names(), "have one key, 1:Node"),
        (same_edges(), "Two CALLS edges a:Node -> b:Node"),
        (one_edge(value=object()), "cannot be a property"),
    ],
)
def test_what_has_no_meaning_is_refused(network, message) -> None:
    with pytest.raises(InvalidInputError, match=message):
        from_networkx(network)


def test_a_diff_of_networks_is_a_network_of_what_differs() -> None:
    before, after = one_edge(type=AVG_LATENCY_MS, value=45.0), one_edge(type=AVG_LATENCY_MS, value=1200.0)
    after.add_edge("products", "inventory", type=QUERIES_PER_SEC, value=3.0)
    after.nodes["users"]["rows"] = 7

    result = diff_graphs(before, after)

    assert {node: data["op"] for node, data in result.nodes(data=True)} == {
        "users": Operation.CHANGED,
        "inventory": Operation.ADDED,
        "products": None,
    }
    assert {ends: data["op"] for *ends, data in result.edges(data=True) for ends in [tuple(ends)]} == {
        ("users", "products"): Operation.CHANGED,
        ("products", "inventory"): Operation.ADDED,
    }
    (change,) = result.edges["users", "products", AVG_LATENCY_MS]["changes"]
    assert (change.delta, change.direction) == (1155.0, ChangeDirection.WORSE)
    assert result.graph["changes"][0] == change
    assert result.graph["counts"] == ChangeCounts(
        total=4, nodes_added=1, nodes_changed=1, edges_added=1, edges_changed=1, worse=1, regressions_critical=1
    )
    assert result.graph["structure"].components_after == 1
    assert len(result.graph["content_hash"]) == 32


def test_a_removed_edge_stands_under_the_name_that_it_had() -> None:
    before = nx.MultiDiGraph()
    before.add_edge("a", "b", key="CALLS", value=1.0)
    after = nx.MultiDiGraph()
    after.add_nodes_from("ab")

    ((source, target, key, data),) = diff_graphs(before, after).edges(keys=True, data=True)

    assert (source, target, key, data["op"], data["type"]) == ("a", "b", "CALLS", Operation.REMOVED, "CALLS")


def test_equal_networks_differ_in_nothing() -> None:
    network = one_edge(type=AVG_LATENCY_MS, value=45.0, timestamp=1736173385)
    later = one_edge(type=AVG_LATENCY_MS, value=45.0, timestamp=1736173390)

    assert len(diff_graphs(network, later)) == 0
    changes: tuple[Change, ...] = diff_graphs(network, later, options=DiffOptions(volatile=())).graph["changes"]
    assert [change.field for change in changes] == ["timestamp"]
