"""The worst part of a graph over REST, and graphs as columns: never silently cut."""

import pytest

PATHS = ["/api/performance/graph", "/api/performance/snapshots/latest"]
COLUMNS = "application/vnd.snapgraph.columns+json"


@pytest.fixture(autouse=True)
def captured(client):
    assert client.post("/api/performance/snapshots").status_code == 201


@pytest.mark.parametrize("path", PATHS)
def test_the_worst_nodes_come_with_the_edges_among_them_and_the_totals(client, path):
    part = client.get(path, query_string={"top": 2}).json
    assert [node["id"] for node in part["graph_state"]["nodes"]] == ["orders:Table", "products:Table"]
    assert {edge["id"] for edge in part["graph_state"]["relationships"]} == {
        "products_orders_qps",
        "products_orders_latency",
    }
    assert (part["complete"], part["totals"]) == (False, {"nodes": 3, "relationships": 4})
    assert part["counts"] == {"nodes": 3, "edges": 4}


@pytest.mark.parametrize("path", PATHS)
def test_a_metric_chooses_by_its_own_values(client, path):
    part = client.get(path, query_string={"top": 2, "metric": "QUERIES_PER_SEC"}).json
    assert [node["id"] for node in part["graph_state"]["nodes"]] == ["products:Table", "users:Table"]


@pytest.mark.parametrize("path", PATHS)
def test_a_top_that_holds_everything_is_complete(client, path):
    whole = client.get(path).json
    part = client.get(path, query_string={"top": 500}).json
    assert part["graph_state"] == whole["graph_state"]
    assert part["complete"] is True
    assert "complete" not in whole


@pytest.mark.parametrize("path", PATHS)
def test_columns_have_their_own_media_type_and_say_how_much_they_are(client, path):
    answer = client.get(path, query_string={"format": "columns", "top": 2})
    assert answer.content_type == COLUMNS
    assert answer.json["graph_columns"]["nodes"]["keys"] == ["orders:Table", "products:Table"]
    assert answer.json["complete"] is False
    assert client.get(path, query_string={"format": "columns"}).json["complete"] is True


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"top": "0"}, "?top"),
        ({"top": "-1"}, "?top"),
        ({"top": "many"}, "?top"),
        ({"top": "9999999"}, "?top"),
        ({"metric": "QUERIES_PER_SEC"}, "?"),
        ({"top": "3", "metric": "SPEED"}, "?metric"),
        ({"top": "3", "metric": ""}, "?metric"),
        ({"format": "arrow"}, "?format"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(client, path, query, pointer):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 422
    assert answer.json["problems"][0]["pointer"] == pointer


def test_each_form_of_a_snapshot_has_an_etag_of_its_own(client):
    path = PATHS[1]
    forms = [{}, {"format": "columns"}, {"top": 2}, {"top": 3}, {"top": 2, "metric": "QUERIES_PER_SEC"}]
    tags = [client.get(path, query_string=form).headers["ETag"] for form in forms]
    assert len(set(tags)) == len(forms)
    again = client.get(path, query_string=forms[4], headers={"If-None-Match": tags[4]})
    assert again.status_code == 304
