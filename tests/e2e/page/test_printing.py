"""Paper and pictures: what is printed is light, shows the graph and says where it comes from."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested

PAPER = ".paper canvas"
COLOURS = """
canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  const colours = new Set()
  for (let at = 0; at < data.length; at += 4) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`)
  return { corner: [...data.subarray(0, 3)], many: colours.size }
}
"""


def printing(page):
    """Let the page get ready for paper, and show it as paper does."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


def printed(page):
    """Let the page come back from the printer."""
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def drawn(page):
    """Wait until there is a picture to print."""
    expect(page.get_by_role("application")).to_be_visible()
    rested(page)


def test_a_dark_comparison_is_printed_light_with_its_graph_and_its_address(opened, shop, picture):
    page = opened(shop.comparison(), dark=True)
    drawn(page)
    printing(page)
    colours = page.locator(PAPER).evaluate(COLOURS)
    assert min(colours["corner"]) > 230
    assert colours["many"] > 20, "a blank sheet"
    expect(page.get_by_text(re.compile(r"^http.*a=.*b="))).to_be_visible()
    for away in ("Capture", "Play", "Nearer", "Side by side"):
        expect(page.get_by_role("button", name=away)).to_be_hidden()
    picture(page, "printed-comparison")
    printed(page)
    expect(page.locator(PAPER)).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_printer_gets_one_picture_of_the_graph_and_no_empty_sheet(opened, shop):
    page = opened(f"?b={shop.snapshots()[0]['snapshot_id']}")
    drawn(page)
    sheets = page.pdf(format="A4", landscape=True, print_background=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 2


def test_a_table_keeps_its_head_on_paper(opened):
    page = opened("?tab=table")
    expect(page.get_by_role("columnheader", name="latency").first).to_be_visible()
    printing(page)
    expect(page.get_by_role("columnheader", name="latency").first).to_have_text(re.compile("latency"))
    expect(page.get_by_role("columnheader").get_by_role("button", name="latency").first).to_be_visible()


def test_charts_take_the_inks_of_the_theme_that_is_chosen_while_they_are_shown(opened, shop):
    newest = shop.snapshots()[0]
    # before now, where the live graph's point would move on
    begin = datetime.fromisoformat(newest["timestamp"]) - timedelta(minutes=1)
    span = f"&from={begin:%Y-%m-%dT%H:%M:%S}Z&to={newest['timestamp']}"
    page = opened(f"?tab=trends&b={newest['snapshot_id']}{span}", dark=True)
    expect(page.get_by_role("figure").first).to_be_visible()
    rested(page)
    chart = page.locator("figure canvas").first
    before = chart.evaluate("canvas => canvas.toDataURL()")
    printing(page)
    assert chart.evaluate("canvas => canvas.toDataURL()") != before
    printed(page)
    rested(page)
    assert chart.evaluate("canvas => canvas.toDataURL()") == before


@pytest.mark.parametrize("width", [700, 1400])
def test_an_svg_says_the_whole_address(opened, shop, width):
    page = opened(shop.comparison() + f"&q={'x' * 300}", width=width)
    drawn(page)
    page.get_by_role("toolbar").get_by_role("button", name="Download").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name="Download SVG").click()
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", got.value.path().read_text())
    printing(page)
    address = page.get_by_text(re.compile(r"^http.*a=.*b=")).text_content()
    assert address.replace("&", "&amp;") in "".join(texts)
