"""A new user: from the first view to the incident as an orange edge, by the buttons that are in sight."""

import base64

from playwright.sync_api import expect

from tests.fixtures.browser import rested, turn

CLICKS_MOST = 5
COUNT = """
window.clicks = 0
addEventListener('click', (event) => { if (event.isTrusted) window.clicks += 1 }, true)
"""
ORANGE = """
async ([picture, colour]) => {
  const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })
  pen.fillStyle = colour
  pen.fillRect(0, 0, 1, 1)
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data
  pen.drawImage(bitmap, 0, 0)
  const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height)
  let many = 0
  for (let at = 0; at < data.length; at += 4)
    if (Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue) < 90) many += 1
  return many
}
"""


def orange(page):
    """Count the pixels of the drawn graph that have the colour of what is worse."""
    rested(page)
    page.mouse.move(0, 0)
    shown = base64.b64encode(page.get_by_role("application").screenshot()).decode()
    colour = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--worse-fill').trim()")
    return page.evaluate(ORANGE, [shown, colour])


def test_the_incident_is_an_orange_edge_after_five_clicks_at_most(opened):
    page = opened()
    page.evaluate(COUNT)
    page.get_by_role("button", name="next change").click()
    expect(page.get_by_text("B · ")).to_contain_text("the incident")
    page.get_by_role("button", name="Compare with the one before").click()
    expect(page.get_by_text("A · ")).to_contain_text("before the deploy")
    panel = page.get_by_label("What is to be known")
    expect(panel.get_by_role("row").filter(has_text="AVG_LATENCY_MS").first).to_contain_text("orders → order_items")
    assert page.evaluate("window.clicks") <= CLICKS_MOST
    assert orange(page) > 600


def test_a_comparison_of_a_snapshot_with_itself_is_not_orange(opened, shop):
    """The control: what is counted as orange is the change, beside a mark or two of what was a bottleneck before."""
    before, _ = shop.two()
    page = opened(f"?a={before}&b={before}")
    expect(page.get_by_label("What is to be known")).to_contain_text("Nothing changed")
    unchanged = orange(page)
    turn(page, shop.comparison())
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    expect(page.get_by_label("What is to be known")).to_contain_text("1\u202f203")
    assert orange(page) > 2 * unchanged
