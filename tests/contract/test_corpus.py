"""The bad values on every parameter, path, header and body field: 4xx with a problem, never 5xx, never slow."""

from __future__ import annotations

import re
import time

import pytest

from snapgraph.api import openapi_document
from tests.contract.corpus import BODIES, HEADER_VALUES, JSON_VALUES, TEXTS

P99_SECONDS = 1.0
SLOWEST_SECONDS = 10.0
CAPTURE = ("POST", "/api/performance/snapshots")
WITH_HEADERS = (
    ("GET", "/healthz"),
    ("GET", "/api/performance/snapshots"),
    ("GET", "/api/performance/snapshots/{snapshot_id}"),
    ("GET", "/api/performance/snapshots/{snapshot_id}/export"),
    ("PATCH", "/api/performance/snapshots/{snapshot_id}"),
    ("DELETE", "/api/performance/snapshots/{snapshot_id}"),
    ("POST", "/api/performance/session"),
)
"""The headers are read by the same lines for every operation, so these stand for all."""
HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Authorization",
    "Content-Length",
    "Cookie",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Origin",
    "Range",
    "Sec-Fetch-Site",
    "Transfer-Encoding",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Request-Id",
)

OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in openapi_document()["paths"].items()
    for method, operation in operations.items()
]


def named(operations):
    return pytest.mark.parametrize(
        ("method", "path", "operation"), operations, ids=[f"{method} {path}" for method, path, _ in operations]
    )


@pytest.fixture(scope="module", autouse=True)
def stored(service):
    assert service.client.post("/api/performance/snapshots", json={"tags": ["kept"], "pinned": True}).status_code == 201


class Asking:
    """Sends raw requests, and holds every answer against the promise."""

    def __init__(self, service):
        self.service = service
        self.broken: list[str] = []
        self.seconds: list[float] = []

    def verdict(self) -> list[str]:
        """Say which promises were broken."""
        slow = sorted(self.seconds)[int(len(self.seconds) * 0.99)]
        return self.broken + ([f"p99 is {slow:.2f} s"] if slow > P99_SECONDS else [])

    def ask(self, method: str, path: bytes, query: bytes, name: str, *, body=b"", media_type="", **headers: str):
        """Send one request as it stands."""
        environ = {
            "REQUEST_METHOD": method,
            # As a WSGI server gives them: the path unquoted once, both as Latin-1.
            "PATH_INFO": unquoted(path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            **{f"HTTP_{key.upper().replace('-', '_')}": value for key, value in headers.items()},
        }
        started = time.perf_counter()
        response = self.service.client.open(
            "/", method=method, data=body or None, content_type=media_type or None, environ_overrides=environ
        )
        size = len(response.data)
        seconds = time.perf_counter() - started
        where = f"{method} {path[:80]!r} {name}: {response.status_code}"
        if response.status_code >= 500 and "readyz" not in path.decode("latin-1"):
            self.broken.append(f"{where} {response.text[:300]}")
        self.seconds.append(seconds)
        if seconds > SLOWEST_SECONDS:
            self.broken.append(f"{where} after {seconds:.1f} s, {size} bytes")
        if response.status_code >= 400 and response.content_type != "application/problem+json":
            self.broken.append(f"{where} is {response.content_type}")
        if any("\r" in value or "\n" in value for value in response.headers.values()):
            self.broken.append(f"{where} splits its headers")
        return response


def unquoted(text: bytes) -> bytes:
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415  (only here)

    return unquote_to_bytes(text)


@pytest.fixture
def asking(service):
    """Ask; at the end of each test all answers are held against the promise, whatever else the test asserts."""
    asking = Asking(service)
    yield asking
    assert asking.verdict() == []


def parameters(operation, place):
    return [each["name"] for each in operation["parameters"] if each["in"] == place]


def plain(path: str) -> bytes:
    return path.replace("{snapshot_id}", "kept").encode()


def required(operation, besides: str = "") -> bytes:
    return b"&".join(
        f"{each['name']}=kept".encode()
        for each in operation["parameters"]
        if each["in"] == "query" and each["required"] and each["name"] != besides
    )


@named([each for each in OPERATIONS if parameters(each[2], "query")])
def test_a_bad_value_of_any_parameter_does_no_harm(asking, method, path, operation):
    if method == "DELETE":
        path = path.replace("{snapshot_id}", "nothing-of-that-name")
    for parameter in parameters(operation, "query"):
        for name, text in TEXTS.items():
            query = required(operation, parameter) + b"&" + parameter.encode() + b"=" + text
            asking.ask(method, plain(path), query, f"{parameter}={name}")


@named(OPERATIONS)
def test_an_unknown_parameter_is_refused_whatever_its_name(asking, method, path, operation):
    path = path.replace("{snapshot_id}", "nothing-of-that-name")
    for name, text in TEXTS.items():
        if text:
            response = asking.ask(method, plain(path), required(operation) + b"&" + text + b"=1", name)
            assert 400 <= response.status_code < 500, name


@named([each for each in OPERATIONS if parameters(each[2], "path")])
def test_a_bad_id_is_refused(asking, method, path, operation):
    before, after = re.split(rb"\{[a-z_]+\}", path.encode())
    for name, text in TEXTS.items():
        response = asking.ask(
            method,
            before + text + after,
            required(operation),
            name,
            body=b'{"note": "x"}',
            media_type="application/json",
        )
        if text not in {b"", b"live"} and b"/" not in text:
            assert 400 <= response.status_code < 500, name


@named([each for each in OPERATIONS if "requestBody" in each[2]])
def test_a_bad_value_of_any_field_does_no_harm(asking, method, path, operation):
    (content,) = operation["requestBody"]["content"].values()
    fields = openapi_document()["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
    for field in fields:
        for name, value in JSON_VALUES.items():
            body = b'{"' + field.encode() + b'": ' + value + b"}"
            asking.ask(method, plain(path), b"", f"{field}={name}", body=body, media_type="application/json")


@pytest.mark.parametrize(("method", "path"), [each[:2] for each in OPERATIONS if each[0] != "GET"])
def test_a_bad_body_is_refused(asking, method, path):
    path = path.replace("{snapshot_id}", "nothing-of-that-name")
    for name, (body, media_type) in BODIES.items():
        response = asking.ask(method, plain(path), b"", name, body=body, media_type=media_type)
        assert 400 <= response.status_code < 500, name


@named([each for each in OPERATIONS if each[:2] in WITH_HEADERS])
def test_a_bad_header_does_no_harm(asking, method, path, operation):
    path = path.replace("{snapshot_id}", "nothing-of-that-name") if method == "DELETE" else path
    for header in HEADERS:
        for value in HEADER_VALUES:
            raw = value.encode("utf-8").decode("latin-1")
            asking.ask(method, plain(path), required(operation), f"{header}: {value[:40]!r}", **{header: raw})


def test_a_bad_header_on_a_capture_does_no_harm(asking):
    for header in ("Idempotency-Key", "X-Request-Id", "Origin", "Host"):
        for value in HEADER_VALUES:
            asking.ask(*CAPTURE[:1], CAPTURE[1].encode(), b"", f"{header}: {value[:40]!r}", **{header: value})
