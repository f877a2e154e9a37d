"""The frames for Grafana over REST: of a snapshot and live; and the dashboard of the how-to asks for what there is."""

import json
import re
from pathlib import Path

import pytest

HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "grafana.md"
SNAPSHOTS = "/api/performance/snapshots"
LIVE = "/api/performance/graph/grafana"


@pytest.fixture(scope="module")
def captured(service):
    response = service.client.post(SNAPSHOTS, json={"description": "for Grafana"})
    assert response.status_code == 201
    return response.json["snapshot_id"]


def infinity_targets():
    (block,) = re.findall(r"```json\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.DOTALL)
    return [
        target for panel in json.loads(block)["panels"] if panel["type"] == "nodeGraph" for target in panel["targets"]
    ]


def test_a_snapshot_and_the_live_graph_it_was_made_of_give_the_same_rows(service, captured):
    for frame in ("nodes", "edges"):
        stored = service.client.get(f"{SNAPSHOTS}/{captured}/grafana/{frame}")
        live = service.client.get(f"{LIVE}/{frame}")
        assert (stored.status_code, live.status_code) == (200, 200)
        assert stored.json == live.json
    assert {row["title"] for row in service.client.get(f"{LIVE}/nodes").json} == {"users", "products", "orders"}
    worst = next(row for row in live.json if row["source"] == "products:Table")
    assert (worst["mainstat"], worst["secondarystat"], worst["color"]) == (1200.0, 12.5, "red")


def test_an_alias_says_what_it_stands_for_and_a_good_copy_is_not_sent_again(service, captured):
    first = service.client.get(f"{SNAPSHOTS}/latest/grafana/edges")
    assert first.headers["Content-Location"] == f"{SNAPSHOTS}/{captured}/grafana/edges"
    again = service.client.get(
        f"{SNAPSHOTS}/{captured}/grafana/edges", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    other = service.client.get(
        f"{SNAPSHOTS}/{captured}/grafana/edges?limit=1", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (other.status_code, other.json) == (200, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{SNAPSHOTS}/snap_20200101_000000_none/grafana/nodes", 404),
        (f"{SNAPSHOTS}/latest/grafana/nodes?limit=0", 422),
        (f"{SNAPSHOTS}/latest/grafana/nodes?graph=NO", 422),
        (f"{LIVE}/edges?graph=other", 404),
        (f"{LIVE}/edges?limit=-1", 422),
        (f"{LIVE}/arrows", 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(service, captured, path, status):
    response = service.client.get(path)
    assert response.status_code == status, captured
    assert response.content_type == "application/problem+json"


@pytest.mark.usefixtures("captured")
def test_the_dashboard_asks_for_columns_that_the_rows_have(service):
    targets = infinity_targets()
    assert {target["format"] for target in targets} == {"node-graph-nodes", "node-graph-edges"}
    for target in targets:
        path = target["url"].replace("${graph}", "default").removeprefix("http://snapgraph:8000")
        rows = service.client.get(path).json
        assert {column["selector"] for column in target["columns"]} <= set(rows[0])
        frame = "nodes" if target["format"] == "node-graph-nodes" else "edges"
        assert f"/grafana/{frame}" in path
