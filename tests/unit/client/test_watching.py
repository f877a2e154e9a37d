"""The live stream on the client's side: deltas are put on only where they belong."""

import json
from contextlib import closing
from itertools import pairwise
from threading import Event

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.client import WatchedGraph
from snapgraph.client.transport import Transport
from snapgraph.client.watching import LiveFilter, watch
from snapgraph.errors import IntegrityError

KEYS = [f"t{number}:Table" for number in range(6)]
GRAPHS = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 3))


def elements(graph):
    return [{"id": key, "key": key, "properties": {"value": value}} for key, value in sorted(graph.items())]


def state(graph, seq):
    return {"type": "state", "seq": seq, "nodes": elements(graph), "relationships": elements(graph)}


def delta(before, after, seq, part=1, parts=1):
    changes = {
        "added": elements({key: value for key, value in after.items() if key not in before}),
        "changed": elements({key: value for key, value in after.items() if before.get(key, value) != value}),
        "removed": sorted(before.keys() - after.keys()),
    }
    numbers = {"seq_from": seq, "seq_to": seq + 1, "part": part, "parts": parts}
    return {"type": "delta", **numbers, "nodes": changes, "relationships": changes}


@given(st.lists(GRAPHS, min_size=1, max_size=6))
def test_deltas_in_order_lead_to_the_last_graph(graphs):
    watched = WatchedGraph()
    watched.take_state(state(graphs[0], 1))
    for seq, (before, after) in enumerate(pairwise(graphs), 1):
        watched.take_delta(delta(before, after, seq))
    assert watched.seq == len(graphs)
    assert {key: each["properties"]["value"] for key, each in watched.nodes.items()} == graphs[-1]
    assert watched.relationships.keys() == graphs[-1].keys()


def test_a_delta_is_put_on_when_its_last_part_is_there():
    watched = WatchedGraph()
    watched.take_state(state({}, 1))
    assert watched.take_delta(delta({}, {KEYS[0]: 1}, 1, part=1, parts=2)) is None
    assert (watched.seq, watched.nodes) == (1, {})
    whole = watched.take_delta(delta({}, {KEYS[1]: 1}, 1, part=2, parts=2))
    assert [each["id"] for each in whole["nodes"]["added"]] == KEYS[:2]
    assert (watched.seq, sorted(watched.nodes)) == (2, KEYS[:2])


def test_after_a_gap_the_parts_begin_anew():
    watched = WatchedGraph()
    watched.take_state(state({}, 1))
    watched.take_delta(delta({}, {KEYS[0]: 1}, 1, part=1, parts=3))
    with pytest.raises(IntegrityError):
        watched.take_delta(delta({}, {KEYS[1]: 1}, 1, part=3, parts=3))
    assert watched.take_delta(delta({}, {KEYS[0]: 1}, 1)) is not None
    assert (watched.seq, list(watched.nodes)) == (2, KEYS[:1])


def test_half_a_delta_before_a_break_is_not_joined_with_one_after_it():
    half = delta({}, {KEYS[0]: 1}, 1, part=1, parts=2)
    rest = delta({}, {KEYS[1]: 1}, 1, part=2, parts=2)
    connections = iter([[state({}, 1), half], [half, rest]])
    asked = []

    def server(environ, start_response):
        asked.append(environ["QUERY_STRING"])
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return [b"data: %s\n\n" % json.dumps(each).encode() for each in next(connections)]

    transport = Transport("http://here", token=None, inner=httpx.WSGITransport(app=server), timeout_seconds=5.0)
    watched = WatchedGraph()
    with closing(transport):
        updates = watch(transport, LiveFilter(), watched)
        assert [next(updates).kind for _ in range(2)] == ["state", "delta"]
    assert (watched.seq, sorted(watched.nodes)) == (2, KEYS[:2])
    assert asked == ["graph=default", "graph=default&since=1"]


@pytest.mark.parametrize(
    "message",
    [
        delta({}, {KEYS[1]: 1}, 2),
        delta({}, {KEYS[1]: 1}, 0),
        delta({}, {KEYS[1]: 1}, 1, part=2, parts=2),
        delta({}, {KEYS[0]: 1}, 1),
        delta({KEYS[2]: 1}, {}, 1),
        delta({KEYS[2]: 1}, {KEYS[2]: 2}, 1),
    ],
    ids=["too new", "too old", "second part first", "adds what is there", "removes nothing", "changes nothing"],
)
def test_a_delta_that_does_not_belong_here_is_refused_and_changes_nothing(message):
    watched = WatchedGraph()
    watched.take_state(state({KEYS[0]: 1}, 1))
    with pytest.raises(IntegrityError):
        watched.take_delta(message)
    assert (watched.seq, list(watched.nodes)) == (1, KEYS[:1])


def test_a_stream_on_which_only_heartbeats_come_ends_when_it_is_told_to():
    stop = Event()

    def service(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        yield f"data: {json.dumps(state({}, 1))}\n\n".encode()
        stop.set()  # from outside, while the watch waits for what comes
        for _ in range(3):
            yield b'data: {"type": "heartbeat", "graphs": []}\n\n'
        raise AssertionError("it went on")

    transport = Transport("http://local", token=None, inner=httpx.WSGITransport(app=service), timeout_seconds=1)
    with closing(transport):
        assert [each.kind for each in watch(transport, LiveFilter(), WatchedGraph(), stop=stop)] == ["state"]
