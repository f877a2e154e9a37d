"""A served live stream on a small shop, and a stranger's client for it."""

from __future__ import annotations

import time

import pytest

from tests.fixtures.rest import fill
from tests.fixtures.serving import serving
from tests.integration.live.talk import read_later, talk


@pytest.fixture(scope="module")
def server(store_url, bolt):
    """A real server whose live graph is a shop of three tables."""
    fill(bolt, now=time.time())
    with serving(store_url, bolt) as running:
        yield running


@pytest.fixture
def shop(bolt, server):
    """The live graph, filled anew, and read since: a reader may have seen it half empty on the way."""
    fill(bolt, now=time.time())
    with talk(server.live) as live:
        live.subscribe(nodes=["users"])
        live.hear("state", within=30)
        read_later(live, bolt)
    return bolt
