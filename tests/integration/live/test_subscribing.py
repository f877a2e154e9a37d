"""What a subscriber meets on a real server: greeting, state, deltas."""

from __future__ import annotations

from tests.integration.live.talk import talk


def test_a_socket_is_greeted_and_a_subscriber_gets_the_state_and_then_what_changes(server, shop):
    with talk(server.live) as live:
        hello = live.hear("hello")
        assert (hello["protocol"], hello["graphs"]) == ("snapgraph.v1", ["default"])
        subscribed = live.subscribe()
        state = live.hear("state")
        assert state["topic"] == subscribed["topic"]
        assert {node["id"] for node in state["nodes"]} == {"users:Table", "products:Table", "orders:Table"}
        assert "users:Table|QUERIES_PER_SEC|products:Table" in {each["key"] for each in state["relationships"]}

        shop.run("MATCH (:Table {name: 'users'})-[r:QUERIES_PER_SEC]->() SET r.value = 500.5")
        seq = state["seq"]
        while True:
            delta = live.hear("delta")
            assert delta["seq_from"] == seq
            seq = delta["seq_to"]
            if delta["relationships"]["changed"]:
                break
        (changed,) = delta["relationships"]["changed"]
        assert (changed["id"], changed["properties"]["value"]) == ("users_products_qps", 500.5)
        assert delta["relationships"]["added"] == delta["nodes"]["removed"] == []
