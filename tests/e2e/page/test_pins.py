"""What stands under the pins is what they say: while something is slow, away, paused, or called by another name."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import intercept, rested
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

PANEL = "What is to be known"
COMPARED_AGAIN_MS = 5_500
"""A comparison with the live graph is asked for again every five seconds."""
HIDE = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })"


@pytest.fixture(scope="module")
def shop(own_shop, store_url, bolt):
    """Add a snapshot of a graph that this server does not know as a live one."""
    with serving(store_url, bolt, SNAPGRAPH_LIVE_GRAPHS__BYGONE__URI=bolt.uri) as server:
        Shop(server=server, store_url=store_url, live_graph=bolt).capture(graph="bygone", description="long ago")
    return own_shop


def headers_of(shop):
    """Give the snapshots of its live graph, the oldest first."""
    return [each for each in reversed(shop.snapshots()) if each["description"] != "long ago"]


def panel(page):
    return page.get_by_label(PANEL)


def compared(page):
    """Give the addresses of the comparisons that the page asks for from now on."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/compare?" in request.url else None)
    return asked


def pause(page):
    expect(page.locator(".badge")).to_have_text("live")
    page.keyboard.press("p")
    expect(page.locator(".badge")).to_contain_text("paused")


def test_paused_a_moved_a_is_compared_all_the_same(opened, shop):
    before, after = shop.two()
    page = opened(f"?a={after}")
    expect(panel(page)).to_contain_text("Nothing changed")
    pause(page)
    expect(page.get_by_label("Time", exact=True)).to_contain_text(re.compile(r"\d snapshot"))
    page.get_by_role("slider").press("Alt+ArrowLeft")
    expect(page).to_have_url(re.compile(f"a={before}"))
    expect(panel(page).get_by_role("row").filter(has_text="AVG_LATENCY_MS").first).to_be_visible()
    expect(page.locator(".busy")).to_have_count(0)


@pytest.mark.parametrize("side", ["?a={}", "?a=now&b={}"])
def test_paused_or_unseen_nothing_is_compared_with_live_again(opened, shop, side):
    page = opened(side.format(shop.two()[0]))
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    rested(page)
    asked = compared(page)
    with page.expect_request(re.compile(r"/compare\?")):  # while it is seen, again and again
        pass
    pause(page)
    rested(page)
    asked.clear()
    page.wait_for_timeout(COMPARED_AGAIN_MS)
    assert asked == []
    page.keyboard.press("p")
    with page.expect_request(re.compile(r"/compare\?")):
        pass
    page.evaluate(HIDE)
    rested(page)
    asked.clear()
    page.wait_for_timeout(COMPARED_AGAIN_MS)
    assert asked == []


def test_a_snapshot_that_cannot_be_opened_does_not_stand_there_as_the_one_before(opened, shop):
    before, after = shop.two()
    page = opened(f"?b={after}")
    expect(page.get_by_text("B · ")).to_contain_text("the incident")
    problem = {"type": "about:blank", "title": "x", "status": 500, "code": "internal", "detail": "Broken."}
    # 500: what passes by itself (no answer, 503) is asked for again by itself, and the button goes with its alert
    intercept(page, f"**/snapshots/{before}?*", lambda route: route.fulfill(status=500, json=problem))
    page.get_by_role("button", name="Previous snapshot").click()
    expect(panel(page).get_by_role("alert")).to_contain_text(f"{before} could not be opened.")
    expect(page.get_by_text("B · ")).to_have_text(f"B · {before}")
    expect(page.get_by_role("application", name=re.compile("orders|5 nodes"))).to_have_count(0)
    page.unroute(f"**/snapshots/{before}?*")
    panel(page).get_by_role("button", name="Try again").click()
    expect(page.get_by_text("B · ")).to_contain_text("before the deploy")


def test_a_comparison_that_failed_is_called_so(opened, shop):
    page = opened(
        shop.comparison(), before=lambda page: page.route(re.compile(r"/compare\?"), lambda route: route.abort())
    )
    expect(panel(page).get_by_role("alert")).to_contain_text("A and B could not be compared.")


def test_without_a_pin_a_graph_of_the_past_shows_its_newest_snapshot(opened):
    page = opened("?graph=bygone")
    expect(page.get_by_text("B · ")).to_contain_text("long ago")
    expect(page).to_have_url(re.compile("b=latest"))
    expect(panel(page)).to_contain_text("order_items")


def test_the_way_out_in_a_graph_of_the_past_leads_to_its_newest_snapshot(opened):
    page = opened("?graph=bygone&b=v77")
    panel(page).get_by_role("button", name="Go to the newest snapshot").click()
    expect(page.get_by_text("B · ")).to_contain_text("long ago")


def test_a_graph_of_the_past_never_shows_the_live_data_of_another(opened):
    page = opened("?tab=table")
    expect(page.get_by_role("table", name="Edges with the value of each metric")).to_contain_text("users → orders")
    page.get_by_role("button", name="Live graph").click()
    page.get_by_role("menuitemradio", name="bygone").click()
    expect(page.get_by_text("B · ")).to_contain_text("long ago")
    page.evaluate("history.replaceState(null, '', '?graph=bygone'); dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.get_by_text("B · ")).to_contain_text("long ago")


@pytest.mark.parametrize(("pin", "place"), [("latest", -1), ("latest~1", -2), ("baseline", 0), ("v1", 0)])
def test_a_link_names_the_snapshot_that_a_relative_pin_shows(opened, shop, pin, place):
    headers = headers_of(shop)
    page = opened(f"?b={pin}&trigger=incident")  # of the strip, which then has none
    expect(page.get_by_text("B · ")).to_contain_text(f"v{headers[place]['version']}")
    rested(page)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("menuitem", name="Link to this view").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).query)["b"] == [headers[place]["snapshot_id"]]
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile(headers[place]["description"]))


def test_a_relative_pin_is_marked_in_the_list_and_walked_from(opened, shop):
    before, newest = headers_of(shop)[-2:]
    page = opened("?b=latest&a=baseline&tab=snapshots")
    rows = page.get_by_role("main").get_by_role("row")
    expect(rows.filter(has_text=f"v{newest['version']}").locator(".pin.b")).to_be_visible()
    expect(rows.filter(has_text="before the deploy").locator(".pin.a")).to_be_visible()
    page.get_by_role("button", name="Previous snapshot").click()
    expect(page).to_have_url(re.compile(f"b={before['snapshot_id']}"))


def test_playing_waits_for_what_it_shows(opened, shop):
    for number in range(3):
        shop.capture(description=f"step {number}")
    seen = []

    def slow(route):
        answer = route.fetch()
        page.wait_for_timeout(900)  # longer than a step at this speed
        seen.append(page.get_by_text("B · ").inner_text())
        route.fulfill(response=answer)

    page = opened()
    expect(page.get_by_label("Time", exact=True)).to_contain_text("5 snapshots")
    intercept(page, re.compile(r"/snapshots/snap_[^/]*\?.*columns"), slow)
    for _ in range(2):
        page.get_by_role("button", name="Speed").click()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    rested(page)
    assert [re.search(r"v\d+|$", each)[0] for each in seen[1:]] == ["v1", "v2", "v3", "v4"]
