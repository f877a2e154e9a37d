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
    mine.get_by_role("button", name="Close", exact=True).click()  # what was copied is said over the graph
    assert differing(mine, drawn(theirs), drawn(mine)) < 0.005


def test_the_picture_tells_one_view_from_another(mine):
    """The control of the equal pictures above: another camera is another picture."""
    before = drawn(mine)
    mine.get_by_role("button", name="Nearer").click()
    expect(mine).not_to_have_url(mine.url)
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
