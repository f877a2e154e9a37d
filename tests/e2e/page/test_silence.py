"""A connection that dies without a word: a machine that slept, another network, a server that stands still."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.faults.proxy import FaultProxy
from tests.fixtures.browser import until
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop, with_an_incident

SAID_WITHIN_MS = 35_000
"""After 10 s of silence the page asks the server, and waits 5 s for the answer; the rest is for a busy machine."""
ASKED_AT_ONCE_MS = 12_000
"""Those 5 s, when there is a reason to ask; less than the 15 of a silence that nobody has a reason to doubt."""
GIVEN_UP_AFTER_MS = 46_000
"""A server ends each request in 30 s; more than that, and what the wire needs, no answer is waited for."""
REASONS = {
    "the network is back": "dispatchEvent(new Event('online'))",
    "the page is seen again": "document.dispatchEvent(new Event('visibilitychange'))",
    "the clock has jumped": "const now = Date.now; Date.now = () => now.call(Date) + 3_600_000",
}


@pytest.fixture(scope="module")
def shop(store_url, bolt):
    with serving(store_url, bolt) as server:
        yield with_an_incident(Shop(server=server, store_url=store_url, live_graph=bolt))


@pytest.fixture
def wire(shop):
    """What lies between the browser and the server."""
    with FaultProxy(upstream_port=shop.server.port) as proxy:
        yield proxy


@pytest.fixture
def page(visit, wire):
    page = visit(f"http://127.0.0.1:{wire.port}")
    expect(page.locator(".badge")).to_have_text("live")
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")
    return page


def test_a_dead_connection_is_said_in_seconds_with_the_age_of_what_was_heard_last(page, wire, picture):
    wire.set_mode("blackhole")
    began = time.monotonic()
    badge = page.locator(".badge")
    expect(badge).to_have_text(re.compile(r"reconnecting … · \d+\ss old"), timeout=SAID_WITHIN_MS)
    said = int(re.search(r"(\d+)\ss old", badge.inner_text())[1])
    assert 10 <= said <= time.monotonic() - began + 12
    picture(page, "dead-connection")
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")


def test_try_again_does_not_wait_for_a_socket_that_nobody_answers(page, wire):
    with page.expect_websocket(timeout=SAID_WITHIN_MS):
        wire.set_mode("blackhole")
    until(lambda: b"Upgrade: websocket" in wire.swallowed, page)  # the next one, which hangs as well
    wire.set_mode("pass")
    page.get_by_role("banner").get_by_role("button", name="Try again").click()
    expect(page.locator(".badge")).to_have_text("live", timeout=8_000)  # a socket is waited for 10 s


def test_a_question_that_nobody_answers_is_given_up_and_asked_again(visit, wire):
    page = visit(f"http://127.0.0.1:{wire.port}", before=lambda page: page.clock.install())
    expect(page.locator(".badge")).to_have_text("live")
    wire.set_mode("blackhole")
    with page.expect_request("**/api/performance/snapshots?*"):
        page.get_by_role("link", name="Snapshots").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.fast_forward(GIVEN_UP_AFTER_MS)
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    wire.set_mode("pass")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("row").nth(1)).to_be_visible()


def test_a_dead_connection_comes_back_by_itself(page, wire):
    wire.set_mode("blackhole")
    expect(page.locator(".badge")).to_contain_text("reconnecting", timeout=SAID_WITHIN_MS)
    wire.set_mode("pass")
    expect(page.locator(".badge")).to_have_text("live", timeout=30_000)


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_to_doubt_the_connection_has_it_tried_at_once(page, wire, reason):
    wire.set_mode("blackhole")
    page.evaluate(f"() => {{ {REASONS[reason]} }}")
    expect(page.locator(".badge")).to_contain_text("reconnecting", timeout=ASKED_AT_ONCE_MS)


def test_a_reason_to_doubt_a_connection_that_is_there_changes_nothing(page):
    for reason in REASONS.values():
        page.evaluate(f"() => {{ {reason} }}")
    page.wait_for_timeout(ASKED_AT_ONCE_MS)
    expect(page.locator(".badge")).to_have_text("live")
