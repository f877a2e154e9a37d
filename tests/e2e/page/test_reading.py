"""What the page says: the comparison in a sentence and a table, the same by link, by key and for everybody's eyes."""

from playwright.sync_api import expect


def pins(shop):
    """Give the address of the comparison of the shop's first two snapshots."""
    first, second = [each["snapshot_id"] for each in reversed(shop.snapshots())][:2]
    return f"?a={first}&b={second}"


def test_a_comparison_says_what_changed_first_and_shows_it_in_a_table(opened, shop):
    page = opened(pins(shop))
    panel = page.get_by_label("What is to be known")
    expect(panel.get_by_role("heading", name="What changed")).to_be_visible()
    expect(panel).to_contain_text("orders → order_items")
    row = panel.get_by_role("row").filter(has_text="AVG_LATENCY_MS").first
    expect(row).to_contain_text("▲")
    expect(row).to_contain_text("1 203 ms".replace(" ", "\u202f"))
    page.get_by_role("link", name="Table").click()
    expect(page.get_by_role("table", name="Changes from A to B").first).to_contain_text("worse")
