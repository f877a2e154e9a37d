"""What is compared with what, and what is said of it: by narrow strips, side by side, of what is gone, of noise."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested
from tests.fixtures.shop import CALM, INCIDENT

PANEL = "What is to be known"
ANSWERED_AGAIN_MS = 6_000
"""A comparison with the live graph is asked for again every five seconds."""
GONE = "orders:Table|AVG_LATENCY_MS|payments:Table"
FAR_AWAY = "&from=2030-01-01T00:00:00Z&to=2030-01-02T00:00:00Z"


@pytest.fixture(scope="module")
def shop(own_shop):
    """Add a third snapshot, in which the table of payments is gone."""
    own_shop.live_graph.run("MATCH (t:Table {name: 'payments'}) DETACH DELETE t")
    own_shop.capture(description="payments dropped")
    return own_shop


@pytest.fixture
def three(shop):
    """Give its three snapshots, the oldest first."""
    return list(reversed(shop.snapshots()))[:3]


def panel(page):
    return page.get_by_label(PANEL)


def compare(page):
    page.get_by_role("button", name="Compare with the one before").click()


def stands_at(page, side, snapshot):
    expect(page).to_have_url(re.compile(f"[?&]{side}={snapshot['snapshot_id']}"))


def test_the_one_before_is_the_one_before_also_when_the_strip_shows_only_later_ones(opened, three):
    first, second, third = three
    page = opened(f"?b={second['snapshot_id']}&from={third['timestamp']}")
    compare(page)
    stands_at(page, "a", first)
    expect(page.get_by_text("A is later than B")).to_have_count(0)


def test_before_now_is_the_newest_also_when_the_strip_shows_another_time(opened, three):
    page = opened(f"?{FAR_AWAY}")
    compare(page)
    stands_at(page, "a", three[-1])


def test_before_one_whose_neighbour_was_deleted_is_the_one_before_that(opened, shop, three):
    between, last = shop.capture(), shop.capture()
    httpx.delete(f"{shop.base}/api/performance/snapshots/{between}", timeout=30).raise_for_status()
    page = opened(f"?b={last}")
    compare(page)
    stands_at(page, "a", three[-1])
    httpx.delete(f"{shop.base}/api/performance/snapshots/{last}", timeout=30).raise_for_status()


def test_before_the_first_there_is_none(opened, three):
    page = opened(f"?b={three[0]['snapshot_id']}")
    expect(panel(page)).to_contain_text("orders")
    expect(page.get_by_role("button", name="Compare with the one before")).to_have_count(0)


def test_a_comparison_backwards_in_time_says_so_until_it_is_swapped(opened, three, in_both_themes):
    page = opened(f"?a={three[1]['snapshot_id']}&b={three[0]['snapshot_id']}")
    said = page.get_by_text("A is later than B")
    expect(said).to_be_visible()
    expect(panel(page)).to_contain_text("What changed")
    in_both_themes(page, "backwards")
    page.keyboard.press("x")
    expect(said).to_have_count(0)


def test_side_by_side_shows_only_what_is_asked_for(opened, three, in_both_themes):
    page = opened(f"?a={three[1]['snapshot_id']}&b={three[2]['snapshot_id']}&side=1&only=removed")
    graphs = page.get_by_role("application")
    expect(graphs).to_have_count(2)
    expect(graphs.first).to_have_accessible_name(re.compile("^Graph with 2 nodes and 1 edge[.]"))
    expect(graphs.last).to_have_accessible_name(re.compile("^Graph with 1 node and 0 edges[.]"))  # where it was
    expect(page.get_by_text("Nothing fits these filters")).to_have_count(0)
    rested(page)
    in_both_themes(page, "side by side, only removed")
    page.get_by_role("combobox", name="Show").select_option("added")
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()


def test_what_is_gone_tells_what_it_was(opened, three, in_both_themes):
    sides = f"a={three[1]['snapshot_id']}&b={three[2]['snapshot_id']}"
    page = opened(f"?{sides}&sel={GONE}")
    expect(panel(page)).to_contain_text("AVG_LATENCY_MS 5\u202fms")
    expect(panel(page)).to_contain_text("in B it is gone")
    expect(panel(page).get_by_role("heading", name="History")).to_be_visible()
    in_both_themes(page, "selected, gone")
    page = opened(f"?{sides}&sel=payments:Table")
    expect(panel(page)).to_contain_text("in B it is gone")
    expect(panel(page)).to_contain_text("payments_pkey")


def test_leaving_the_selection_leaves_its_neighbourhood_too(opened, three):
    page = opened(f"?b={three[1]['snapshot_id']}&sel=orders:Table&hops=1")
    expect(panel(page)).to_contain_text("Relationships")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("hops|sel"))


def test_rows_say_of_what_they_are_the_top(opened, three):
    page = opened(f"?b={three[0]['snapshot_id']}&tab=table")
    said = page.get_by_role("main").get_by_role("status")
    expect(said.filter(has_text="Top 4 of 4 by latency")).to_be_visible()
    page.get_by_role("searchbox", name="Find").fill("order_it")
    expect(said.filter(has_text="Top 2 of 2 by latency that fit; 4 in all")).to_be_visible()
    page.get_by_role("searchbox", name="Find").fill("")
    page.get_by_role("button", name="latency").click()
    expect(said.filter(has_text="Lowest 4 of 4 by latency")).to_be_visible()


def test_a_snapshot_that_is_not_there_is_no_empty_graph(opened):
    page = opened("?b=nobody-knows-it&tab=table")
    expect(page.get_by_text("it could not be read")).to_be_visible()
    expect(page.get_by_text("The graph is empty")).to_have_count(0)


def test_who_captures_from_a_paused_screen_is_told_what_is_kept(opened):
    page = opened()
    expect(page.locator(".badge")).to_have_text("live")
    page.keyboard.press("Control+Shift+S")
    expect(page.get_by_role("dialog")).not_to_contain_text("paused")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("p")
    expect(page.locator(".badge")).to_contain_text("paused")
    page.keyboard.press("Control+Shift+S")
    expect(page.get_by_role("dialog")).to_contain_text("The screen is paused")


def test_more_changes_than_a_page_are_read_with_now_on_one_side_and_stay(opened, shop, three):
    shop.live_graph.run("UNWIND range(1, 130) AS n CREATE (:Table {name: 'extra_' + n})")
    page = opened(f"?a={three[0]['snapshot_id']}&tab=table")
    expect(page.get_by_text(re.compile(r"^100 of 1\d\d changes$"))).to_be_visible()
    page.get_by_role("button", name="Show more").click()
    everything = page.get_by_text(re.compile(r"^(1\d\d) of \1 changes$"))
    expect(everything).to_be_visible()
    page.wait_for_timeout(ANSWERED_AGAIN_MS)
    expect(everything).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    shop.live_graph.run("MATCH (t:Table) WHERE t.name STARTS WITH 'extra_' DETACH DELETE t")


def test_whoever_is_about_to_delete_one_deletes_that_one(opened, shop, three):
    page = opened("?tab=snapshots")
    details = page.get_by_role("complementary", name="Details")
    heading = details.get_by_role("heading").first
    heading.click()
    details.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    added = shop.capture(description="meanwhile")
    expect(page.get_by_role("row").filter(has_text="meanwhile").first).to_be_visible()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(heading).to_contain_text(f"v{three[-1]['version']} ·")
    httpx.delete(f"{shop.base}/api/performance/snapshots/{added}", timeout=30).raise_for_status()


def test_what_moves_by_itself_is_grey_and_says_so(opened, shop, in_both_themes):
    shop.open_doors()
    for step in range(10):
        shop.write(
            [[*ends, latency + step % 2, *rest] for (*ends, latency), rest in ((row[:3], row[3:]) for row in CALM)]
        )
        last = shop.capture()
    one_before = shop.snapshots()[1]["snapshot_id"]
    page = opened(f"?a={one_before}&b={last}")
    expect(panel(page)).to_contain_text("more than noise")
    expect(panel(page).locator(".worse, .better")).to_have_count(0)
    page = opened(f"?a={one_before}&b={last}&sel=orders:Table|AVG_LATENCY_MS|order_items:Table")
    row = panel(page).get_by_role("row").filter(has_text="AVG_LATENCY_MS")
    expect(row).to_contain_text("within noise")
    expect(row.locator(".worse, .better")).to_have_count(0)
    in_both_themes(page, "selected, within noise")
    shop.write(INCIDENT)
    page = opened(f"?a={last}&b={shop.capture()}")
    expect(panel(page).locator(".worse").first).to_be_visible()
