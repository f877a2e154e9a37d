"""The page in a real browser on a real server."""

import functools

import pytest

from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop, with_an_incident


@pytest.fixture(scope="module")
def shop(store_url, bolt):
    """Serve a shop whose latency rose between its two snapshots."""
    with serving(store_url, bolt) as server:
        yield with_an_incident(Shop(server=server, store_url=store_url, live_graph=bolt))


@pytest.fixture
def opened(visit, shop):
    """Open the page of the shop at an address."""
    return functools.partial(visit, shop.base)
