"""The panel of what is selected: live as in a snapshot, a node as an edge."""

import pytest
from playwright.sync_api import expect

EDGE = "sel=orders:Table|AVG_LATENCY_MS|order_items:Table"
NODE = "sel=orders:Table"
PANEL = "What is to be known"


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


def panel(page):
    return page.get_by_label(PANEL)


@pytest.mark.parametrize("pin", ["", "&b=latest"])
def test_an_edge_says_its_thresholds_live_as_in_a_snapshot(opened, pin):
    expect(panel(opened(f"?{EDGE}{pin}"))).to_contain_text("high over 100\u202fms")


@pytest.mark.parametrize("pin", ["", "&b=latest"])
def test_a_node_whose_score_is_a_property_says_it_with_its_severity_thresholds_and_history(opened, pin):
    side = panel(opened(f"?{NODE}{pin}"))
    expect(side.locator(".sentence")).to_contain_text("HOTSPOT_SCORE 85")
    expect(side.locator(".sentence .grave")).to_contain_text("▲ high")
    expect(side).to_contain_text("high over 80")
    history = side.get_by_role("region", name="History")
    expect(history.get_by_role("row")).to_have_count(3)
    expect(history).to_contain_text("85")


def test_a_snapshot_has_no_live_values_of_after_it(opened, shop):
    page = opened(f"?{EDGE}")
    line = panel(page).get_by_role("img")
    expect(line).to_have_attribute("aria-label", "latency, between 46\u202fms and 1\u202f203\u202fms")
    shop.write([["orders", "order_items", 7_777.0, 60.0, "critical"]])
    expect(line).to_have_attribute("aria-label", "latency, between 46\u202fms and 7\u202f777\u202fms")
    page.get_by_role("button", name="Previous snapshot").click()
    expect(page.get_by_text("B · ")).to_contain_text("the incident")
    expect(line).to_have_attribute("aria-label", "latency, between 46\u202fms and 1\u202f203\u202fms")


def test_a_bottleneck_that_appears_and_one_that_goes_are_told_wherever_one_is(opened, shop):
    shop.write([["users", "orders", 8.0, 120.0, "low"]])
    page = opened("?tab=snapshots")
    expect(page.locator(".badge")).to_have_text("live")
    shop.write([["users", "orders", 901.0, 120.0, "critical"]])
    notices = page.locator(".notices")
    expect(notices).to_contain_text("users → orders is a bottleneck now: latency 901\u202fms")
    notices.get_by_role("button", name="Show it").click()
    expect(page.get_by_role("heading", name="users → orders")).to_be_visible()
    shop.write([["users", "orders", 8.0, 120.0, "low"]])
    expect(notices).to_contain_text("users → orders is no bottleneck any more")
