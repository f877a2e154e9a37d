"""What a metric means is said by the settings of its live graph: by those of the graph that a snapshot is of."""

from __future__ import annotations

import time

from tests.fixtures.rest import fill

PATH = "/api/performance/snapshots"


def test_snapshots_are_compared_and_exported_on_the_terms_of_their_own_graph_whichever_is_asked(service):
    metric = {"desirable": "higher", "short_name": "answer"}
    other = service.at(live_graphs={"svc": {"metrics": {"AVG_LATENCY_MS": metric}}})
    before = other.post(PATH, json={"graph": "svc"}).json["snapshot_id"]
    service.live_graph.run("MATCH (:Table {name: 'users'})-[r:AVG_LATENCY_MS]->() SET r.value = 1562.0")
    try:
        after = other.post(PATH, json={"graph": "svc"}).json["snapshot_id"]
    finally:
        fill(service.live_graph, now=time.time())
    (change,) = other.get(f"{PATH}/compare?baseline={before}&target={after}&kind=edge&field=value").json["changes"]
    assert (change["element"]["id"], change["direction"]) == ("users_products_answer", "better")
    exported = other.get(f"{PATH}/{after}/export").json
    assert exported == other.get(f"{PATH}/{after}").json
    assert "users_products_answer" in [each["id"] for each in exported["graph_state"]["relationships"]]
