"""The badge says whether what is shown is how the live graph is: by when it was read, not by when it changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.faults.proxy import FaultProxy
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

STILL_MS = 17_000
"""Longer than the 5 s after which a graph that nobody reads is stale, and than the 15 after which a server is gone."""
NOTICED_MS = 60_000
HEED_THE_BADGE = """() => {
  const badge = document.querySelector('.badge')
  window.said = [badge.textContent]
  const heed = new MutationObserver(() => window.said.push(badge.textContent))
  heed.observe(badge, {subtree: true, childList: true, characterData: true})
}"""


@pytest.fixture(scope="module")
def wire(bolt):
    """What lies between the server and its live graph."""
    with FaultProxy(upstream_port=int(bolt.uri.rpartition(":")[2])) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def shop(store_url, bolt, wire):
    """Serve a shop through the wire."""
    with serving(store_url, replace(bolt, uri=f"bolt://127.0.0.1:{wire.port}")) as server:
        shop = Shop(server=server, store_url=store_url, live_graph=bolt)
        shop.open_doors()
        yield shop


def badge(page):
    return page.locator(".badge")


def test_a_graph_that_does_not_change_stays_live(opened):
    page = opened()
    expect(badge(page)).to_have_text("live", timeout=NOTICED_MS)
    page.evaluate(HEED_THE_BADGE)
    page.wait_for_timeout(STILL_MS)
    assert [text for text in page.evaluate("window.said") if text != "live"] == []
    expect(badge(page)).to_have_text("live")


def test_a_live_graph_that_does_not_answer_is_said_with_the_age_and_so_is_its_return(opened, wire, picture):
    page = opened()
    expect(badge(page)).to_have_text("live", timeout=NOTICED_MS)
    wire.set_mode("refuse")
    expect(badge(page)).to_have_text(re.compile(r"the live graph does not answer · .+ old"), timeout=NOTICED_MS)
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")
    picture(page, "live-away")
    newcomer = opened()
    expect(badge(newcomer)).to_contain_text("the live graph does not answer", timeout=NOTICED_MS)
    wire.set_mode("pass")
    for each in (page, newcomer):
        expect(badge(each)).to_have_text("live", timeout=NOTICED_MS)


def test_while_paused_the_age_is_that_of_what_stands_still(opened):
    page = opened()
    expect(badge(page)).to_have_text("live", timeout=NOTICED_MS)
    page.keyboard.press("p")
    expect(badge(page)).to_have_text(re.compile(r"paused · [0-9].* old"))
    page.keyboard.press("p")
    expect(badge(page)).to_have_text("live")


def test_pausing_before_the_first_graph_is_there_shows_that_graph_and_stands_still_at_it(opened):
    held = []

    def hold_states(to_page):
        server = to_page.connect_to_server()

        def pass_on(message):
            if json.loads(message)["type"] == "state":
                held.append(lambda: to_page.send(message))
            else:
                to_page.send(message)

        server.on_message(pass_on)

    page = opened(before=lambda page: page.route_web_socket(re.compile("/api/performance/live"), hold_states))
    until_held(page, held)
    expect(badge(page)).to_have_text("connecting …")
    page.keyboard.press("p")
    expect(badge(page)).to_have_text("paused")
    held.pop()()
    expect(badge(page)).to_have_text(re.compile(r"paused · [0-9].* old"))
    expect(page.get_by_label("What is to be known")).to_contain_text("order_items")


def until_held(page, held):
    for _ in range(NOTICED_MS // 100):
        if held:
            return
        page.wait_for_timeout(100)
    pytest.fail("the server sent no state")
