"""The feed says that it is alive, and when Neo4j is not: through a proxy that fails on command."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from snapgraph.client import Client
from tests.faults.proxy import FaultProxy
from tests.fixtures.rest import fill
from tests.fixtures.serving import serving
from tests.integration.live.talk import talk


@pytest.fixture(scope="module")
def wire(bolt):
    """What lies between the server and its live graph."""
    with FaultProxy(upstream_port=int(bolt.uri.rpartition(":")[2])) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def server(store_url, bolt, wire):
    """A real server that sees its live graph through the wire."""
    fill(bolt, now=time.time())
    with serving(store_url, replace(bolt, uri=f"bolt://127.0.0.1:{wire.port}")) as running:
        yield running


@pytest.fixture(autouse=True)
def whole(server, wire):
    """Begin with a graph that answers."""
    wire.set_mode("pass")
    with talk(server.live) as live:
        live.subscribe()
        reading(live, is_read=True)
    yield
    wire.set_mode("pass")


def reading(live, *, is_read, code="", within=60.0):
    """Wait for a heartbeat that says so; a graph that hangs is late before anybody knows why."""
    until = time.monotonic() + within
    while True:
        (said,) = live.hear("heartbeat", within=until - time.monotonic())["graphs"]
        if (said["reading"], said.get("code", "")) == (is_read, code):
            return said


AWAY = "live_graph_unavailable"


def test_a_reader_hears_at_once_that_the_graph_is_away_and_that_it_is_back(server, wire):
    with talk(server.live) as live:
        live.subscribe()
        live.hear("state", within=30)
        wire.set_mode("refuse")
        said = reading(live, is_read=False, code=AWAY)
        assert said["graph"] == "default"
        assert datetime.now(UTC) - datetime.fromisoformat(said["since"]) < timedelta(seconds=30)
        assert said["age_seconds"] < 60
        with talk(server.live) as newcomer:
            newcomer.subscribe()
            assert reading(newcomer, is_read=False, code=AWAY, within=5)["since"] == said["since"]
            assert newcomer.hear("state", within=5)["nodes"], "what is known is shown"
        wire.set_mode("pass")
        said = reading(live, is_read=True)
        assert "since" not in said


def test_a_reader_hears_of_a_graph_that_hangs(server, wire):
    with talk(server.live) as live:
        live.subscribe()
        live.hear("state", within=30)
        wire.set_mode("blackhole")
        assert reading(live, is_read=False, code=AWAY)["age_seconds"] > 1
        wire.set_mode("pass")
        reading(live, is_read=True)


def test_the_client_says_that_the_graph_is_away_and_back(server, wire):
    with Client(server.http) as client:
        updates = client.watch()
        assert next(update for update in updates if update.kind == "state")
        wire.set_mode("refuse")
        said = (update.message for update in updates if update.kind == "reading")
        assert next(each for each in said if not each["reading"] and each.get("code"))["code"] == AWAY
        wire.set_mode("pass")
        assert next(each for each in said if each["reading"])["type"] == "reading"
        updates.close()


def test_a_graph_that_is_away_from_the_beginning_is_shown_as_soon_as_it_answers(store_url, bolt, wire):
    wire.set_mode("refuse")
    away = replace(bolt, uri=f"bolt://127.0.0.1:{wire.port}")
    with serving(store_url, away) as server, talk(server.live) as live:
        live.subscribe()
        reading(live, is_read=False, code=AWAY)
        wire.set_mode("pass")
        reading(live, is_read=True)
