"""The views for Grafana: every query of the how-to runs, and the numbers are those of the headers."""

import json
import re
from pathlib import Path

import psycopg
import pytest

HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "grafana.md"


def queries(value):
    if isinstance(value, dict):
        for name, each in value.items():
            if name in {"rawSql", "rawQuery", "query"} and isinstance(each, str):
                yield each
            else:
                yield from queries(each)
    elif isinstance(value, list):
        for each in value:
            yield from queries(each)


def dashboard():
    (block,) = re.findall(r"```json\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(block)


@pytest.fixture(scope="module")
def captured(service):
    response = service.client.post("/api/performance/snapshots", json={"description": "for Grafana"})
    assert response.status_code == 201
    return response.json


@pytest.mark.parametrize("query", sorted(set(queries(dashboard()))))
def test_every_query_of_the_dashboard_runs(service, captured, query):
    sql = query.replace("$__timeFilter(time)", "time <= now()").replace("$graph", captured["graph"])
    with psycopg.connect(service.store_url) as connection:
        connection.execute(sql).fetchall()


def test_the_views_say_what_the_header_says(service, captured):
    summary = captured["performance_summary"]
    rows = service.execute("SELECT snapshot_id, total_qps, avg_latency_ms, bottlenecks_count FROM grafana_snapshots")
    assert rows == [
        (captured["snapshot_id"], summary["total_qps"], summary["avg_latency"], summary["bottlenecks_count"])
    ]
    labels = [row[0] for row in service.execute("SELECT label FROM grafana_bottlenecks")]
    assert sorted(labels) == sorted(each["label"] for each in summary["bottlenecks"])
