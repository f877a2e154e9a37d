"""What is looked at and used every day: numbers that are whole, places where they are sought, and ways out."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import intercept, rested, turn
from tests.fixtures.shop import INCIDENT

SAID = {
    "graph": "What changed",
    "table": "hide noise",
    "trends": "What changed most from A to B",
    "snapshots": "Content hash",
}
NARROW = "\u202f"
BEYOND = """() => {
  const page = document.documentElement
  return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight]
}"""
CUT = """() => [...document.querySelectorAll('.number, dd')]
  .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent)"""


def test_a_number_is_said_the_same_way_in_sentence_table_and_tile(opened, shop):
    page = opened(shop.comparison())
    panel = page.get_by_label("What is to be known")
    times = "\u00d726.2"
    expect(panel.locator(".sentence")).to_contain_text(f"from 46 to 1{NARROW}203{NARROW}ms ({times}")
    expect(panel.get_by_role("row").filter(has_text="AVG_LATENCY_MS").first).to_contain_text(times)
    page.get_by_role("link", name="Table").click()
    table = page.get_by_role("table", name="Changes from A to B")
    expect(table).to_have_count(1)  # the panel does not repeat it
    expect(table).to_contain_text(times)


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1000, 700), (800, 600), (390, 800)])
def test_nothing_is_cut_and_the_page_itself_never_scrolls(opened, shop, subtests, width, height):
    page = opened(shop.comparison(), width=width, height=height)
    for tab, said in SAID.items():
        with subtests.test(tab):
            turn(page, f"{shop.comparison()}&tab={tab}")
            expect(page.get_by_role("main")).to_contain_text(said)
            expect(page.get_by_role("button", name="Capture", exact=True)).to_be_in_viewport(ratio=1)
            rested(page)
            assert max(page.evaluate(BEYOND)) <= 0
            assert page.evaluate(CUT) == []


def test_live_says_what_a_snapshot_says_first(opened, shop):
    shop.write(INCIDENT)  # what was written long ago is idle, and counts for nothing
    panel = opened().get_by_label("What is to be known")
    for name in ("queries", "latency", "bottlenecks"):
        expect(panel.locator("dt", has_text=name)).to_be_visible()
    expect(panel.locator("dd").first).to_contain_text("/s")


def test_a_view_is_saved_opened_by_palette_and_deleted(opened, shop):
    page = opened(f"{shop.comparison()}&tab=table")
    expect(page.get_by_role("table", name="Changes from A to B")).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("menuitem", name="Saved views …").click()
    page.get_by_label("Save this view as").fill("before and after")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("list", name="Saved views").get_by_role("link", name="before and after")).to_be_visible()

    other = opened()
    other.get_by_role("button", name="Find or do").click()
    other.keyboard.type("before and after")
    other.get_by_role("option", name="before and after").click()
    expect(other.get_by_role("table", name="Changes from A to B")).to_be_visible()
    other.keyboard.press("v")
    other.get_by_role("button", name="Delete before and after").click()
    expect(other.get_by_text("None yet.")).to_be_visible()


def test_a_list_that_was_read_before_a_deletion_does_not_bring_it_back(opened, shop):
    page = opened()
    expect(page.get_by_role("button", name="Capture", exact=True)).to_be_visible()
    page.keyboard.press("v")
    page.get_by_label("Save this view as").fill("short-lived")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="short-lived")).to_be_visible()
    page.keyboard.press("Escape")
    before = httpx.get(f"{shop.base}/api/performance/views", params={"graph": "default"}, timeout=10)
    assert "short-lived" in before.text
    asked = []

    def hold_first(route):
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    intercept(page, "**/api/performance/views?*", hold_first)
    page.keyboard.press("v")
    page.get_by_role("button", name="Delete short-lived").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    with page.expect_event("requestfinished", lambda request: request == asked[0].request):
        asked[0].fulfill(body=before.content, content_type="application/json")
    rested(page)
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_what_is_read_of_a_selection_stays_while_one_looks_nearer(opened, shop):
    page = opened(f"{shop.comparison()}&sel=orders:Table|order_items:Table")
    history = page.get_by_role("region", name="History")
    expect(history.get_by_role("row")).to_have_count(3)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Nearer").click()
    expect(page).to_have_url(re.compile(r"[&?]z="))
    rested(page)
    assert [url for url in asked if "/series" in url] == []
    expect(history.get_by_role("row")).to_have_count(3)


def test_a_name_that_is_taken_is_said_where_it_was_typed(opened):
    page = opened()
    expect(page.get_by_role("button", name="Capture", exact=True)).to_be_visible()
    page.keyboard.press("v")
    for _ in range(2):
        page.get_by_label("Save this view as").fill("twice")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("link", name="twice")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("twice")


def test_keys_and_commands_have_buttons(opened):
    page = opened()
    page.get_by_role("button", name="Keys", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Capture a snapshot")


def test_the_list_shows_where_much_changed(opened):
    page = opened("?tab=snapshots")
    row = page.get_by_role("main").get_by_role("row").filter(has_text="the incident")
    expect(row).to_contain_text(re.compile(rf"\d{NARROW}%"))
    expect(row).to_contain_text("▲ ")
    expect(row).to_contain_text("clean")


def test_times_of_filters_are_typed_as_people_write_them(opened):
    page = opened("?tab=snapshots")
    since = page.get_by_label("From")
    since.fill("2001-01-01 12:00")
    since.press("Enter")
    expect(page.get_by_role("main").get_by_role("row").filter(has_text="the incident")).to_be_visible()
    page.get_by_label("Until").fill("2001-01-02")
    page.get_by_label("Until").press("Enter")
    expect(page.get_by_text("No snapshot fits these filters.")).to_be_visible()
    page.get_by_label("Until").fill("tomorrow")
    page.get_by_label("Until").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("now-6h")


def test_a_snapshot_says_how_far_it_can_be_trusted_and_can_be_taken_along(opened, shop):
    oldest = shop.snapshots()[-1]["snapshot_id"]
    page = opened(f"?b={oldest}")
    about = page.get_by_label("This snapshot")
    expect(about.get_by_role("row", name="Quality")).to_contain_text("clean")
    expect(about.get_by_role("row", name="Thresholds then")).to_contain_text(f"high over 100{NARROW}ms")
    about.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="JSON (everything)").click()
    assert download.value.suggested_filename.endswith(".json")
    about.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="PNG of the picture").click()
    assert download.value.suggested_filename.endswith(".png")


def test_an_id_is_copied_by_a_click(opened, shop):
    page = opened("?tab=snapshots")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: Id").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == shop.snapshots()[0]["snapshot_id"]


def test_an_unknown_graph_has_a_way_out(opened, axe):
    page = opened("?graph=gone")
    expect(page.get_by_role("heading", name="There is no live graph “gone”")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")


def test_a_menu_near_the_strip_opens_upwards_so_that_all_of_it_can_be_pressed(opened, shop):
    page = opened(f"?b={shop.snapshots()[0]['snapshot_id']}")
    page.get_by_label("This snapshot").get_by_role("button", name="Export").click()
    items = page.get_by_role("menu", name="Export").get_by_role("menuitem")
    assert items.count() == 6
    for place in range(6):
        items.nth(place).hover()  # refused where something lies upon it
