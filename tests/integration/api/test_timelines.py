"""The strip of time and the series over REST: what the page draws them from."""

from datetime import UTC, datetime, timedelta

import pytest

from snapgraph.adapters.store import values
from tests.fixtures.rest import fill

LATENCY = "users:Table|AVG_LATENCY_MS|products:Table"
TIMELINE = "/api/performance/snapshots/timeline"
SERIES = "/api/performance/series"


@pytest.fixture(scope="module")
def captured(service):
    """Three captures: as it is, the same, and with one latency ten times as high and one relationship gone."""
    fill(service.live_graph, now=datetime.now(UTC).timestamp())
    headers = [capture(service, tags=["first"]), capture(service)]
    service.live_graph.run("MATCH (:Table {name: 'users'})-[r:AVG_LATENCY_MS]->() SET r.value = 1562.0")
    service.live_graph.run("MATCH (:Table {name: 'products'})-[r:QUERIES_PER_SEC]->() DELETE r")
    headers.append(capture(service, pinned=True))
    return headers


def capture(service, **body):
    response = service.client.post("/api/performance/snapshots", json=body)
    assert response.status_code == 201, response.text
    return response.json


def test_each_capture_says_how_different_it_is_from_the_one_before(service, captured):
    first, same, incident = captured
    assert first["change_magnitude"] is None
    assert same["change_magnitude"] == 0.0
    # of four relationships one went (1) and one grew tenfold (0.9): the root of (1 + 0.81) / 4
    assert incident["change_magnitude"] == pytest.approx(0.6726, abs=1e-3)
    assert service.client.get(f"/api/performance/snapshots/{incident['snapshot_id']}?graph_state=false").json[
        "change_magnitude"
    ] == pytest.approx(0.6726, abs=1e-3)


def test_the_strip_has_every_snapshot_with_its_marks(service, captured):
    strip = service.client.get(TIMELINE).json
    assert [mark["snapshot_id"] for mark in strip["marks"]] == [header["snapshot_id"] for header in captured]
    assert (strip["total"], strip["complete"], strip["gaps"]) == (3, True, [])
    assert sum(bucket["snapshots"] for bucket in strip["buckets"]) == 3
    assert max(bucket["magnitude"] or 0 for bucket in strip["buckets"]) == captured[-1]["change_magnitude"]


def test_a_strip_with_few_marks_keeps_the_most_telling_ones_and_says_so(service, captured):
    strip = service.client.get(f"{TIMELINE}?marks=1").json
    assert [mark["snapshot_id"] for mark in strip["marks"]] == [captured[2]["snapshot_id"]]
    assert (strip["total"], strip["complete"]) == (3, False)
    assert sum(bucket["snapshots"] for bucket in strip["buckets"]) == 3


def test_the_strip_is_filtered(service, captured):
    strip = service.client.get(f"{TIMELINE}?tag=first").json
    assert [mark["snapshot_id"] for mark in strip["marks"]] == [captured[0]["snapshot_id"]]
    assert service.client.get(f"{TIMELINE}?trigger=incident").json["total"] == 0


def test_an_empty_strip_keeps_its_range(service):
    strip = service.client.get(f"{TIMELINE}?since=2020-01-01&until=2020-01-02").json
    assert (strip["since"], strip["until"]) == ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")
    assert (strip["marks"], strip["buckets"], strip["complete"]) == ([], [], True)


def test_series_stand_beside_their_snapshots(service, captured):
    gone = "products:Table|QUERIES_PER_SEC|orders:Table"
    query = {"edge": [LATENCY, gone], "node": "users:Table", "summary": ["bottlenecks_count", "edges"]}
    table = service.client.get(SERIES, query_string=query).json
    assert [each["snapshot_id"] for each in table["snapshots"]] == [header["snapshot_id"] for header in captured]
    by_name = {(each["key"], each["field"]): each for each in table["series"]}
    assert by_name[LATENCY, "value"]["values"] == [156.2, 156.2, 1562.0]
    assert by_name[gone, "value"]["values"] == [12.5, 12.5, None]
    assert table["gone"] == []
    assert by_name["users:Table", "hotspot_score"]["values"] == [89.5, 89.5, 89.5]
    assert by_name[None, "edges"]["values"] == [4, 4, 3]
    latency = by_name[LATENCY, "value"]
    assert (latency["unit"], latency["desirable"], latency["label"]) == ("ms", "lower", "users_products_latency")
    assert (table["total"], table["complete"]) == (3, True)


def test_a_bounded_series_is_the_newest_and_says_so(service, captured):
    table = service.client.get(SERIES, query_string={"summary": "edges", "limit": 1}).json
    assert [each["snapshot_id"] for each in table["snapshots"]] == [captured[2]["snapshot_id"]]
    assert (table["total"], table["complete"]) == (3, False)


@pytest.mark.parametrize("remembered", [64, 0], ids=["few", "more than are remembered"])
def test_a_series_whose_payload_is_gone_has_nulls_there(service, captured, remembered, monkeypatch):
    monkeypatch.setattr(values, "MANIFESTS", remembered)
    lost = captured[1]["snapshot_id"]
    kept = service.execute("SELECT class_no, captured_at, column_no FROM manifest WHERE snapshot_id = %s", lost)
    assert kept
    service.execute("UPDATE manifest SET snapshot_id = 'elsewhere' WHERE snapshot_id = %s", lost)
    try:  # another process: this one remembers the manifest
        table = service.at().get(SERIES, query_string={"edge": LATENCY}).json
    finally:
        service.execute("UPDATE manifest SET snapshot_id = %s WHERE snapshot_id = 'elsewhere'", lost)
    assert table["series"][0]["values"] == [156.2, None, 1562.0]
    assert table["gone"] == [lost]


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ({"edge": "users:Table|AVG_LATENCY_MS|nowhere:Table"}, 404, "?edge/0"),
        ({"edge": "nonsense"}, 404, "?edge/0"),
        ({"edge": [LATENCY, "users:Table|AVG_LATENCY_MS|nowhere:Table"]}, 404, "?edge/1"),
        ({"node": "nowhere:Table"}, 404, "?node/0"),
        ({"node": [f"n{number}:Table" for number in range(26)]}, 422, "?node"),
        ({"summary": "everything"}, 422, "?summary"),
        ({"summary": "edges", "graph": "other"}, 404, "?graph"),
    ],
)
@pytest.mark.usefixtures("captured")
def test_a_series_that_cannot_be_is_refused(client, query, status, pointer):
    response = client.get(SERIES, query_string=query)
    assert (response.status_code, response.json["problems"][0]["pointer"]) == (status, pointer)


def test_scheduled_captures_that_did_not_come_are_gaps(service, captured):
    start = datetime(2024, 5, 1, tzinfo=UTC)
    copied = "SELECT graph_no FROM live_graph WHERE name = 'default'"
    number = service.execute(copied)[0][0]
    for place in [0, 1, 2, 3, 9, 10]:
        service.execute(
            """
            INSERT INTO snapshot SELECT (json_populate_record(s, json_build_object(
                'id', 'snap_scheduled_' || %s::text, 'version', 1000 + %s, 'captured_at', %s::timestamptz,
                'trigger', 'scheduled'))).*
            FROM snapshot s WHERE s.id = %s AND s.graph_no = %s
            """,
            place,
            place,
            start + timedelta(minutes=place),
            captured[0]["snapshot_id"],
            number,
        )
    try:
        gaps = service.client.get(f"{TIMELINE}?until=2024-06-01").json["gaps"]
    finally:
        service.execute("DELETE FROM snapshot WHERE id LIKE 'snap_scheduled_%'")
    assert gaps == [
        {
            "since": "2024-05-01T00:03:00Z",
            "until": "2024-05-01T00:09:00Z",
            "seconds": 360.0,
            "expected_seconds": 60.0,
        }
    ]
