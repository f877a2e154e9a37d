"""The specification, word for word: its calls with curl against a running server, its JSON against our schema."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import jsonschema
import pytest

from snapgraph.api import openapi_document
from snapgraph.model.vocabulary import TriggerType

EXAMPLE = """
{
  "snapshot_id": "snap_20250106_142305_bottleneck",
  "timestamp": "2025-01-06T14:23:05Z",
  "trigger_type": "TRIGGER",
  "trigger_reason": "High latency detected on users->products",
  "graph_state": {
    "nodes": [
      {
        "id": "users:Table",
        "type": "Table",
        "properties": {"name": "users", "hotspot_score": 89.5, "total_queries": 15420}
      }
    ],
    "relationships": [
      {
        "id": "users_products_qps",
        "source": "users:Table",
        "target": "products:Table",
        "type": "QUERIES_PER_SEC",
        "properties": {"value": 89.2, "timestamp": "2025-01-06T14:23:05Z", "trend": "increasing"}
      }
    ]
  },
  "performance_summary": {
    "total_qps": 1247.5,
    "avg_latency": 156.2,
    "bottlenecks_count": 3,
    "critical_paths": ["users->products->inventory"]
  },
  "metadata": {
    "database_type": "postgresql",
    "database_name": "chinook",
    "capture_duration_ms": 234,
    "graph_complexity": "high"
  }
}
"""


def schema(name):
    document = openapi_document()
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


@pytest.mark.parametrize("trigger", [each.value for each in TriggerType])
def test_the_example_of_the_specification_validates(trigger):
    jsonschema.validate(json.loads(EXAMPLE.replace("TRIGGER", trigger)), schema("Snapshot"))


def test_its_placeholder_itself_does_not():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(EXAMPLE), schema("Snapshot"))


@pytest.fixture(scope="module")
def address(service):
    """Start ``snapgraph serve`` on a free port, as a process of its own."""
    live_graph = service.live_graph
    environment = os.environ | {
        "DATABASE_URL": service.store_url,
        "NEO4J_URI": live_graph.uri,
        "NEO4J_USERNAME": live_graph.username,
        "NEO4J_PASSWORD": live_graph.password,
        "NEO4J_DATABASE": live_graph.database,
    }
    command = [sys.executable, "-m", "snapgraph", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        for line in server.stderr:
            if found := re.search(r"Listening on (http://\S+?),", line):
                yield found[1]
                break
        server.terminate()
        server.communicate(timeout=30)


def curl(*arguments):
    command = ["curl", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}", *arguments]
    body, _, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    return int(status), json.loads(body) if body.startswith(("{", "[")) else body


def test_its_calls_work_word_for_word(address):
    snapshots = f"{address}/api/performance/snapshots"
    body = """{
      "trigger_type": "manual",
      "description": "Before deployment analysis",
      "include_historical": true
    }"""
    ids = []
    for _ in range(2):
        status, header = curl("-X", "POST", snapshots, "-H", "Content-Type: application/json", "-d", body)
        assert status == 201
        jsonschema.validate(header, schema("SnapshotHeader"))
        ids.append(header["snapshot_id"])
    status, page = curl(f"{address}/api/performance/snapshots?limit=50&trigger=incident&since=2025-01-01")
    assert (status, page) == (200, {"items": [], "next": None, "total": 0})
    status, whole = curl(f"{snapshots}/{ids[1]}")
    assert (status, whole["history"][-1]["snapshot_id"]) == (200, ids[0])
    jsonschema.validate(whole, schema("Snapshot"))
    status, comparison = curl(f"{snapshots}/compare?baseline={ids[0]}&target={ids[1]}")
    assert (status, comparison["complete"]) == (200, True)
    jsonschema.validate(comparison, schema("Comparison"))
    for form in ("json", "cypher", "csv"):
        status, export = curl(f"{snapshots}/{ids[0]}/export?format={form}")
        assert status == 200
        assert export
    assert curl("-X", "DELETE", f"{snapshots}/{ids[0]}") == (204, "")
    assert curl(f"{snapshots}/{ids[0]}")[0] == 410
