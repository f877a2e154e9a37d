"""The page in a real browser on a real server."""

import functools

import pytest

from tests.fixtures.live_graphs import LiveGraphServer, of_this_worker
from tests.fixtures.postgres import lend_database
from tests.fixtures.serving import serving
from tests.fixtures.shop import INCIDENT, Shop, with_an_incident


@pytest.fixture(scope="session")
def standing(session_server):
    """Serve one shop with an incident to all modules of this worker that make no snapshots."""
    live_graph = LiveGraphServer(**session_server(of_this_worker("bolt")))
    for store_url in lend_database(session_server("migrated-18")["url"], "migrated"):
        with serving(store_url, live_graph) as server:
            yield with_an_incident(Shop(server=server, store_url=store_url, live_graph=live_graph))


@pytest.fixture(scope="module")
def shop(standing):
    """Give a shop whose latency rose between its two snapshots; its live graph as it was, whoever used it meanwhile."""
    standing.open_doors()
    standing.write(INCIDENT)
    return standing


@pytest.fixture(scope="module")
def own_shop(store_url, bolt):
    """Serve the same shop to this module alone: it may capture, and its snapshots are seconds old."""
    with serving(store_url, bolt) as server:
        yield with_an_incident(Shop(server=server, store_url=store_url, live_graph=bolt))


@pytest.fixture
def opened(visit, shop):
    """Open the page of the shop at an address."""
    return functools.partial(visit, shop.base)
