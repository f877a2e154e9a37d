"""The page where people put it: below a prefix of a proxy or of the server, and without any other network."""

import pytest
from playwright.sync_api import expect

from tests.fixtures.prefix_proxy import prefix_proxy
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop, with_an_incident

PREFIX = "/tools/snapgraph"


@pytest.fixture(scope="module", params=["a proxy takes it off", "the server knows it"])
def base(request, store_url, bolt):
    """Serve the shop below a prefix; the address of the page."""
    environment = {} if request.param == "a proxy takes it off" else {"SCRIPT_NAME": PREFIX}
    with serving(store_url, bolt, **environment) as server:
        shop = Shop(server=server, store_url=store_url, live_graph=bolt, prefix=environment.get("SCRIPT_NAME", ""))
        with_an_incident(shop)
        if environment:
            yield shop.base
        else:
            with prefix_proxy(server.port, PREFIX) as address:
                yield address


def test_everything_works_below_a_prefix_and_asks_nobody_else(visit, base):
    asked = []
    page = visit(base, before=lambda page: page.on("request", lambda request: asked.append(request.url)))
    expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()
    page.get_by_role("button", name="Capture", exact=True).click()
    page.get_by_label("Why").fill("below a prefix")
    page.get_by_role("button", name="Capture now").click()
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("B · ")).to_contain_text("below a prefix")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    page.get_by_role("link", name="Snapshots").click()
    expect(page.get_by_label("Details")).to_contain_text("below a prefix")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name="CSV of nodes").click()
    assert "users" in got.value.path().read_text()
    assert page.url.startswith(f"{base}/?")
    page.reload()
    expect(page.get_by_label("Details")).to_contain_text("below a prefix")
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((base, "blob:", "data:"))] == []


def test_the_docs_page_has_its_style_and_its_links_below_a_prefix(visit, base):
    page = visit(base, "docs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 5
    page.get_by_role("link", name="/openapi.json").click()
    expect(page.locator("body")).to_contain_text('"openapi"')


def test_a_stranger_would_be_noticed(visit, watch, base):
    """The control: a request that leaves the server is written down (the page's own CSP refuses it besides)."""
    page = visit(base)
    with page.expect_console_message(lambda message: "away.png" in message.text):
        page.evaluate("new Image().src = 'http://127.0.0.1:9/away.png'")
    assert any("away.png" in each for each in watch.troubles)
    watch.troubles.clear()
