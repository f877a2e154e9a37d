"""A server with a token: the page asks once, keeps a cookie that no script can read, and comes back when it is over."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.faults.proxy import FaultProxy
from tests.fixtures.browser import intercept, until
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

TOKEN = "a-token-of-the-tests-0123456789"  # noqa: S105 - of a server of the tests
OTHER_TOKEN = "another-token-of-the-tests-0123"  # noqa: S105 - of another server of the tests
ASKED = "This server wants a token"


@pytest.fixture(scope="module")
def shop(own_shop):
    """Fill the store and the graph that the servers of this module share; this one asks for no token."""
    return own_shop


@pytest.fixture(scope="module")
def base(store_url, bolt, shop):  # noqa: ARG001 - served when it is filled
    """Serve the shop to those who have the token."""
    with serving(store_url, bolt, SNAPGRAPH_API_TOKEN=TOKEN) as server:
        yield server.http


def enter(page, token=TOKEN):
    dialog = page.get_by_role("dialog", name=ASKED)
    dialog.get_by_label("Token").fill(token)
    dialog.get_by_role("button", name="Open").click()


def is_live(page):
    expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")


def test_the_page_asks_once_and_says_when_the_token_is_wrong(visit, base, in_both_themes):
    page = visit(base)
    enter(page, "not-the-token-at-all")
    expect(page.get_by_role("alert")).to_contain_text("not the token")
    in_both_themes(page, "token")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
    enter(page)
    is_live(page)
    page.reload()
    is_live(page)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_no_script_can_read_the_cookie_and_the_token_is_nowhere(visit, base):
    page = visit(base)
    enter(page)
    is_live(page)
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    kept = page.evaluate(
        "document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href"
    )
    assert TOKEN not in kept
    assert cookie["value"] not in kept


def test_logging_out_empties_the_screen_and_asks_again(visit, base):
    page = visit(base)
    enter(page)
    is_live(page)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
    expect(page.get_by_text("order_items")).to_have_count(0)
    assert page.context.cookies() == []
    assert httpx.get(f"{base}/api/performance/graphs", timeout=10).status_code == 401


def test_the_token_is_not_asked_for_before_the_cookie_is_gone(visit, base):
    page = visit(base)
    enter(page)
    is_live(page)
    held = []
    intercept(page, "**/api/performance/session", lambda route: held.append((route, route.fetch())), times=1)
    page.get_by_role("button", name="Log out").click()
    # over in the server, and its stream broken, before the browser knows
    expect(page.get_by_role("status").filter(has_text="reconnecting")).to_be_visible()
    until(lambda: held, page)
    page.wait_for_timeout(1_000)
    asked_early = page.get_by_role("dialog", name=ASKED).count()
    [(route, answer)] = held
    route.fulfill(response=answer)
    assert asked_early == 0
    expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
    assert page.context.cookies() == []


def test_a_session_that_ends_asks_again_and_goes_on_where_one_was(visit, base, store_url, bolt):
    assert httpx.get(f"{base}/healthz", timeout=10).status_code == 200
    with serving(store_url, bolt, SNAPGRAPH_API_TOKEN=TOKEN, SNAPGRAPH_SERVER__SESSION_HOURS=str(15 / 3600)) as server:
        page = visit(server.http, "?tab=table")
        enter(page)
        expect(page.get_by_role("table", name="Edges with the value of each metric")).to_be_visible()
        expect(page.get_by_role("dialog", name=ASKED)).to_be_visible(timeout=60_000)
        enter(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()
        assert "tab=table" in page.url


def begun(page):
    enter(page)
    is_live(page)
    expect(page.get_by_label("Time", exact=True)).to_contain_text("2 snapshots")
    return page


def test_the_token_lets_back_in_when_a_snapshot_that_was_asked_for_was_refused(visit, base):
    page = begun(visit(base))
    page.context.clear_cookies()
    page.get_by_role("button", name="Previous snapshot").click()
    expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
    enter(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("B · ")).to_contain_text("the incident")
    expect(page.get_by_label("What is to be known").get_by_role("alert")).to_have_count(0)


def test_the_token_lets_back_in_when_the_strip_was_refused(visit, base):
    page = begun(visit(base))
    page.context.clear_cookies()
    page.get_by_label("Trigger").first.select_option("manual")
    expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
    enter(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    is_live(page)


def test_the_token_lets_into_a_graph_that_only_history_knows(visit, base, store_url, bolt):
    with serving(store_url, bolt, SNAPGRAPH_LIVE_GRAPHS__BYGONE__URI=bolt.uri) as server:
        Shop(server=server, store_url=store_url, live_graph=bolt).capture(graph="bygone", description="long ago")
    page = visit(base, "?graph=bygone&tab=trends")
    enter(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("B · ")).to_contain_text("long ago")
    page.context.clear_cookies()
    page.get_by_label("Range").first.select_option("now-1h")
    expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
    enter(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("Time", exact=True)).to_contain_text("1 snapshot")


def test_a_server_that_comes_back_with_another_token_asks_for_it(visit, base, store_url, bolt):
    with FaultProxy(upstream_port=int(base.rpartition(":")[2])) as wire:
        page = begun(visit(f"http://127.0.0.1:{wire.port}"))
        wire.set_mode("refuse")
        expect(page.locator(".badge")).to_contain_text("reconnecting")
        with serving(store_url, bolt, SNAPGRAPH_API_TOKEN=OTHER_TOKEN) as another:
            wire.upstream_port = another.port
            wire.set_mode("pass")
            expect(page.get_by_role("dialog", name=ASKED)).to_be_visible()
            enter(page, OTHER_TOKEN)
            expect(page.get_by_role("dialog")).to_have_count(0)
            is_live(page)


def test_a_server_without_a_token_offers_no_log_out(opened):
    page = opened()
    is_live(page)
    expect(page.get_by_role("button", name="Log out")).to_have_count(0)
