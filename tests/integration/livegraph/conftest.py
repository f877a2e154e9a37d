"""What the tests of the live graph share: connections that are closed, and a clock."""

from datetime import UTC, datetime

import pytest

from snapgraph.adapters.livegraph import open_live_graph

NOW = datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def connect():
    """Open connections to servers of the fixtures: ``connect(server, record=…)``."""
    opened = []

    def connect_to(server, **options):
        connection = open_live_graph(
            options.pop("uri", server.uri),
            username=server.username,
            password=options.pop("password", server.password),
            database=server.database,
            **options,
        )
        opened.append(connection)
        return connection

    yield connect_to
    for connection in opened:
        connection.close()
