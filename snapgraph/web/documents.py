"""The OpenAPI 3.1 document, written from the route table: what is served is what is described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from snapgraph.errors import (
    ForbiddenError,
    InvalidInputError,
    MalformedRequestError,
    NotAuthorizedError,
    SnapgraphError,
    TooLargeError,
    UnsupportedMediaTypeError,
)
from snapgraph.web.guard import SAFE_METHODS
from snapgraph.web.problems import PROBLEM_MEDIA_TYPE, PROBLEM_SCHEMA
from snapgraph.web.routes import Produces, Route

__all__ = ["openapi"]

_SEGMENT = r"^[^\x00-\x1f\x7f/\\\ufffd]+$"
"""Of a variable part of a path: U+FFFD stands where bytes were no UTF-8, and no id holds it."""

_ALWAYS = (MalformedRequestError, InvalidInputError)
_GUARDED = (NotAuthorizedError, ForbiddenError)
_UNSAFE = (ForbiddenError, TooLargeError, UnsupportedMediaTypeError)
"""Of what may change something: from another site nothing is taken, and a body is read, wanted or not."""


def openapi(
    routes: Sequence[Route],
    *,
    title: str,
    version: str,
    description: str,
    tags: Mapping[str, str],
    schemas: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Describe the routes.

    Args:
        routes: The table.
        title: Name of the service.
        version: Of the service.
        description: Markdown.
        tags: Chapter -> what it is about.
        schemas: Named schemas that the routes' answers refer to as ``#/components/schemas/<name>``.

    Returns:
        A document of OpenAPI 3.1, whose schemas are JSON Schema 2020-12.
    """
    bodies = {route.body for route in routes if route.body is not None}
    components = {
        **schemas,
        "Problem": PROBLEM_SCHEMA,
        **_model_schemas(sorted(bodies, key=lambda each: each.__name__)),
    }
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    licence = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": licence},
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "SNAPGRAPH_API_TOKEN of the server."},
                "session": {"type": "apiKey", "in": "cookie", "name": "snapgraph_session"},
            },
        },
        # The empty one: a server without a token asks for none.
        "security": [{"token": []}, {"session": []}, {}],
    }


def _model_schemas(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    template = "#/components/schemas/{model}"
    _, document = models_json_schema([(model, "validation") for model in models], ref_template=template)
    return dict(document.get("$defs", {}))


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation_id,
        "tags": [route.tag],
        "summary": route.summary,
        **({"description": route.description} if route.description else {}),
        **({"security": []} if route.is_open else {}),
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": _responses(route),
    }
    if route.body is not None:
        schema = {"$ref": f"#/components/schemas/{route.body.__name__}"}
        operation["requestBody"] = {
            "required": route.body_required,
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _SEGMENT},
        }
        for name, text in route.parts.items()
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if not route.query.model_fields:
        return []
    schema = route.query.model_json_schema()
    definitions = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            **({"description": described.pop("description")} if "description" in described else {}),
            "schema": _plain(described, definitions),
        }
        for name, described in schema.get("properties", {}).items()
    ]


def _plain(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Write a parameter's schema without references, titles and nulls: a query string has no null."""
    if isinstance(schema, list):
        return [_plain(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        return _plain({**rest, **_plain(options[0], definitions)}, definitions)
    if options:
        schema = {**schema, "anyOf": options}
    left_out = {"title"} | ({"default"} if schema.get("default", ...) in (None, [], ()) else set())
    return {name: _plain(value, definitions) for name, value in schema.items() if name not in left_out}


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": False, "description": text, "schema": dict(schema)}
        for name, (text, schema) in route.request_headers.items()
    ]


def _responses(route: Route) -> dict[str, Any]:
    guarded = () if route.is_open else _GUARDED
    unsafe = () if route.method in SAFE_METHODS else _UNSAFE
    classes = (*_ALWAYS, *guarded, *unsafe, *route.errors)
    refusals: dict[int, list[type[SnapgraphError]]] = {}
    for error in dict.fromkeys(classes):
        refusals.setdefault(error.status, []).append(error)
    refused = {str(status): _refused(errors) for status, errors in refusals.items()}
    return dict(sorted((refused | {str(each.status): _produced(each) for each in route.produces}).items()))


def _produced(answer: Produces) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()
        }
    if answer.content:
        described["content"] = {media: {"schema": dict(schema)} for media, schema in answer.content.items()}
    return described


def _refused(errors: Sequence[type[SnapgraphError]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": " Or: ".join(" ".join((error.__doc__ or error.code).split()) for error in errors),
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if errors[0].retryable:
        described["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return described
