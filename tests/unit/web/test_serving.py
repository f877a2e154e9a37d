"""The layer on a small table of its own: one shape of refusal, the same headers everywhere, conditional compression."""

from __future__ import annotations

import gzip
import json
from typing import Any, cast

import pytest
from flask import Flask

from snapgraph.errors import ConfigurationError, StoreUnavailableError
from snapgraph.web.etags import is_fresh
from snapgraph.web.guard import Guard
from snapgraph.web.parameters import Body, Query, Text
from snapgraph.web.readiness import Readiness
from snapgraph.web.routes import Answer, Call, Produces, Route, Service, json_answer
from snapgraph.web.serving import serve_routes

LIMIT = 10_000
CANARY = "canary-5f1e"


class Words(Body):
    """A body."""

    text: str = "nothing"


class Asked(Query):
    """A query string."""

    q: Text | None = None


def fail(_call: Call, *, name: str) -> Answer:
    errors = {
        "bug": RuntimeError(CANARY),
        "deep": RecursionError(CANARY),
        "store": StoreUnavailableError(retry_after_seconds=7),
        "config": ConfigurationError("Set DATABASE_URL."),
        "text": ConfigurationError("a lone \ud800 surrogate"),
    }
    raise errors[name]


def show(call: Call, *, query: Asked) -> Answer:
    if is_fresh(call.headers, '"e"'):
        return Answer(status=304, headers={"ETag": '"e"'})
    return json_answer({"q": query.q, "long": "x" * 5000}, headers={"ETag": '"e"'})


def stream(_call: Call) -> Answer:
    return Answer(body=iter([b"x" * 3000, b"y"]), media_type="text/plain")


def route(method: str, path: str, handler: Any, **more: Any) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        operation_id=f"{method}{path}",
        summary="",
        tag="",
        produces=(Produces(status=200, description=""),),
        **more,
    )


ROUTES = (
    route("GET", "/things", show, query=Asked),
    route("POST", "/things", lambda _call, *, body: json_answer({"text": body.text}), body=Words),
    route("DELETE", "/things", lambda _call: Answer(status=204)),
    route("GET", "/things/{name}", fail, parts={"name": ""}),
    route("DELETE", "/things/{name}", fail, parts={"name": ""}),
    route("GET", "/things/other", lambda _call: json_answer({})),
    route("GET", "/stream", stream),
)


@pytest.fixture
def client():
    app = Flask("test", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LIMIT
    service = Service(runtime=cast("Any", None), guard=Guard(), readiness=Readiness(checks={}))
    serve_routes(app, ROUTES, service=service)
    return app.test_client()


def problem(response, status):
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-Id"]
    assert {"type", "title", "detail", "code", "retryable", "problems"} <= set(body)
    return body


def test_an_unknown_address_is_a_problem(client):
    assert problem(client.get("/nothing"), 404)["code"] == "not_found"


def test_an_unknown_method_is_a_problem_that_names_the_known_ones(client):
    response = client.put("/things")
    problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"text": "a"}', "application/json", 200),
        (b'{"text": "a"}', "application/json; charset=utf-8", 200),
        (b"", "text/plain", 200),
        (b"", None, 200),
        (b'{"text": "a"}', "text/plain", 415),
        (b'{"text": "a"}', None, 415),
        (b"text=a", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"text": 1}', "application/json", 422),
        (b'"' + b"x" * LIMIT + b'"', "application/json", 413),
    ],
)
def test_a_body_is_json_within_the_limit_or_a_problem(client, body, media_type, status):
    response = client.post("/things", data=body, content_type=media_type)
    assert response.status_code == status
    if status != 200:
        problem(response, status)


def test_the_limit_is_told(client):
    assert str(LIMIT) in problem(client.post("/things", data=b"x" * (LIMIT + 1)), 413)["detail"]


def test_a_failure_is_logged_and_never_quoted(client):
    for name in ("bug", "deep"):
        response = client.get(f"/things/{name}")
        problem(response, 500)
        assert CANARY not in response.text


def test_an_error_of_ours_is_told_and_says_when_to_come_back(client):
    response = client.get("/things/store")
    assert problem(response, 503)["retryable"] is True
    assert response.headers["Retry-After"] == "7"
    assert problem(client.get("/things/config"), 500)["detail"] == "Set DATABASE_URL."
    assert problem(client.get("/things/text"), 500)["detail"] == "a lone ? surrogate"


def test_an_unknown_parameter_is_refused_on_every_route(client):
    assert problem(client.get("/things?p=1"), 422)["problems"][0]["pointer"] == "?p"
    assert problem(client.get("/stream?p=1"), 422)["problems"][0]["pointer"] == "?p"
    assert problem(client.delete("/things?p=1"), 422)["problems"][0]["pointer"] == "?p"


@pytest.mark.parametrize("given", ["deploy-42", "0f.3_A"])
def test_a_harmless_request_id_is_kept(client, given):
    assert client.get("/things", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["a b", "x" * 65, "<script>", "", "ä"])
def test_any_other_request_id_is_replaced(client, given):
    answered = client.get("/things", headers={"X-Request-Id": given.encode()}).headers["X-Request-Id"]
    assert answered != given
    assert len(answered) == 32


@pytest.mark.parametrize("path", ["/things", "/nothing", "/stream", "/things/bug"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


def test_head_and_options_answer_without_a_body(client):
    head = client.head("/things?q=a")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 5000
    options = client.options("/things")
    assert (options.status_code, options.data) == (200, b"")
    assert "POST" in options.headers["Allow"]


@pytest.mark.parametrize("path", ["/things", "/stream"])
def test_a_long_answer_is_packed_for_who_takes_it_packed(client, path):
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 10
    for response in (plain, packed):
        assert response.headers["Vary"] == "Accept-Encoding"
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in refused.headers


def test_the_tag_of_a_packed_answer_differs_and_is_recognised(client):
    packed = client.get("/things", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["ETag"] == '"e-gzip"'
    assert client.get("/things", headers={"If-None-Match": packed.headers["ETag"]}).status_code == 304


def test_a_page_of_another_site_is_refused_before_the_handler(client):
    problem(client.post("/things", json={}, headers={"Origin": "https://evil.example"}), 403)


def test_a_word_that_another_route_has_is_no_variable_part(client):
    assert client.get("/things/other").text == "{}"
    assert set(client.delete("/things/other").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert set(client.put("/things/else").headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS"}
