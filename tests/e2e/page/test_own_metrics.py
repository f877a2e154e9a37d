"""Relationship types of somebody's own: the page writes them as the settings define them."""

import pytest
from playwright.sync_api import expect

from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

SETTINGS = '{"default": {"types": ["*"], "metrics": {"WAITS_FOR": {"unit": "s", "desirable": "lower"}}}}'
WAITS = "MATCH (a:Table {name: 'users'}), (b:Table {name: 'orders'}) CREATE (a)-[:WAITS_FOR {value: 17.5}]->(b)"


@pytest.fixture(scope="module")
def shop(store_url, bolt):
    """Serve a shop whose tables wait for each other."""
    with serving(store_url, bolt, SNAPGRAPH_LIVE_GRAPHS=SETTINGS) as server:
        shop = Shop(server=server, store_url=store_url, live_graph=bolt)
        shop.open_doors()
        shop.live_graph.run(WAITS)
        yield shop


def test_a_number_has_the_unit_that_the_settings_give_it(opened):
    page = opened("?metric=WAITS_FOR")
    panel = page.get_by_label("What is to be known")
    expect(panel).to_contain_text("17.5\u202fs")
    expect(page.get_by_label("Legend")).to_contain_text("waits for, s")
