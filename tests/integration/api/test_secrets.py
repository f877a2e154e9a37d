"""The secrets canary (T57): no password and no token in any answer, header or line of the log."""

from __future__ import annotations

import io

import pytest
import structlog

from snapgraph.api import ROUTES
from snapgraph.cli.observing import observe_settings
from snapgraph.cli.session import Session
from snapgraph.errors import ConfigurationError
from snapgraph.runtime import configure_logging
from tests.fixtures.rest import make_settings

TOKEN = "canary-token-8c1d5e7f"  # noqa: S105  made up, to be looked for


@pytest.fixture
def log(service):
    settings = make_settings(service.store_url, service.live_graph, server={"api_token": TOKEN}, log={"level": "debug"})
    stream = io.StringIO()
    configure_logging(settings, stream=stream)
    yield settings, stream
    structlog.reset_defaults()


def test_no_secret_stands_in_an_answer_or_in_the_log(service, log):
    settings, stream = log
    client = service.at(server={"api_token": TOKEN})
    client.post("/api/performance/snapshots", headers={"Authorization": f"Bearer {TOKEN}"})
    texts = []
    for route in ROUTES:
        for headers in ({}, {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"Bearer {TOKEN}x"}):
            response = client.open(route.path.replace("{snapshot_id}", "latest"), method=route.method, headers=headers)
            texts += [response.text, str(response.headers)]
    texts += [client.post("/api/performance/session", json={"token": f"{TOKEN}x"}).text, stream.getvalue()]
    assert "request" in stream.getvalue()
    found = [secret for secret in settings.secret_values() for text in texts if secret in text]
    assert found == []
    assert TOKEN in settings.secret_values()
    assert service.live_graph.password in settings.secret_values()


def test_a_library_that_quotes_a_secret_does_not_bring_it_into_the_log(log):
    _, stream = log
    structlog.get_logger().error("failed", text=TOKEN, exc_info=ValueError(f"could not use {TOKEN}"))
    assert "could not use ********" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_no_secret_stands_in_what_the_command_line_logs(service, monkeypatch, capsys):
    graph = service.live_graph
    for name, value in {
        "SNAPGRAPH_API_TOKEN": TOKEN,
        "DATABASE_URL": service.store_url,
        "NEO4J_URI": graph.uri,
        "NEO4J_USERNAME": graph.username,
        "NEO4J_PASSWORD": graph.password,
        "NEO4J_DATABASE": graph.database,
    }.items():
        monkeypatch.setenv(name, value)
    session = Session(verbosity=2)
    with session.runtime() as runtime:
        structlog.get_logger().error("failed", text=TOKEN, exc_info=ValueError(f"could not use {graph.password}"))
    with pytest.raises(ConfigurationError, match="pg_stat_statements"):  # a store is no database to observe
        observe_settings(session, {"observe.url": service.store_url}, ticks=1)
    structlog.get_logger().error("failed", text=f"could not reach {service.store_url}")
    structlog.reset_defaults()
    said = capsys.readouterr().err
    assert "could not use ********" in said
    assert "observe_started" in said
    assert "could not reach ********" in said
    assert [secret for secret in runtime.settings.secret_values() if secret in said] == []
