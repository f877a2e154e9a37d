"""The page by key, by link, live, and for everybody's eyes."""

import pytest
from playwright.sync_api import expect


def pins(shop):
    """Give the address of the comparison of the shop's first two snapshots."""
    first, second = [each["snapshot_id"] for each in reversed(shop.snapshots())][:2]
    return f"?a={first}&b={second}"


def test_the_table_sorts_filters_and_selects_by_the_address(opened, shop):
    page = opened("?tab=table&b=" + shop.snapshots()[-1]["snapshot_id"])
    table = page.get_by_role("table", name="Edges with the value of each metric")
    expect(table.get_by_role("row").nth(1)).to_contain_text("orders → order_items")
    page.get_by_placeholder("table …").last.fill("payments")
    expect(table.get_by_role("row")).to_have_count(2)
    table.get_by_role("button", name="orders → payments").click()
    panel = page.get_by_label("What is to be known")
    expect(panel.get_by_role("heading", name="orders → payments")).to_be_visible()
    assert "sel=orders" in page.url


def test_a_link_shows_a_colleague_the_same(opened, shop):
    page = opened(pins(shop) + "&tab=table&rows=worse")
    mine = page.get_by_role("table", name="Changes from A to B").first
    expect(mine).to_contain_text("order_items")
    theirs = opened(page.url[page.url.index("?") :])
    same = theirs.get_by_role("table", name="Changes from A to B").first
    expect(same).to_contain_text("order_items")
    assert same.inner_text() == mine.inner_text()


def test_a_live_change_is_seen_soon_after_the_write(opened, shop):
    page = opened("?tab=table")
    table = page.get_by_role("table", name="Edges with the value of each metric")
    expect(table).to_contain_text("users → orders")
    shop.write([["users", "orders", 777.0, 120.0, "low"]])
    expect(table).to_contain_text("777", timeout=4_000)


def test_question_mark_lists_the_keys_and_the_palette_finds_an_element(opened):
    page = opened()
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Capture a snapshot")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("orders payments")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="orders → payments")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    "view", ["live", "live-table", "compare", "compare-table", "snapshot", "selection", "snapshots"]
)
def test_every_view_is_accessible_in_both_themes(opened, shop, axe, picture, view, dark):
    latest = shop.snapshots()[-2]["snapshot_id"]
    query = {
        "live": "",
        "live-table": "?tab=table",
        "compare": pins(shop),
        "compare-table": pins(shop) + "&tab=table",
        "snapshot": f"?b={latest}",
        "selection": pins(shop) + "&sel=orders:Table|order_items:Table",
        "snapshots": "?tab=snapshots",
    }[view]
    page = opened(query, dark=dark)
    expect(page.get_by_role("button", name="Capture", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle") if "b=" in query else page.wait_for_timeout(2_500)
    page.wait_for_timeout(800)
    picture(page, f"{view}-{'dark' if dark else 'light'}")
    assert axe(page) == []
