"""Whatever a reader misses, what it ends up with is the graph as it is: no gap, no repeat, no wrong element."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapgraph.live import topics
from snapgraph.live.clients import Subscription
from snapgraph.live.filters import TopicFilter
from snapgraph.live.followed import Followed
from snapgraph.live.topics import Topic
from tests.unit.live.mirror import Mirror
from tests.unit.live.ticks import SHOP, columns, moment, tick

TABLES = ["users", "orders", "order_items", "items"]
TYPES = ["QUERIES_PER_SEC", "AVG_LATENCY_MS"]
VALUES = st.sampled_from([0.0, 50.0, 150.0, 2000.0])


@st.composite
def graphs(draw):
    nodes = draw(st.dictionaries(st.sampled_from(TABLES), st.sampled_from([1.0, 85.0]), min_size=1))
    ends = st.sampled_from(sorted(nodes))
    edges = draw(st.dictionaries(st.tuples(ends, st.sampled_from(TYPES), ends), VALUES, max_size=8))
    return columns(nodes, edges)


filters = st.builds(
    TopicFilter.of,
    st.just("default"),
    types=st.lists(st.sampled_from(TYPES), max_size=1),
    nodes=st.lists(st.sampled_from(["users", "order*", "items:Table"]), max_size=2),
    min_value=st.sampled_from([None, 100.0]),
    bottlenecks=st.booleans(),
)
IS_THERE = st.booleans()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(graphs(), IS_THERE), min_size=1, max_size=12), filters, st.integers(2, 6))
def test_a_reader_that_reads_now_and_then_always_has_the_graph_as_it_is(looks, filter_, kept):
    followed = Followed(SHOP, most_ticks=kept)
    subscription = Subscription("a", followed.topic(filter_), None)
    mirror = Mirror()
    for seq, (graph, reads) in enumerate(looks, 10):
        followed.take(tick(seq, graph))
        if not reads:
            continue
        for message in followed.messages_for(subscription):
            mirror.take(json.loads(message.json))
        whole = Mirror()
        whole.take(json.loads(Topic(filter_).document(moment(seq, graph))))
        assert (mirror.seq, mirror.nodes, mirror.relationships) == (seq, whole.nodes, whole.relationships)


@settings(max_examples=100, deadline=None)
@given(st.lists(graphs(), min_size=2, max_size=12), filters, st.data())
def test_whoever_comes_back_with_since_goes_on_from_there_or_gets_a_state(looks, filter_, data):
    followed = Followed(SHOP, most_ticks=4)
    mirror = Mirror()
    for seq, graph in enumerate(looks, 10):
        followed.take(tick(seq, graph))
        if data.draw(IS_THERE):
            subscription = Subscription("a", followed.topic(filter_), mirror.seq)
            messages = [json.loads(message.json) for message in followed.messages_for(subscription)]
            is_too_old = mirror.seq is not None and mirror.seq < seq - 3
            assert (messages[:1] and messages[0]["type"] == "resync") == is_too_old or not messages
            for message in messages:
                mirror.take(message)
            assert mirror.seq == seq


def test_1000_reconnects_lose_nothing_and_repeat_nothing():
    followed = Followed(SHOP)
    mirror = Mirror()
    topic = TopicFilter(graph="default")
    for seq in range(1, 1001):
        edges = {("users", "QUERIES_PER_SEC", name): float(seq % (7 + place)) for place, name in enumerate(TABLES)}
        graph = columns(dict.fromkeys(TABLES, 1.0), edges)
        followed.take(tick(seq, graph))
        subscription = Subscription("a", followed.topic(topic), mirror.seq)
        for message in followed.messages_for(subscription):
            mirror.take(json.loads(message.json))
        followed.leave(subscription.topic)
    assert (mirror.seq, mirror.states) == (1000, 1)


def test_what_only_volatile_properties_tell_is_no_change():
    was, is_ = columns({"users": 1.0}, {}), columns({"users": 1.0}, {})
    is_.nodes.columns["total_queries"] = is_.nodes.columns["hotspot_score"]
    (delta,) = Topic(TopicFilter(graph="default")).deltas(moment(1, was), moment(2, is_))
    assert json.loads(delta.json)["nodes"] == {"added": [], "changed": [], "removed": []}


def test_a_tick_that_does_not_rise_is_left_out():
    followed = Followed(SHOP)
    graph = columns({"users": 1.0}, {})
    for seq in (5, 5, 4):
        followed.take(tick(seq, graph))
    assert (len(followed.ring), followed.ring.newest.tick.seq) == (1, 5)


def test_a_large_delta_goes_out_in_parts_that_each_fit_and_together_are_all():
    names = [f"table_{number:05}_{'x' * 60}" for number in range(4_000)]
    before, after = columns({}, {}), columns(dict.fromkeys(names, 1.0), {})
    mirror = Mirror()
    topic = Topic(TopicFilter(graph="default"))
    mirror.take(json.loads(topic.document(moment(1, before))))
    deltas = topic.deltas(moment(1, before), moment(2, after))
    assert len(deltas) > 1
    assert max(len(delta.json) for delta in deltas) <= 256 * 1024
    for delta in deltas:
        mirror.take(json.loads(delta.json))
    assert len(mirror.nodes) == 4_000


@pytest.mark.parametrize(("tables", "is_written"), [(10, True), (10_000, False)])
def test_a_state_that_is_surely_too_large_is_not_written_to_find_that_out(tables, is_written, monkeypatch):
    written = []
    original = Topic.document
    monkeypatch.setattr(Topic, "document", lambda *args: written.append(1) or original(*args))
    graph = columns(dict.fromkeys(map(str, range(tables)), 1.0), {})
    state = json.loads(Topic(TopicFilter(graph="default")).state(moment(7, graph)).json)
    assert (bool(written), "href" in state) == (is_written, not is_written)


@given(graphs())
def test_no_element_is_shorter_than_what_that_is_judged_by(graph):
    seen = moment(1, graph)
    nodes, edges = np.arange(len(graph.nodes)), np.arange(len(graph.edges))
    assert min(map(len, seen.nodes(nodes))) >= topics.LEAST_NODE_BYTES
    assert min(map(len, seen.edges(edges)), default=10_000) >= topics.LEAST_EDGE_BYTES


def test_a_large_state_says_where_it_is():
    names = [f"table_{number:05}_{'x' * 60}" for number in range(4_000)]
    state = Topic(TopicFilter.of("default", types=(), nodes=["t*"], min_value=None, bottlenecks=False)).state(
        moment(7, columns(dict.fromkeys(names, 1.0), {}))
    )
    assert len(state.json) < 256 * 1024
    assert json.loads(state.json)["href"] == "/api/performance/live/state?graph=default&nodes=t%2A&seq=7"
