"""Bottlenecks on the page: the live view and a snapshot of the same graph say the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested

UNGRADED = "MATCH ()-[r]->() REMOVE r.severity"


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


def said(page):
    """Give the tile, and the rows below it."""
    expect(page.get_by_role("list", name="bottlenecks")).to_be_visible()
    rested(page)
    return [" ".join(each.split()) for each in page.get_by_role("list", name="bottlenecks").all_inner_texts()]


def test_the_live_view_knows_those_that_a_snapshot_of_it_has_whatever_the_writer_says_of_severity(opened, shop):
    shop.live_graph.run(UNGRADED)
    snapshot_id = shop.capture()
    live, captured = opened(), opened(f"?b={snapshot_id}")
    for page in (live, captured):
        expect(page.get_by_text(re.compile("^2 bottlenecks; the worst is orders → order_items"))).to_be_visible()
    assert said(live) == said(captured)
    assert "orders HOTSPOT_SCORE 85 high" in said(live)[0]
    for page in (live, captured):
        page.get_by_role("link", name="Table").click()
        page.get_by_role("button", name="only bottlenecks").click()
        expect(page.get_by_role("table", name=re.compile("^Edges")).get_by_role("row")).to_have_count(2)
