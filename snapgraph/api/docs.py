"""``/openapi.json`` and ``/docs``: the document, and a page that shows it without a script and without a CDN."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import Any

from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["page", "routes"]

_TAG = "service"
_HTML = "text/html; charset=utf-8"
_ADDRESS = "http://127.0.0.1:8000"
"""Of the examples: what ``snapgraph serve`` prints when nothing else is said."""


def routes(document: Mapping[str, Any]) -> tuple[Route, ...]:
    """Make the routes that give a document; it is filled with these very routes before the first request."""

    def give_document(call: Call) -> Answer:
        servers = {"servers": [{"url": call.prefix}]} if call.prefix else {}
        return json_answer({**document, **servers}, headers={"Cache-Control": "no-cache"})

    def give_page(_call: Call) -> Answer:
        return Answer(body=page(document).encode(), media_type=_HTML, headers={"Cache-Control": "no-cache"})

    def give_style(_call: Call) -> Answer:
        style = files("snapgraph.api").joinpath("docs.css").read_bytes()
        return Answer(body=style, media_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})

    return (
        _route("/openapi.json", give_document, "openapi", "This API as OpenAPI 3.1", "application/json", "object"),
        _route("/docs", give_page, "docs", "This API for people", "text/html", "string"),
        _route("/docs/style.css", give_style, "docsStyle", "The style of that page", "text/css", "string"),
    )


def _route(path: str, handler: Any, operation_id: str, summary: str, media_type: str, type_: str) -> Route:
    answer = Produces(status=200, description="As it says.", content={media_type: {"type": type_}})
    return Route(
        method="GET",
        path=path,
        handler=handler,
        operation_id=operation_id,
        summary=summary,
        tag=_TAG,
        produces=(answer,),
    )


def page(document: Mapping[str, Any]) -> str:
    """Write the document as a page of HTML."""
    return "\n".join(_page(document))


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    info = document["info"]
    title = escape(f"{info['title']} {info['version']}")
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>'
    yield '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="docs/style.css"></head>'
    yield f"<body><h1>{title}</h1><p>{escape(info['description'])}</p>"
    yield '<p class="soft">The same for machines: <a href="openapi.json">/openapi.json</a></p>'
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>"
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if operation["tags"] == [tag["name"]]:
                    yield from _operation(method, path, operation)
    yield "<h2>shapes</h2>"
    for name, schema in document["components"]["schemas"].items():
        yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{_json(schema)}</details>'
    yield "</body></html>"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<details id="{escape(operation["operationId"])}"><summary><span class="method {method}">'
    yield f"{method.upper()}</span> <code>{escape(path)}</code> {escape(operation['summary'])}</summary>"
    if "description" in operation:
        yield f"<p>{escape(operation['description'])}</p>"
    yield f"<pre>{escape(_curl(method, path, operation))}</pre>"
    if operation["parameters"]:
        rows = "".join(_parameter(each) for each in operation["parameters"])
        yield f"<h4>Parameters</h4><table>{rows}</table>"
    for body in operation.get("requestBody", {}).get("content", {}).values():
        yield f"<h4>Body</h4><p>{_shape(body['schema'])}</p>"
    rows = "".join(_response(status, each) for status, each in operation["responses"].items())
    yield f"<h4>Answers</h4><table>{rows}</table></details>"


def _curl(method: str, path: str, operation: Mapping[str, Any]) -> str:
    asked = [each["name"] for each in operation["parameters"] if each["in"] == "query" and each["required"]]
    query = "?" + "&".join(f"{name}={name.upper()}" for name in asked) if asked else ""
    verb = "" if method == "get" else f"-X {method.upper()} "
    body = " -H 'Content-Type: application/json' -d '{}'" if "requestBody" in operation else ""
    return f"curl {verb}'{_ADDRESS}{path}{query}'{body}"


def _parameter(parameter: Mapping[str, Any]) -> str:
    note = "required" if parameter["required"] else parameter["in"]
    text = escape(parameter.get("description", ""))
    return (
        f'<tr><td><code>{escape(parameter["name"])}</code><br><span class="soft">{note}</span></td>'
        f"<td>{text}<br><code>{escape(_brief(parameter['schema']))}</code></td></tr>"
    )


def _response(status: str, response: Mapping[str, Any]) -> str:
    shapes = ", ".join(
        f"{escape(media_type)} {_shape(each['schema'])}" for media_type, each in response.get("content", {}).items()
    )
    text = escape(response["description"])
    return f'<tr><td><code>{status}</code></td><td>{text}<br><span class="soft">{shapes}</span></td></tr>'


def _shape(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    return f"<code>{escape(_brief(schema))}</code>"


def _brief(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"any of: {_brief(schema['items'])}"
    if "examples" in schema:
        return ", ".join(str(each) for each in schema["examples"])
    bounds = {name: schema[name] for name in ("minimum", "maximum", "default", "maxLength") if name in schema}
    return ", ".join([str(schema.get("type", "")), *(f"{name} {value}" for name, value in bounds.items())])


def _json(schema: Mapping[str, Any]) -> str:
    return f"<pre>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"
