"""Where the nodes stand: shared by all who look, kept when something fails on the way, and drawn whatever fails."""

import json
import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import painted, rested, turn, until

LAYOUT = re.compile(r"/api/performance/layout")
WORKER = re.compile(r"layout\.worker")
TROUBLE = "The nodes could not be arranged"


def canvas(page):
    return page.get_by_role("application")


def kept(shop):
    answer = httpx.get(f"{shop.base}/api/performance/layout", params={"graph": "default"}, timeout=30)
    return answer.raise_for_status().json()["positions"]


def share(shop, positions):
    body = {"graph": "default", "positions": positions}
    httpx.put(f"{shop.base}/api/performance/layout", json=body, timeout=30).raise_for_status()


def discs(page):
    """Give where the circles of the picture stand, by an SVG of it."""
    page.get_by_role("toolbar").get_by_role("button", name="Download").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name="Download SVG").click()
    text = got.value.path().read_text()
    return set(re.findall(r'<circle cx="([\d.-]+)" cy="([\d.-]+)"', text)), "".join(
        re.findall(r"<text[^>]*>([^<]*)<", text)
    )


def shape(page):
    """Give where the circles stand among themselves: what lies around them grows with all that was ever shown."""
    places = [(float(x), float(y)) for x, y in discs(page)[0]]
    (left, right), (top, _) = [(min(each), max(each)) for each in zip(*places, strict=True)]
    return [each for x, y in sorted(places) for each in ((x - left) / (right - left), (y - top) / (right - left))]


@pytest.fixture
def asked():
    """Note what is asked of the server about places."""
    return []


def heeding(asked, *, answer):
    """Listen to a page; the first answers about places are those that are given."""

    def before(page):
        def handle(route):
            asked.append(route.request.method)
            answer(route, asked.count(route.request.method))

        page.route(LAYOUT, handle)

    return before


@pytest.mark.parametrize("failures", [0, 1])
def test_places_that_could_not_be_read_are_asked_for_again_and_never_written_over(opened, shop, asked, failures):
    drawn(opened())
    usual = kept(shop)
    names = [f"{name}:Table" for name in ("users", "products", "orders", "order_items", "payments")]
    share(shop, {name: [100.0 * place, 40.0 * place * place] for place, name in enumerate(names)})
    before = kept(shop)
    expected = shape(drawn(opened()))
    problem = {"type": "about:blank", "title": "x", "status": 503, "code": "store_unavailable", "detail": "Away."}

    def answer(route, number):
        if number <= failures and route.request.method == "GET":
            route.fulfill(status=503, body=json.dumps(problem), content_type="application/problem+json")
        else:
            route.continue_()

    page = opened(before=heeding(asked, answer=answer))
    drawn(page)
    until(lambda: asked.count("GET") > failures, page)
    until(lambda: shape(page) == pytest.approx(expected, abs=0.05), page)
    assert asked.count("PUT") == 0
    assert kept(shop) == before
    share(shop, usual)


def drawn(page):
    expect(canvas(page)).to_be_visible()
    rested(page)
    return page


def test_nothing_is_asked_of_places_before_it_is_known_which_graphs_there_are(opened, asked):
    held = []
    page = opened(
        before=lambda page: (
            heeding(asked, answer=lambda route, _: route.continue_())(page),
            page.route(re.compile(r"/api/performance/graphs$"), lambda route: held.append(route)),  # noqa: PLW0108 - playwright keeps its wrapper on the function
        )
    )
    until(lambda: held, page)
    painted(page)
    assert asked == []
    held[0].continue_()
    drawn(page)
    assert asked[0] == "GET"


def test_nobody_waits_for_places_to_be_written(opened, asked):
    def answer(route, _number):
        if route.request.method == "GET":
            route.fulfill(status=200, body='{"positions": {}}', content_type="application/json")

    page = drawn(opened(before=heeding(asked, answer=answer)))
    until(lambda: "PUT" in asked, page)


def test_a_graph_that_cannot_be_arranged_is_drawn_all_the_same_and_it_is_said(opened, asked):
    def answer(route, _number):
        route.fulfill(status=200, body='{"positions": {}}', content_type="application/json")

    def before(page):
        heeding(asked, answer=answer)(page)
        page.route(WORKER, lambda route: route.abort())

    page = opened(before=before)
    expect(page.get_by_text(TROUBLE)).to_be_visible()  # first: it stands there for some seconds only
    drawn(page)
    assert "PUT" not in asked


def test_a_view_without_a_camera_shows_all_of_it_again(opened):
    page = drawn(opened())
    whole = discs(page)[0]
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("z="))
    assert discs(page)[0] != whole
    turn(page, "?")
    painted(page)
    assert discs(page)[0] == whole
    page.wait_for_timeout(400)
    assert "z=" not in page.url


def test_a_picture_has_the_link_that_is_copied(opened, shop):
    page = drawn(opened("?b=v2&from=now-2h&to=now-5m"))
    text = discs(page)[1].replace("&amp;", "&")
    assert f"/?graph=default&b={shop.two()[1]}" in text
    assert "now-" not in text


PAINTS = """
async (looks) => {
  let clears = 0
  const { clearRect } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.clearRect = function (...box) { clears++; clearRect.apply(this, box) }
  const frame = () => new Promise(requestAnimationFrame)
  for (const look of looks) {
    history.pushState(null, '', look)
    dispatchEvent(new PopStateEvent('popstate'))
    await frame()
  }
  await frame()
  const counts = []
  for (let n = 0; n < 4; n++) { clears = 0; await frame(); counts.push(clears) }
  return counts
}
"""
LAYERS = 3
"""That are painted in each frame; the glow beats now and then by itself."""


def test_a_change_that_comes_while_one_is_led_over_does_not_paint_twice_a_frame(opened):
    page = drawn(opened("?b=v2"))
    page.emulate_media(reduced_motion="no-preference")
    looks = [f"?b=v2&metric={metric}" for metric in ("QUERIES_PER_SEC", "AVG_LATENCY_MS") * 4]
    assert max(page.evaluate(PAINTS, looks)) <= LAYERS + 2
