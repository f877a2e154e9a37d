"""docs/reference/rest.md, from the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from snapgraph.api import openapi_document

INTRODUCTION = """\
# REST

Written from the code by `make docs`; a running server has the whole of it at `/openapi.json`, and a page at `/docs`.
The [live stream](live.md), below `/api/performance/live`, is described by AsyncAPI, at `/asyncapi.json`.

- Times are RFC 3339, epoch seconds (13 digits: milliseconds) or `now-6h`; a bare date is midnight UTC; a date-time
  without an offset is refused.
- A snapshot is named by its id, `latest`, `latest~3`, `v17`, a tag or `@2025-01-06T14:23:05Z`; in a
  comparison also `live`.
- Lists come in pages: `limit`, `cursor`, `Link: rel="next"`.
- Errors are `application/problem+json` (RFC 9457), with a JSON pointer for each thing that is wrong.
- With `SNAPGRAPH_API_TOKEN` set, send `Authorization: Bearer …`.
"""

METHODS = ("get", "post", "patch", "put", "delete")

Json = Mapping[str, Any]


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Walk through method, path and operation."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def resolved(document: Json, value: Json) -> Json:
    """Follow a ``$ref`` inside the document."""
    while "$ref" in value:
        found: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def one_line(text: str) -> str:
    """Bring a text into a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def kind(document: Json, schema: Json) -> str:
    """Say in a word or a list what a schema takes."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {kind(document, schema.get('items', {}))}"
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(kind(document, each) for each in schema[choice]))
    return str(schema.get("format") or schema.get("type") or "any")


def parameter_rows(document: Json, operation: Json) -> Iterator[str]:
    """Describe parameters and the fields of a JSON body."""
    for given in operation.get("parameters", []):
        parameter = resolved(document, given)
        schema = resolved(document, parameter["schema"])
        default = f" Default `{json.dumps(schema['default'])}`." if schema.get("default") not in (None, [], "") else ""
        text = one_line(parameter.get("description", "")) + default
        yield f"| `{parameter['name']}` | {parameter['in']} | {kind(document, schema)} | {text} |"
    body = resolved(document, operation.get("requestBody", {})).get("content", {}).get("application/json", {})
    for name, schema in resolved(document, body.get("schema", {})).get("properties", {}).items():
        description = one_line(resolved(document, schema).get("description", schema.get("description", "")))
        yield f"| `{name}` | body | {kind(document, schema)} | {description} |"


def answer_rows(document: Json, operation: Json) -> Iterator[str]:
    """Describe the good answers, and name the bad ones."""
    bad = []
    for status, given in operation["responses"].items():
        if status[0] in "45d":
            bad.append(status)
            continue
        answer = resolved(document, given)
        types = ", ".join(f"`{each}`" for each in answer.get("content", {}))
        yield f"- {status}: {one_line(answer['description'])}" + (f" ({types})" if types else "")
    if bad:
        yield f"- problems: {', '.join(bad)}"


def told(operation: Json) -> str:
    """Say what an operation is for."""
    return f"{operation['summary'].rstrip('.?')}. {operation.get('description', '')}".strip()


def rest_page() -> str:
    """docs/reference/rest.md."""
    document = openapi_document()
    lines = [INTRODUCTION]
    for method, path, operation in operations(document):
        rows = list(parameter_rows(document, operation))
        table = ["", "| name | in | takes | meaning |", "|---|---|---|---|", *rows] if rows else []
        lines += [f"## {method} {path}", "", told(operation), *table, ""]
        lines += [*answer_rows(document, operation), ""]
    return "\n".join(lines).rstrip() + "\n"
