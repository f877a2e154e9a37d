"""A database that is away: 503 with ``Retry-After`` within five seconds, and ``/readyz`` says which."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from functools import partial

import pytest

from snapgraph.app import create_app
from snapgraph.runtime import open_runtime
from tests.fixtures.rest import make_settings
from tests.fixtures.timing import in_time

LIMIT_SECONDS = 5.0
SNAPSHOTS = "/api/performance/snapshots"


@pytest.fixture
def free_port():
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def silent_port():
    """A server that takes connections and says nothing."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


@pytest.fixture
def started():
    with ExitStack() as stack:

        def start(store_url, live_graph, uri=None, **more):
            settings = make_settings(store_url, live_graph, **more)
            if uri:
                settings = settings.model_copy(update={"neo4j": settings.neo4j.model_copy(update={"uri": uri})})
            return create_app(stack.enter_context(open_runtime(settings))).test_client()

        yield start


def unavailable(ask, code):
    response = in_time(ask, LIMIT_SECONDS)
    assert (response.status_code, response.json["code"]) == (503, code), response.text
    assert int(response.headers["Retry-After"]) >= 1
    assert response.json["retryable"] is True
    return response


def failed_checks(client):
    response = in_time(lambda: client.get("/readyz"), LIMIT_SECONDS)
    assert response.status_code == 503
    assert response.content_type == "application/problem+json"
    return {each["name"] for each in response.json["checks"] if not each["is_ready"]}


@pytest.mark.parametrize("kind", ["free_port", "silent_port"])
def test_postgres_away(started, bolt, request, kind):
    client = started(f"postgresql://u:canary@127.0.0.1:{request.getfixturevalue(kind)}/d", bolt)
    for ask in (
        lambda: client.get(SNAPSHOTS),
        lambda: client.get(f"{SNAPSHOTS}/latest"),
        lambda: client.post(SNAPSHOTS),
        lambda: client.post(SNAPSHOTS, headers={"Idempotency-Key": "k"}),
        lambda: client.delete(f"{SNAPSHOTS}/latest"),
        lambda: client.get(f"{SNAPSHOTS}/compare?baseline=latest&target=live"),
        lambda: client.get(f"{SNAPSHOTS}/latest/export"),
    ):
        assert "canary" not in unavailable(ask, "store_unavailable").text
    assert failed_checks(client) == {"postgres", "migrations", "partitions"}
    assert client.get("/healthz").status_code == 200


def test_a_session_needs_postgres_and_a_token_does_not(started, bolt, free_port):
    token = "a-token-of-more-than-16-characters"  # noqa: S105  (of this test alone)
    same = {"Origin": "http://localhost"}
    client = started(f"postgresql://u@127.0.0.1:{free_port}/d", bolt, server={"api_token": token})
    assert client.get("/version", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert client.post("/api/performance/session", json={"token": token}, headers=same).status_code == 204
    unavailable(lambda: client.get("/version"), "store_unavailable")
    refused = unavailable(lambda: client.delete("/api/performance/session", headers=same), "store_unavailable")
    assert "Set-Cookie" not in refused.headers, "still logged in: it can be tried again"


@pytest.mark.parametrize("kind", ["free_port", "silent_port"])
def test_the_live_graph_away(started, store_url, bolt, request, kind):
    client = started(store_url, bolt, uri=f"bolt://127.0.0.1:{request.getfixturevalue(kind)}")
    unavailable(lambda: client.post(SNAPSHOTS), "live_graph_unavailable")
    unavailable(lambda: client.get("/api/performance/graph"), "live_graph_unavailable")
    assert client.get(SNAPSHOTS).status_code == 200
    assert failed_checks(client) == {"live_graph default"}


def test_a_store_without_a_schema_says_how_to_make_it(started, postgres_url, bolt):
    client = started(postgres_url, bolt)
    assert failed_checks(client) == {"migrations", "partitions"}
    details = {each["name"]: each["detail"] for each in client.get("/readyz").json["checks"]}
    assert "snapgraph db upgrade" in details["migrations"]
    for ask in (client.get, client.post):
        response = unavailable(partial(ask, SNAPSHOTS), "store_unavailable")
        assert "snapgraph db upgrade" in response.json["detail"]


def test_what_is_well_is_ready(service):
    response = service.client.get("/readyz")
    assert response.json["status"] == "ready"
    assert {each["name"] for each in response.json["checks"]} == {
        "postgres",
        "live_graph default",
        "migrations",
        "partitions",
    }
