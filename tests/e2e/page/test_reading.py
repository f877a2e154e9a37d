"""What the page says: the comparison in a sentence and a table, the same by link, by key and for everybody's eyes."""

from playwright.sync_api import expect


def test_a_comparison_says_what_changed_first_and_shows_it_in_a_table(opened, shop):
    page = opened(shop.comparison())
    panel = page.get_by_label("What is to be known")
    expect(panel.get_by_role("heading", name="What changed")).to_be_visible()
    expect(panel).to_contain_text("orders → order_items")
    row = panel.get_by_role("row").filter(has_text="AVG_LATENCY_MS").first
    expect(row).to_contain_text("▲")
    expect(row).to_contain_text("1 203 ms".replace(" ", "\u202f"))
    page.get_by_role("link", name="Table").click()
    expect(page.get_by_role("table", name="Changes from A to B").first).to_contain_text("worse")


def test_the_table_sorts_filters_and_selects_by_the_address(opened, shop):
    page = opened("?tab=table&b=" + shop.two()[0])
    table = page.get_by_role("table", name="Edges with the value of each metric")
    expect(table.get_by_role("row").nth(1)).to_contain_text("orders → order_items")
    page.get_by_placeholder("table …").last.fill("payments")
    expect(table.get_by_role("row")).to_have_count(2)
    table.get_by_role("button", name="orders → payments").click()
    panel = page.get_by_label("What is to be known")
    expect(panel.get_by_role("heading", name="orders → payments")).to_be_visible()
    assert "sel=orders" in page.url
