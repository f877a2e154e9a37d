"""A served live stream on a small shop, and a stranger's client for it."""

from __future__ import annotations

import time

import pytest

from tests.fixtures.rest import fill
from tests.fixtures.serving import serving


@pytest.fixture(scope="module")
def server(store_url, bolt):
    """A real server whose live graph is a shop of three tables."""
    fill(bolt, now=time.time())
    with serving(store_url, bolt) as running:
        yield running


@pytest.fixture
def shop(bolt):
    """The live graph, filled anew."""
    fill(bolt, now=time.time())
    return bolt
