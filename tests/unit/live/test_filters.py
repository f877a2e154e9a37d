"""What a filter shows."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.live.filters import TopicFilter
from snapgraph.live.names import Names
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.vocabulary import ElementKind, Severity
from tests.unit.live.ticks import columns, moment

QPS, LATENCY = "QUERIES_PER_SEC", "AVG_LATENCY_MS"
GRAPH = columns(
    {"users": 90.0, "orders": 1.0, "order_items": 1.0, "idle": 1.0},
    {
        ("users", QPS, "orders"): 5.0,
        ("users", LATENCY, "orders"): 1200.0,
        ("orders", LATENCY, "order_items"): 20.0,
    },
)
U_O_QPS, U_O_MS, O_I_MS = "users:QPS:orders", "users:MS:orders", "orders:MS:order_items"


def shown(**conditions) -> tuple[set[str], set[str]]:
    wish = {"types": (), "nodes": (), "min_value": None, "bottlenecks": False, **conditions}
    seen = moment(1, GRAPH)
    selection = TopicFilter.of("default", **wish).select(GRAPH, lambda: seen.bad)
    names = [key.removesuffix(":Table") for key in GRAPH.nodes.keys.tolist()]
    edges = GRAPH.edges
    short = {QPS: "QPS", LATENCY: "MS"}
    return (
        {names[row] for row in np.flatnonzero(selection.nodes)},
        {
            f"{names[edges.sources[row]]}:{short[edges.types[edges.type_codes[row]]]}:{names[edges.targets[row]]}"
            for row in np.flatnonzero(selection.edges)
        },
    )


@pytest.mark.parametrize(
    ("conditions", "nodes", "edges"),
    [
        ({}, {"users", "orders", "order_items", "idle"}, {U_O_QPS, U_O_MS, O_I_MS}),
        ({"types": [QPS]}, {"users", "orders"}, {U_O_QPS}),
        ({"types": ["NO_SUCH_TYPE"]}, set(), set()),
        ({"nodes": ["users"]}, {"users", "orders"}, {U_O_QPS, U_O_MS}),
        ({"nodes": ["order_*"]}, {"orders", "order_items"}, {O_I_MS}),
        ({"nodes": ["idle:Table"]}, {"idle"}, set()),
        ({"nodes": ["nobody"]}, set(), set()),
        ({"min_value": 100.0}, {"users", "orders"}, {U_O_MS}),
        ({"min_value": 20.0}, {"users", "orders", "order_items"}, {U_O_MS, O_I_MS}),
        ({"bottlenecks": True}, {"users", "orders"}, {U_O_MS}),
        ({"bottlenecks": True, "nodes": ["order_items"]}, set(), set()),
        (
            {"types": [LATENCY], "nodes": ["orders"], "min_value": 1.0},
            {"users", "orders", "order_items"},
            {U_O_MS, O_I_MS},
        ),
    ],
)
def test_a_filter_shows_what_matches_and_the_ends_of_it(conditions, nodes, edges):
    assert shown(**conditions) == (nodes, edges)


def test_equal_filters_are_one_topic_however_they_are_written():
    one = TopicFilter.of("default", types=["A", "B", "A"], nodes=(), min_value=1, bottlenecks=False)
    other = TopicFilter.of("default", types=["B", "A"], nodes=(), min_value=1.0, bottlenecks=False)
    assert one.topic == other.topic
    assert one.topic != TopicFilter.of("other", types=["B", "A"], nodes=(), min_value=1.0, bottlenecks=False).topic
    assert len(one.topic) == 16


def test_a_pattern_of_many_stars_costs_no_time():
    hostile = columns({"a" * 2_000: 1.0}, {})
    wanted = TopicFilter.of("default", types=(), nodes=["*a" * 80 + "b"], min_value=None, bottlenecks=False)
    assert not wanted.select(hostile, lambda: moment(1, hostile).bad).nodes.any()


@given(
    st.lists(st.text("ab:*?[]!-", max_size=6), max_size=4), st.lists(st.text("ab:", min_size=1, max_size=5), max_size=6)
)
def test_all_patterns_together_mean_what_each_of_them_means(patterns, names):
    keys = np.array([f"{name.replace(':', '%3A')}:Table" for name in names], dtype=object)
    expected = [
        any(fnmatchcase(name, each) or fnmatchcase(key, each) for each in patterns)
        for name, key in zip(names, keys, strict=True)
    ]
    assert Names(patterns).among(keys).tolist() == expected


def test_the_nodes_of_the_tick_before_are_not_looked_through_again():
    names = Names(["a*"])
    keys = np.array(["a:Table", "b:Table"], dtype=object)
    found = names.among(keys)
    assert names.among(keys.copy()) is found
    assert names.among(np.array(["b:Table", "a:Table"], dtype=object)).tolist() == [False, True]


@pytest.mark.parametrize(
    "conditions",
    [
        {"types": [QPS]},
        {"min_value": 1.0},
        {"nodes": ["orders"]},
        {"nodes": ["users"]},
        {"bottlenecks": True},
        {"types": [QPS], "bottlenecks": True},
        {},
    ],
)
def test_the_alert_of_a_node_goes_to_those_who_see_it_for_its_own_sake(conditions):
    lonely = columns({"users": 90.0, "orders": 1.0}, {})
    wish = {"types": (), "nodes": (), "min_value": None, "bottlenecks": False, **conditions}
    seen = moment(1, lonely)
    filter_ = TopicFilter.of("default", **wish)
    bad = seen.worst[0]
    assert bad.key == "users:Table"
    is_shown = filter_.select(lonely, lambda: seen.bad).nodes[lonely.nodes.keys.tolist().index(bad.key)]
    assert filter_.admits(bad) is bool(is_shown)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, True),
        ({"types": [QPS]}, False),
        ({"nodes": ["orders"]}, True),
        ({"nodes": ["x*"]}, False),
        ({"min_value": 2000}, False),
    ],
)
def test_an_alert_goes_to_those_who_see_its_element(conditions, expected):
    bad = Bottleneck(
        kind=ElementKind.EDGE,
        key="users:Table|AVG_LATENCY_MS|orders:Table",
        label="users->orders",
        metric=LATENCY,
        value=1200.0,
        severity=Severity.CRITICAL,
    )
    wish = {"types": (), "nodes": (), "min_value": None, "bottlenecks": False, **conditions}
    assert TopicFilter.of("default", **wish).admits(bad) is expected
