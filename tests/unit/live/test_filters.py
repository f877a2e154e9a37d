"""What a filter shows."""

from __future__ import annotations

import numpy as np
import pytest

from snapgraph.live.filters import TopicFilter
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
    given = {"types": (), "nodes": (), "min_value": None, "bottlenecks": False, **conditions}
    seen = moment(1, GRAPH)
    selection = TopicFilter.of("default", **given).select(GRAPH, lambda: seen.bad)
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
    TopicFilter.of("default", types=(), nodes=["*a" * 80 + "b"], min_value=None, bottlenecks=False).select(
        hostile, lambda: moment(1, hostile).bad
    )


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
    given = {"types": (), "nodes": (), "min_value": None, "bottlenecks": False, **conditions}
    assert TopicFilter.of("default", **given).admits(bad) is expected
