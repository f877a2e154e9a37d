"""What a subscriber meets on a real server: greeting, state, deltas, events, alerts, refusals."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from tests.integration.live.talk import read_later, talk
from tests.unit.live.mirror import Mirror

pytestmark = pytest.mark.usefixtures("shop")

U_P_QPS = "users:Table|QUERIES_PER_SEC|products:Table"
P_O_MS = "products:Table|AVG_LATENCY_MS|orders:Table"
SET = "MATCH (:Table {name: $a})-[r:QUERIES_PER_SEC]->() SET r.value = $value"


def until(live, mirror, is_reached, within=15.0):
    """Follow until something is so; every message is proved on the way."""
    end = time.monotonic() + within
    while not is_reached():
        mirror.take(live.hear("state", "delta", within=end - time.monotonic()))


def value(mirror, key=U_P_QPS):
    return mirror.relationships[key]["properties"]["value"]


def test_a_socket_is_greeted_and_a_subscriber_gets_the_state_and_then_what_changes(server, shop):
    with talk(server.live) as live:
        hello = live.hear("hello")
        assert (hello["protocol"], hello["graphs"], hello["heartbeat_seconds"]) == ("snapgraph.v1", ["default"], 25)
        subscribed = live.subscribe()
        state = live.hear("state")
        assert state["topic"] == subscribed["topic"]
        assert {node["id"] for node in state["nodes"]} == {"users:Table", "products:Table", "orders:Table"}
        assert state["summary"]["bottlenecks_count"] == 3
        mirror = Mirror()
        mirror.take(state)

        shop.run(SET, a="users", value=500.5)
        until(live, mirror, lambda: value(mirror) == 500.5)
        shop.run("MATCH (t:Table {name: 'orders'}) DETACH DELETE t")
        until(live, mirror, lambda: set(mirror.nodes) == {"users:Table", "products:Table"})
        assert P_O_MS not in mirror.relationships
        shop.run("CREATE (:Table {name: 'orders'})")
        until(live, mirror, lambda: "orders:Table" in mirror.nodes)
        assert mirror.states == 1


def test_the_state_is_the_graph_that_rest_shows(server, shop):
    with talk(server.live) as live:
        live.subscribe()
        read_later(live, shop)
        live.say("resync", id="a")
        state = live.hear("state")
    rest = httpx.get(f"{server.http}/api/performance/graph", timeout=30).json()["graph_state"]
    assert state["nodes"] == rest["nodes"]
    assert [{**each, "key": ""} for each in rest["relationships"]] == [
        {**each, "key": ""} for each in state["relationships"]
    ]


def test_filters_are_applied_on_the_server_and_several_subscriptions_share_a_socket(server, shop):
    with talk(server.live) as live:
        qps = live.subscribe("qps", types=["QUERIES_PER_SEC"], nodes=["user*"])
        first = live.hear("state")
        worst = live.subscribe("worst", bottlenecks=True)
        second = live.hear("state")
        assert qps["topic"] == first["topic"] != worst["topic"] == second["topic"]
        assert [each["key"] for each in first["relationships"]] == [U_P_QPS]
        assert {each["type"] for each in second["relationships"]} == {"AVG_LATENCY_MS"}

        shop.run("MATCH (:Table {name: 'products'})-[r:AVG_LATENCY_MS]->() SET r.value = 1.0")
        while True:
            message = live.hear("delta")
            relationships = message["relationships"]
            if message["topic"] == qps["topic"]:
                assert relationships == {"added": [], "changed": [], "removed": []}
            elif relationships["removed"]:
                break
        assert relationships["removed"] == [P_O_MS]
        live.say("unsubscribe", id="worst")
        live.hear("unsubscribed")
        shop.run(SET, a="users", value=1.5)
        assert live.hear("delta")["topic"] == qps["topic"]


def test_an_edge_that_leaves_the_filter_by_its_value_is_removed_and_comes_back_as_added(server, shop):
    with talk(server.live) as live:
        live.subscribe(types=["QUERIES_PER_SEC"], min_value=50.0)
        mirror = Mirror()
        mirror.take(live.hear("state"))
        assert set(mirror.relationships) == {U_P_QPS}
        shop.run(SET, a="users", value=49.0)
        until(live, mirror, lambda: not mirror.relationships)
        shop.run(SET, a="users", value=51.0)
        until(live, mirror, lambda: set(mirror.relationships) == {U_P_QPS})


def test_whoever_comes_back_goes_on_where_they_were(server, shop):
    mirror = Mirror()
    for round_ in range(20):
        with talk(server.live) as live:
            shop.run(SET, a="users", value=float(round_))
            live.subscribe(since=mirror.seq)
            until(live, mirror, lambda round_=round_: bool(mirror.seq) and value(mirror) == float(round_))
    assert mirror.states == 1


def test_a_gap_that_is_too_old_is_told_and_a_state_follows(server):
    with talk(server.live) as live:
        live.subscribe("a", since=10**15)
        assert "1000000000000000 is not in the replay log" in live.hear("resync", "state")["reason"]
        assert live.hear("state")["seq"] < 10**15
        live.say("resync", id="a")
        assert live.hear("resync", "state")["reason"] == "asked for"
        live.hear("state")


def test_snapshots_are_told_to_whoever_follows_their_graph(server):
    with talk(server.live) as live:
        topic = live.subscribe()["topic"]
        live.hear("state")
        made = httpx.post(f"{server.http}/api/performance/snapshots", json={"description": "told"}, timeout=30).json()
        told = live.hear("snapshot")
        assert (told["event"], told["topic"], told["snapshot"]["snapshot_id"]) == (
            "captured",
            topic,
            made["snapshot_id"],
        )
        address = f"{server.http}/api/performance/snapshots/{made['snapshot_id']}"
        httpx.patch(address, json={"tags": ["release"]}, timeout=30).raise_for_status()
        assert live.hear("snapshot")["snapshot"]["tags"] == ["release"]
        httpx.delete(address, timeout=30).raise_for_status()
        told = live.hear("snapshot")
        assert (told["event"], told["snapshot_id"]) == ("deleted", made["snapshot_id"])


def test_bottlenecks_that_appear_and_go_are_told_once(server, shop):
    with talk(server.live) as live:
        live.subscribe(types=["AVG_LATENCY_MS"])
        live.hear("state")
        shop.run("MATCH (:Table {name: 'products'})-[r:AVG_LATENCY_MS]->() SET r.value = 10.0")
        gone = live.hear("alert")
        assert (gone["event"], gone["bottleneck"]["key"]) == ("gone", P_O_MS)
        shop.run("MATCH (:Table {name: 'products'})-[r:AVG_LATENCY_MS]->() SET r.value = 3000.0")
        appeared = live.hear("alert")
        assert (appeared["event"], appeared["bottleneck"]["severity"]) == ("appeared", "critical")


def test_what_makes_no_sense_is_refused_in_words_and_the_socket_stays(server):
    with talk(server.live) as live:
        live.hear("hello")
        for text, code in (
            ("{", "malformed"),
            ("[]", "invalid_input"),
            ('{"type": "shout"}', "invalid_input"),
            ('{"type": "subscribe"}', "invalid_input"),
            ('{"type": "subscribe", "id": "a", "typos": []}', "invalid_input"),
            ('{"type": "subscribe", "id": "a", "min_value": NaN}', "malformed"),
            ('{"type": "subscribe", "id": "a", "min_value": "5"}', "invalid_input"),
            ('{"type": "subscribe", "id": "a", "graph": "nowhere"}', "not_found"),
            ('{"type": "unsubscribe", "id": "a"}', "not_found"),
            ("[" * 30_000, "malformed"),
            ('{"type": "ping", "x": "\\ud800"}', "malformed"),
        ):
            live.socket.send(text)
            error = live.hear("error")
            assert error["code"] == code, text
            assert error["detail"]
        live.socket.send(b"\x00\x01")
        assert live.hear("error")["code"] == "malformed"
        live.say("subscribe", id="named", graph="nowhere")
        error = live.hear("error")
        assert (error["id"], error["problems"][0]["allowed"]) == ("named", ["default"])
        live.say("ping")
        live.hear("pong")
        live.subscribe()
        live.hear("state")


def test_more_subscriptions_than_16_are_refused(server):
    with talk(server.live) as live:
        for number in range(16):
            live.subscribe(str(number))
        live.say("subscribe", id="17")
        assert "at most 16" in live.hear("error")["detail"]
        live.say("subscribe", id="3", types=["LOAD_FACTOR"])
        assert live.hear("subscribed")["id"] == "3"


def test_events_are_the_same_stream_for_who_has_no_websocket(server, shop):
    address = f"{server.http}/api/performance/live/events?types=QUERIES_PER_SEC"
    mirror = Mirror()
    last = ""
    for round_ in range(3):
        shop.run(SET, a="users", value=float(round_))
        with httpx.stream("GET", address, headers={"Last-Event-ID": last} if last else {}, timeout=15) as response:
            assert response.headers["content-type"] == "text/event-stream"
            for line in response.iter_lines():
                if line.startswith("id: "):
                    last = line.removeprefix("id: ")
                if line.startswith("data: "):
                    mirror.take(json.loads(line.removeprefix("data: ")))
                    if mirror.seq and value(mirror) == float(round_):
                        break
    assert mirror.states == 1
    assert last == str(mirror.seq)


def test_events_refuse_what_makes_no_sense_before_they_begin(server):
    address = f"{server.http}/api/performance/live/events"
    assert httpx.get(address, params={"graph": "nowhere"}, timeout=30).status_code == 404
    assert httpx.get(address, params={"typos": "1"}, timeout=30).status_code == 422
    assert httpx.get(address, headers={"Last-Event-ID": "x"}, timeout=30).status_code == 422


def test_a_large_state_is_fetched_by_its_address_and_deltas_go_on_from_it(server, shop):
    shop.run("UNWIND range(1, 4000) AS n CREATE (:Table {name: 'table_' + n, note: $note})", note="x" * 60)
    try:
        with talk(server.live) as live:
            live.subscribe(nodes=["users"])
            live.hear("state")
            read_later(live, shop)
            live.subscribe("b")
            state = live.hear("state")
            assert "nodes" not in state
            mirror = Mirror()
            mirror.take(httpx.get(server.http + state["href"], timeout=30).json())
            assert (mirror.seq, len(mirror.nodes)) == (state["seq"], 4003)
            shop.run("MATCH (t:Table) WHERE t.note IS NOT NULL SET t.note = 'y'")
            live.say("unsubscribe", id="a")
            live.hear("unsubscribed")
            until(live, mirror, lambda: mirror.nodes["table_1:Table"]["properties"]["note"] == "y", within=30)
            assert len({each["properties"].get("note") for each in mirror.nodes.values()}) == 2
    finally:
        shop.run("MATCH (n) DETACH DELETE n")
