"""The published schemas: the specification's own example validates, and so does what we write."""

import copy
import json

import orjson
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, ValidationError

from snapgraph.engine.formats.documents import graph_state_from_json, write_json
from snapgraph.engine.formats.headers import snapshot_from_json, snapshot_to_json
from snapgraph.engine.formats.schemas import change_schema, comparison_schema, header_schema, snapshot_schema
from snapgraph.model.vocabulary import TriggerType
from tests.fixtures.graphs import build, elements, sample_snapshot

SPECIFICATION = json.loads("""
{
  "snapshot_id": "snap_20250106_142305_bottleneck",
  "timestamp": "2025-01-06T14:23:05Z",
  "trigger_type": "manual|scheduled|threshold|incident",
  "trigger_reason": "High latency detected on users->products",
  "graph_state": {
    "nodes": [
      {
        "id": "users:Table",
        "type": "Table",
        "properties": {
          "name": "users",
          "hotspot_score": 89.5,
          "total_queries": 15420
        }
      }
    ],
    "relationships": [
      {
        "id": "users_products_qps",
        "source": "users:Table",
        "target": "products:Table",
        "type": "QUERIES_PER_SEC",
        "properties": {
          "value": 89.2,
          "timestamp": "2025-01-06T14:23:05Z",
          "trend": "increasing"
        }
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
""")
"""Section 1 of the specification, word for word; its trigger is a list of the possible ones."""


@pytest.mark.parametrize("trigger", TriggerType)
def test_the_specifications_example_validates_with_each_trigger(trigger):
    Draft202012Validator(snapshot_schema()).validate({**SPECIFICATION, "trigger_type": trigger.value})


@pytest.mark.parametrize("trigger", TriggerType)
def test_the_specifications_example_is_read(trigger):
    snapshot = snapshot_from_json({**SPECIFICATION, "trigger_type": trigger.value})

    assert snapshot.trigger is trigger
    assert snapshot.summary.critical_paths == ("users->products->inventory",)


def test_the_specifications_graph_is_read_once_its_second_node_is_there():
    state = copy.deepcopy(SPECIFICATION["graph_state"])
    state["nodes"].append({"id": "products:Table", "type": "Table", "properties": {"name": "products"}})
    document = orjson.loads(b"".join(write_json(sample_snapshot(), graph_state_from_json(state))))

    assert document["graph_state"]["relationships"] == SPECIFICATION["graph_state"]["relationships"]


def test_the_placeholder_itself_does_not_validate():
    with pytest.raises(ValidationError):
        Draft202012Validator(snapshot_schema()).validate(SPECIFICATION)


@pytest.mark.parametrize("name", sorted(SPECIFICATION))
def test_each_name_of_the_specification_is_required(name):
    document = {**SPECIFICATION, "trigger_type": "manual"}
    del document[name]

    with pytest.raises(ValidationError, match=name):
        Draft202012Validator(snapshot_schema()).validate(document)


@given(elements())
def test_what_we_write_validates(drawn):
    document = orjson.loads(b"".join(write_json(sample_snapshot(), build(drawn))))

    Draft202012Validator(snapshot_schema()).validate(document)


def test_a_header_validates_without_its_graph():
    Draft202012Validator(header_schema()).validate(snapshot_to_json(sample_snapshot()))


@pytest.mark.parametrize("schema", [snapshot_schema, header_schema, comparison_schema, change_schema])
def test_each_schema_is_a_valid_schema_without_references(schema):
    Draft202012Validator.check_schema(schema())
    assert "$ref" not in json.dumps(schema())
