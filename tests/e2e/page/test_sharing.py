"""A link shows a colleague, in a browser of their own, exactly the same view."""

import base64
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested

PANEL = "What is to be known"
DIFFER = """
async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })
    pen.drawImage(bitmap, 0, 0)
    return pen.getImageData(0, 0, bitmap.width, bitmap.height).data
  }))
  if (one.length !== other.length) return 1
  let many = 0
  for (let at = 0; at < one.length; at += 4)
    if ([0, 1, 2].some((channel) => Math.abs(one[at + channel] - other[at + channel]) > 40)) many += 1
  return many / (one.length / 4)
}
"""


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


def copied(page):
    """Give what the page copied."""
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def drawn(page):
    """Give the canvas of the graph as it is drawn."""
    rested(page)
    page.mouse.move(0, 0)
    return page.get_by_role("application").screenshot()


def differing(page, *pictures):
    """Give the share of pixels in which two pictures differ clearly; cameras in addresses have four digits."""
    return page.evaluate(DIFFER, [base64.b64encode(each).decode() for each in pictures])


@pytest.fixture
def mine(opened, shop):
    """Look at the comparison my own way: a selection, a metric, a filter, nearer than the whole, the last hour."""
    page = opened(shop.comparison())
    expect(page.get_by_label(PANEL)).to_contain_text("What changed")
    page.get_by_label("Range").select_option("now-1h")
    page.get_by_label(PANEL).get_by_role("row").filter(has_text="AVG_LATENCY_MS").first.click()
    expect(page.get_by_role("heading", name="orders → order_items")).to_be_visible()
    page.get_by_label("Colour").select_option("QUERIES_PER_SEC")
    page.get_by_role("toolbar").get_by_label("Show").select_option("changed")
    page.get_by_role("button", name="Nearer").click()
    expect(page).to_have_url(re.compile(r"[&?]z=0\.\d+"))
    return page


def test_a_colleague_sees_pins_selection_filters_and_camera(mine, visit):
    mine.get_by_role("button", name="Copy link").click()
    mine.get_by_role("menuitem", name="Link to this view").click()
    link = copied(mine)
    base, _, query = link.partition("/?")
    theirs = visit(base, f"?{query}")
    expect(theirs.get_by_role("heading", name="orders → order_items")).to_be_visible()
    for letter in "AB":
        expect(theirs.get_by_text(f"{letter} · ")).to_have_text(mine.get_by_text(f"{letter} · ").inner_text())
    expect(theirs.get_by_label("Colour")).to_have_value("QUERIES_PER_SEC")
    expect(theirs.get_by_role("toolbar").get_by_label("Show")).to_have_value("changed")
    expect(theirs.get_by_label(PANEL)).to_have_text(mine.get_by_label(PANEL).text_content())
    expect(mine.get_by_text("Copied", exact=True)).to_have_count(0)  # it stands over the graph for some seconds
    assert differing(mine, drawn(theirs), drawn(mine)) < 0.005


def test_the_picture_tells_one_view_from_another(mine):
    """The control of the equal pictures above: another camera is another picture."""
    before, was_at = drawn(mine), mine.url
    mine.get_by_role("button", name="Nearer").click()
    expect(mine).not_to_have_url(was_at)
    assert differing(mine, before, drawn(mine)) > 0.02


def test_relative_times_are_made_absolute(mine):
    asked = datetime.now(UTC)
    mine.get_by_role("button", name="Copy link").click()
    mine.get_by_role("menuitem", name="Link to this view").click()
    (since,) = parse_qs(urlsplit(copied(mine)).query)["from"]
    assert abs((asked - datetime.fromisoformat(since)).total_seconds() - 3600) < 60


def test_the_live_view_offers_itself_and_this_very_moment(opened, shop, visit):
    page = opened()
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("menuitem", name="Link to the live view").click()
    assert "b=" not in copied(page)
    page.get_by_role("button", name="Close", exact=True).click()
    before = len(shop.snapshots())
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("menuitem", name="Link to this moment").click()
    link = copied(page)
    newest = shop.snapshots()[0]
    assert len(shop.snapshots()) == before + 1
    assert f"b={newest['snapshot_id']}" in link
    base, _, query = link.partition("/?")
    expect(visit(base, f"?{query}").get_by_text("B · ")).to_contain_text(f"v{newest['version']}")


def test_a_tab_opened_beside_keeps_the_view(opened, shop):
    page = opened(shop.comparison() + "&sel=orders:Table|order_items:Table")
    expect(page.get_by_role("heading", name="orders → order_items")).to_be_visible()
    with page.context.expect_page() as beside:
        page.get_by_role("link", name="Table").click(modifiers=["Control"])
    expect(beside.value.get_by_role("heading", name="orders → order_items")).to_be_visible()
    expect(beside.value.get_by_role("table", name="Changes from A to B").first).to_be_visible()


def test_a_link_keeps_the_order_of_the_table_and_what_it_lists(opened, shop):
    page = opened(f"?b={shop.snapshots()[0]['snapshot_id']}&tab=table")
    page.get_by_role("button", name="Nodes", exact=True).click()
    page.get_by_role("columnheader", name="edges").get_by_role("button").click()
    page.get_by_role("columnheader", name="edges").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"kind=nodes&order=up:degree"))
    first = page.get_by_role("table").first.get_by_role("row").nth(1).inner_text()
    theirs = opened("?" + page.url.partition("?")[2])
    expect(theirs.get_by_role("columnheader", name="edges")).to_have_attribute("aria-sort", "ascending")
    assert theirs.get_by_role("table").first.get_by_role("row").nth(1).inner_text() == first
    page.go_back()
    expect(page.get_by_role("columnheader", name="edges")).to_have_attribute("aria-sort", "descending")


def test_a_link_keeps_the_details_of_a_snapshot_and_the_values_of_the_trends(opened, shop):
    first, _ = shop.two()
    page = opened("?tab=snapshots")
    page.get_by_role("main").get_by_role("row").filter(has_text="before the deploy").click()
    expect(page).to_have_url(re.compile(f"details={first}"))
    expect(opened("?" + page.url.partition("?")[2]).get_by_role("complementary")).to_contain_text(first)
    page = opened("?tab=trends&values=1")
    expect(page.get_by_role("table").filter(has_text="v1").first).to_be_visible()


def test_a_link_keeps_the_types_that_are_hidden(opened, shop):
    shop.live_graph.run(
        "MATCH (t:Table {name: 'orders'}) MERGE (c:Cache {name: 'redis'})"
        " MERGE (t)-[l:AVG_LATENCY_MS]->(c) SET l.value = 1.0, l.timestamp = timestamp() / 1000.0"
    )
    page = opened()
    everything = page.get_by_role("application", name="Graph with 6 nodes")
    expect(everything).to_be_visible()
    page.get_by_role("toolbar").get_by_role("button", name="types").click()
    page.get_by_role("menuitemcheckbox", name="Cache").click()
    expect(page.get_by_role("menuitemcheckbox", name="Table")).to_be_visible()  # for the next choice
    expect(page).to_have_url(re.compile("hide=Cache"))
    theirs = opened("?" + page.url.partition("?")[2])
    expect(theirs.get_by_role("application", name="Graph with 5 nodes")).to_be_visible()
    page.get_by_role("menuitemcheckbox", name="Table").click()
    page.get_by_role("button", name="Show everything").click()
    expect(everything).to_be_visible()
    expect(page).not_to_have_url(re.compile("hide="))
