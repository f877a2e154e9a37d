"""The document: valid, committed, and the same as what is served."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from openapi_spec_validator import validate

from snapgraph.api import openapi_document, page
from snapgraph.live import asyncapi_document

COMMITTED = Path(__file__).parents[2] / "frontend" / "openapi.json"


def test_the_document_is_openapi_3_1():
    assert openapi_document()["openapi"] == "3.1.0"
    validate(openapi_document())


def test_the_committed_document_is_the_current_one():
    assert json.loads(COMMITTED.read_text()) == openapi_document(), "run: snapgraph openapi > frontend/openapi.json"


def test_every_schema_is_json_schema_2020_12():
    for schema in openapi_document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere():
    text = json.dumps(openapi_document())
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(openapi_document()["components"]["schemas"])


def test_what_is_served_is_what_is_described(service):
    served = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in service.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {
        (method.upper(), path) for path, operations in openapi_document()["paths"].items() for method in operations
    }
    shown = {("GET", "/asyncapi.json"), *((route.method, route.path) for route in page.routes())}
    streamed = {("GET", channel["address"]) for channel in asyncapi_document()["channels"].values()}
    assert {(method, plain(path)) for method, path in served} == described | streamed | shown


def plain(path: str) -> str:
    """Write Flask's ``{part("compare"):snapshot_id}`` as ``{snapshot_id}``."""
    return "/".join("{" + each.rpartition(":")[2] if ":" in each else each for each in path.split("/"))


@pytest.mark.parametrize("path", ["/api/performance/snapshots", "/api/performance/snapshots/{snapshot_id}"])
def test_every_operation_tells_its_name_and_its_problems(path):
    for operation in openapi_document()["paths"][path].values():
        assert operation["operationId"]
        assert operation["summary"]
        assert "application/problem+json" in operation["responses"]["422"]["content"]


def test_the_page_shows_every_operation_and_runs_no_script(service):
    response = service.client.get("/docs")
    text = response.text
    for path, operations in openapi_document()["paths"].items():
        assert path in text
        for operation in operations.values():
            assert operation["operationId"] in text
    assert "<script" not in text
    assert "http://" not in text.replace("http://127.0.0.1:8000", "")
    assert "https://" not in text.replace("https://json-schema.org", "")
