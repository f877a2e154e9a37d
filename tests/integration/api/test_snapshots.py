"""Snapshots over REST: capture, list, show, change, delete, compare, export on real servers."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from snapgraph.api import openapi_document
from snapgraph.engine.formats.comparisons import comparison_from_json
from snapgraph.engine.formats.headers import snapshot_from_json
from tests.fixtures.rest import fill

PATH = "/api/performance/snapshots"


@pytest.fixture(autouse=True)
def empty(service):
    service.execute("UPDATE snapshot SET deleted_at = now() WHERE deleted_at IS NULL")


def capture(client, **body):
    response = client.post(PATH, json=body)
    assert response.status_code == 201, response.text
    return response.json


def test_a_capture_answers_with_the_header_and_its_address(client):
    response = client.post(PATH, json={"description": "Before deployment analysis", "tags": ["b", "a"], "note": "n"})
    assert response.status_code == 201
    header = response.json
    assert header["snapshot_id"].endswith("_before_deployment_analysis")
    assert response.headers["Location"] == f"{PATH}/{header['snapshot_id']}"
    assert "graph_state" not in header
    assert (header["trigger_type"], header["trigger_reason"]) == ("manual", "Before deployment analysis")
    assert (header["tags"], header["note"], header["counts"]) == (["a", "b"], "n", {"nodes": 3, "edges": 4})
    shown = client.get(response.headers["Location"])
    assert shown.json["graph_state"]["nodes"][1]["id"] == "products:Table"
    assert {name: value for name, value in shown.json.items() if name != "graph_state"} == header


def test_a_capture_needs_no_body_at_all(client):
    assert client.post(PATH).json["trigger_reason"] == "manual"
    assert client.post(PATH, data=b"", content_type="text/plain").status_code == 201


@pytest.mark.parametrize("trigger", ["scheduled", "threshold", "incident", "smart", "automatic"])
def test_only_manual_captures_are_taken_from_outside(client, trigger):
    response = client.post(PATH, json={"trigger_type": trigger})
    assert response.status_code == 422
    assert response.json["problems"][0]["pointer"] == "/trigger_type"
    assert response.json["problems"][0]["allowed"] == ["manual"]


@pytest.mark.parametrize("tag", ["latest", "live", "v17", "snap_x", "compare", "a/b", "", " a", "ä", "a" * 65, "@now"])
def test_a_tag_that_means_something_else_is_refused(client, tag):
    response = client.post(PATH, json={"tags": ["fine", tag]})
    assert response.status_code == 422
    assert response.json["problems"][0]["pointer"] == "/tags/1"


def test_a_capture_with_history_keeps_what_came_before(client):
    first = capture(client)
    whole = client.get(f"{PATH}/{capture(client, include_historical=True)['snapshot_id']}").json
    assert whole["history"][-1]["snapshot_id"] == first["snapshot_id"]
    assert len(whole["history"][-1]["edge_values"]) == 4


def test_an_unknown_live_graph_is_not_found_and_the_known_ones_are_named(client):
    known = capture(client)["snapshot_id"]
    for response in (
        client.post(PATH, json={"graph": "other"}),
        client.get("/api/performance/graph?graph=other"),
        client.get(f"{PATH}?graph=other"),
        client.get(f"{PATH}/compare?baseline=latest&target=live&graph=other"),
        client.get(f"{PATH}/{known}?graph=other"),
        client.patch(f"{PATH}/latest?graph=other", json={"note": "x"}),
        client.delete(f"{PATH}/{known}?graph=other"),
        client.get(f"{PATH}/latest/export?graph=other"),
    ):
        assert response.status_code == 404
        assert response.json["problems"][0]["pointer"] in {"?graph", "/graph"}
        assert response.json["problems"][0]["allowed"] == ["default"]
    assert client.get(f"{PATH}/{known}").status_code == 200


def test_a_list_is_newest_first_and_pages_without_a_gap_or_a_repeat(client):
    ids = [capture(client)["snapshot_id"] for _ in range(5)]
    seen, address = [], f"{PATH}?limit=2&trigger=manual"
    while address:
        response = client.get(address)
        seen += [item["snapshot_id"] for item in response.json["items"]]
        assert response.json["total"] == 5
        link = response.headers.get("Link")
        assert (link is None) == (response.json["next"] is None)
        address = link.removeprefix("<").partition(">")[0] if link else None
    assert seen == ids[::-1]
    oldest = client.get(f"{PATH}?sort=oldest").json["items"]
    assert [item["snapshot_id"] for item in oldest] == ids


def test_a_list_is_filtered(client):
    before = capture(client, description="Quiet", tags=["kept"])
    time.sleep(0.01)
    between = datetime.now(UTC).isoformat()
    after = capture(client, description="Loud", pinned=True)

    def ids(query):
        response = client.get(f"{PATH}?{query}")
        assert response.status_code == 200, response.text
        return [item["snapshot_id"] for item in response.json["items"]]

    assert ids("tag=kept") == ids("q=QUIET") == ids("pinned=false") == [before["snapshot_id"]]
    assert ids("pinned=true") == ids("retention_class=permanent") == [after["snapshot_id"]]
    assert ids(f"until={quote(between)}") == [before["snapshot_id"]]
    assert ids(f"since={quote(between)}") == [after["snapshot_id"]]
    assert ids("trigger=incident") == ids("severity=high&severity=critical") == ids("until=now-1h") == []
    assert len(ids("trigger=manual&trigger=incident&quality=clean&graph=default&since=now-1h")) == 2


def test_a_list_by_a_time_before_now_goes_on_to_its_end(client):
    ids = [capture(client)["snapshot_id"] for _ in range(3)]
    seen, address = [], f"{PATH}?since=now-6h&until=now&limit=1"
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.text
        seen += [item["snapshot_id"] for item in response.json["items"]]
        link = response.headers.get("Link")
        address = link.removeprefix("<").partition(">")[0] if link else None
    assert seen == ids[::-1]


def test_a_cursor_of_another_question_is_refused(client):
    for _ in range(2):
        capture(client)
    cursor = client.get(f"{PATH}?limit=1").json["next"]
    for query in (f"cursor={cursor}&limit=1&trigger=incident", "cursor=nonsense"):
        response = client.get(f"{PATH}?{query}")
        assert response.status_code == 422
        assert response.json["problems"][0]["pointer"] == "?cursor"


def test_a_snapshot_is_found_by_everything_that_stands_for_it(client):
    first, second = capture(client, tags=["older"]), capture(client)
    for name, wanted in {
        "latest": second,
        "latest~1": first,
        f"v{first['version']}": first,
        "older": first,
        "@now": second,
        "@" + second["timestamp"]: second,
    }.items():
        response = client.get(f"{PATH}/{quote(name)}?graph_state=false")
        assert response.json["snapshot_id"] == wanted["snapshot_id"], name
        assert response.headers["Content-Location"] == f"{PATH}/{wanted['snapshot_id']}"
    assert float(client.get(f"{PATH}/@now").headers["Snapgraph-Distance-Seconds"]) > 0
    assert client.get(f"{PATH}/@1999").status_code == 404  # as seconds: 1970
    assert client.get(f"{PATH}/@yesterday").json["problems"][0]["pointer"] == "/snapshot_id"


def test_a_good_copy_is_not_sent_again_until_the_header_changes(client):
    address = f"{PATH}/{capture(client)['snapshot_id']}"
    for query in ("", "?graph_state=false"):
        etag = client.get(address + query).headers["ETag"]
        again = client.get(address + query, headers={"If-None-Match": etag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    client.patch(address, json={"note": "new"})
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_two_snapshots_of_a_graph_that_stands_still_are_not_taken_for_each_other(client):
    capture(client)
    etag = client.get(f"{PATH}/latest").headers["ETag"]
    second = capture(client)
    shown = client.get(f"{PATH}/latest", headers={"If-None-Match": etag})
    assert (shown.status_code, shown.json["snapshot_id"]) == (200, second["snapshot_id"])
    refused = client.patch(f"{PATH}/latest", json={"note": "of the first"}, headers={"If-Match": etag})
    assert refused.status_code == 412


def test_tags_note_and_pin_change_and_nothing_else(client):
    header = capture(client, tags=["a"], description="fixed")
    address = f"{PATH}/{header['snapshot_id']}"
    changed = client.patch(address, json={"tags": ["c", "b"], "note": "seen", "pinned": True})
    assert changed.status_code == 200
    assert changed.json["tags"] == ["b", "c"]
    assert (changed.json["note"], changed.json["retention_class"], changed.json["revision"]) == ("seen", "permanent", 2)
    assert client.patch(address, json={"pinned": False}).json["retention_class"] == "manual"
    for body in ({}, {"description": "x"}, {"tags": None}, {"pinned": "yes"}, {"tags": ["live"]}):
        assert client.patch(address, json=body).status_code == 422
    assert client.patch(address).status_code == 415
    assert client.get(address).json["description"] == "fixed"


def test_a_change_to_what_has_changed_since_is_refused(client):
    address = f"{PATH}/{capture(client)['snapshot_id']}"
    etag = client.get(address).headers["ETag"]
    assert client.patch(address, json={"note": "1"}, headers={"If-Match": etag}).status_code == 200
    stale = client.patch(address, json={"note": "2"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json["code"]) == (412, "stale_revision")
    assert client.get(address).json["note"] == "1"
    packed = client.get(address, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert client.patch(address, json={"note": "3"}, headers={"If-Match": packed}).status_code == 200


def test_changes_at_the_same_time_are_all_taken_unless_they_say_what_they_read(client, service):
    address = f"{PATH}/{capture(client)['snapshot_id']}"

    def change(number, **headers):
        return service.client.patch(address, json={"note": f"note {number}"}, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(change, range(40))) == {200}
        etag = client.get(address).headers["ETag"]
        conditional = list(pool.map(lambda number: change(number, **{"If-Match": etag}), range(100, 108)))
    assert sorted(conditional) == [200, *[412] * 7], "one has read what it changes; the others have not"


@pytest.mark.parametrize("query", ["", "?graph_state=false", "?format=columns", "?top=1", "?top=1&format=columns"])
def test_the_etag_of_every_form_says_what_was_read(client, query):
    address = f"{PATH}/{capture(client)['snapshot_id']}"
    read = {"If-Match": client.get(address + query).headers["ETag"]}
    assert client.patch(address, json={"note": "1"}, headers=read).status_code == 200
    assert client.patch(address, json={"note": "2"}, headers=read).status_code == 412


def test_a_deleted_snapshot_is_gone_and_an_unknown_one_was_never_there(client, service):
    address = f"{PATH}/{capture(client)['snapshot_id']}"
    deleted = client.delete(address, headers={"Cookie": "of=another-service", "Authorization": "Bearer unasked"})
    assert (deleted.status_code, deleted.data) == (204, b"")
    for response in (client.get(address), client.delete(address), client.patch(address, json={"note": ""})):
        assert (response.status_code, response.json["code"]) == (410, "gone")
    assert client.get(f"{address}/export").status_code == 410
    assert client.get(PATH).json["total"] == 0
    unknown = client.delete(f"{PATH}/snap_20250106_142305_nothing")
    assert (unknown.status_code, unknown.json["code"]) == (404, "not_found")
    assert ("anonymous 127.0.0.1",) in service.execute("SELECT actor FROM audit")


def test_a_pinned_snapshot_is_not_deleted(client):
    address = f"{PATH}/{capture(client, pinned=True)['snapshot_id']}"
    assert client.delete(address).status_code == 409
    client.patch(address, json={"pinned": False})
    assert client.delete(address).status_code == 204


def test_two_snapshots_are_compared(client, service):
    before = capture(client, tags=["before"])
    service.live_graph.run("MATCH (:Table {name: 'users'})-[r:AVG_LATENCY_MS]->() SET r.value = 1562.0")
    try:
        after = capture(client, tags=["after"])
        response = client.get(f"{PATH}/compare?baseline=before&target=after&kind=edge&field=value")
        live = client.get(f"{PATH}/compare?baseline=before&target=live")
    finally:
        fill(service.live_graph, now=time.time())
    comparison = comparison_from_json(response.json)
    assert (comparison.before.id, comparison.after.id) == (before["snapshot_id"], after["snapshot_id"])
    (change,) = comparison.changes
    assert (change.element.id, change.before, change.after) == ("users_products_latency", 156.2, 1562.0)
    assert (change.direction, change.severity, comparison.complete) == ("worse", "critical", True)
    assert live.json["after"]["snapshot_id"] == "live"
    assert live.json["summary"]["counts"]["worse"] >= 1


def test_a_live_graph_over_its_limits_is_refused_as_the_document_says(client, service):
    capture(client)
    small = service.at(live_graphs={"default": {"limits": {"elements": 3}}})
    for path, query in (("compare", "?baseline=latest&target=live"), ("", None)):
        address = f"{PATH}/{path}" if path else PATH
        response = small.get(address + query) if query else small.post(address)
        assert (response.status_code, response.json["code"]) == (413, "too_large")
        assert "413" in openapi_document()["paths"][address]["get" if query else "post"]["responses"]


def test_integers_that_no_double_holds_are_compared_as_numbers(client, service):
    score = "MATCH (t:Table) SET t.hotspot_score = CASE t.name WHEN 'users' THEN $score END"
    try:
        service.live_graph.run(score, score=2**60)
        capture(client, tags=["before"])
        service.live_graph.run(score, score=2**60 * 3 // 2)
        capture(client, tags=["after"])
        response = client.get(f"{PATH}/compare?baseline=before&target=after")
    finally:
        fill(service.live_graph, now=time.time())
    assert response.status_code == 200, response.text
    (change,) = response.json["changes"]
    assert (change["before"], change["delta"]) == ({"$type": "Integer", "value": str(2**60)}, 2**59)
    assert response.json["summary"]["sentence"].replace("\u202f", " ") == (
        "hotspot_score of users rose from 1.15e+18 to 1.73e+18 (+50 %, too little data to tell it from noise)."
    )


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("", 422, "?baseline"),
        ("baseline=latest", 422, "?target"),
        ("baseline=latest&target=nothing", 404, "?target"),
        ("baseline=@x&target=latest", 422, "?baseline"),
        ("baseline=latest&target=latest&limit=0", 422, "?limit"),
        ("baseline=latest&target=latest&op=moved", 422, "?op"),
        ("baseline=latest&target=latest&cursor=nonsense", 422, "?cursor"),
        ("baseline=latest&target=latest&absolute_tolerance=-1", 422, "?absolute_tolerance"),
    ],
)
def test_a_bad_comparison_says_what_is_wrong(client, query, status, pointer):
    capture(client)
    response = client.get(f"{PATH}/compare?{query}")
    assert response.status_code == status, response.text
    assert response.json["problems"][0]["pointer"] == pointer


def test_equal_snapshots_have_no_changes_and_one_hash(client):
    capture(client)
    first = client.get(f"{PATH}/compare?baseline=latest&target=latest").json
    assert (first["changes"], first["complete"], first["next"]) == ([], True, None)
    assert first["content_hash"] == client.get(f"{PATH}/compare?baseline=latest&target=latest").json["content_hash"]


def digest_of(response):
    (value,) = [part for part in response.headers["Repr-Digest"].split(",") if part.startswith("sha-256=")]
    return base64.b64decode(value.removeprefix("sha-256=:").removesuffix(":"))


def test_every_export_is_whole_and_says_its_digest(client):
    header = capture(client)
    address = f"{PATH}/{header['snapshot_id']}/export"
    document = client.get(address)
    assert document.json == client.get(f"{PATH}/latest").json
    cypher = client.get(f"{address}?format=cypher")
    assert "MERGE" in cypher.text
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}?format=csv").text)))
    assert [row["id"] for row in rows][:2] == ["products_orders_latency", "products_orders_qps"]
    nodes = list(csv.DictReader(io.StringIO(client.get(f"{address}?format=csv&part=nodes").text)))
    assert [row["name"] for row in nodes] == ["orders", "products", "users"]
    archive = client.get(f"{address}?format=csv&part=all")
    assert sorted(zipfile.ZipFile(io.BytesIO(archive.data)).namelist()) == ["nodes.csv", "relationships.csv"]
    for response in (document, cypher, archive):
        assert hashlib.sha256(response.data).digest() == digest_of(response)
        assert int(response.headers["Content-Length"]) == len(response.data)
        assert response.headers["Content-Disposition"].startswith(f'attachment; filename="{header["snapshot_id"]}')


def test_a_packed_export_is_the_same_file(client):
    capture(client)
    plain = client.get(f"{PATH}/latest/export?format=cypher")
    packed = client.get(f"{PATH}/latest/export?format=cypher", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert hashlib.sha256(packed.data).digest() == digest_of(packed)


def test_the_head_of_an_export_has_its_size_and_no_body(client):
    capture(client)
    with client.head(f"{PATH}/latest/export") as head:
        assert (head.status_code, head.data) == (200, b"")
        assert int(head.headers["Content-Length"]) > 100


@pytest.mark.parametrize("format_", ["xml", "", "JSON", "json,csv"])
def test_an_unknown_format_is_refused_with_the_known_ones(client, format_):
    capture(client)
    response = client.get(f"{PATH}/latest/export?format={format_}")
    assert response.status_code == 422
    assert response.json["problems"][0]["allowed"] == ["json", "cypher", "csv"]


def test_the_live_graph_is_shown_and_nothing_is_stored(client):
    live = client.get("/api/performance/graph").json
    assert (live["snapshot_id"], live["version"], live["counts"]) == ("live", 0, {"nodes": 3, "edges": 4})
    assert snapshot_from_json(live).summary.total_qps == pytest.approx(101.7)
    assert client.get(PATH).json["total"] == 0


def test_the_live_graphs_are_listed_with_what_is_stored_of_them(client):
    header = capture(client)
    (graph,) = client.get("/api/performance/graphs").json["items"]
    assert (graph["name"], graph["is_configured"], graph["snapshots"]) == ("default", True, 1)
    assert (graph["last_version"], graph["last_captured_at"]) == (header["version"], header["timestamp"])
    assert graph["thresholds"] == header["thresholds"]
    latency = graph["metrics"]["AVG_LATENCY_MS"]
    assert (latency["unit"], latency["desirable"]) == ("ms", "lower")
