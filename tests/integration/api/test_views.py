"""What the page keeps on the server: positions stay and are merged, views have distinct names."""

import pytest

LAYOUT = "/api/performance/layout"
VIEWS = "/api/performance/views"


def test_positions_that_are_given_are_set_and_the_others_stay(client):
    assert client.get(LAYOUT).json == {"graph": "default", "positions": {}, "updated_at": None}
    assert client.put(LAYOUT, json={"positions": {"a:Table": [1, 2.5], "b:Table": [0, 0]}}).json["count"] == 2
    assert client.put(LAYOUT, json={"positions": {"b:Table": [-3.25, 1e6]}}).json["count"] == 2
    found = client.get(LAYOUT).json
    assert found["positions"] == {"a:Table": [1.0, 2.5], "b:Table": [-3.25, 1e6]}
    assert found["updated_at"].endswith("Z")


def test_ten_thousand_positions_fit_into_one_request(client):
    positions = {f"schema.table_{number:05}:Table": [number / 7, -number / 3] for number in range(10_000)}
    assert client.put(LAYOUT, json={"positions": positions}).status_code == 200


@pytest.mark.parametrize(
    "positions",
    [
        {"a": [1]},
        {"a": [1, 2, 3]},
        {"a": ["1", 2]},
        {"a": [True, 2]},
        {"a": [1e300, 0]},
        {"": [1, 2]},
        [],
    ],
)
def test_what_is_no_position_is_refused(client, positions):
    assert client.put(LAYOUT, json={"positions": positions}).status_code == 422


def test_a_node_with_a_line_break_in_its_name_keeps_its_place(client):
    positions = {"e\nf\t:Table": [1.0, 2.0]}
    assert client.put(LAYOUT, json={"positions": positions}).status_code == 200
    assert client.get(LAYOUT).json["positions"]["e\nf\t:Table"] == [1.0, 2.0]


def test_a_view_is_saved_listed_and_deleted(client):
    made = client.post(VIEWS, json={"name": "Checkout", "query": "b=latest&metric=AVG_LATENCY_MS"})
    assert made.status_code == 201
    assert made.headers["Location"] == f"{VIEWS}/{made.json['view_id']}"
    assert client.get(VIEWS).json["items"] == [made.json]
    assert client.post(VIEWS, json={"name": "Checkout", "query": ""}).status_code == 409
    assert client.delete(made.headers["Location"]).status_code == 204
    assert client.delete(made.headers["Location"]).status_code == 404
    assert client.get(VIEWS).json["items"] == []


def test_what_is_of_no_live_graph_is_refused(client):
    assert client.get(f"{LAYOUT}?graph=other").status_code == 404
    assert client.put(LAYOUT, json={"graph": "other", "positions": {}}).status_code == 404
    assert client.post(VIEWS, json={"graph": "other", "name": "x", "query": ""}).status_code == 404
    assert client.delete(f"{VIEWS}/nonsense").status_code == 404
