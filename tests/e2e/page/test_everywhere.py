"""Every view and state for everybody's eyes: no serious finding of axe in either theme, and a picture of each."""

import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested
from tests.fixtures.postgres import lend_database
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

PANEL = "What is to be known"
EDGE = "sel=orders:Table|order_items:Table"
VIEWS = {
    "live": "",
    "live-table": "?tab=table",
    "snapshot": "?b=v1",
    "compare": "?a=v1&b=v2",
    "compare-table": "?a=v1&b=v2&tab=table",
    "side-by-side": "?a=v1&b=v2&side=1",
    "only-changed": "?a=v1&b=v2&only=changed",
    "selected-edge": f"?a=v1&b=v2&{EDGE}",
    "selected-node": "?b=v2&sel=orders:Table&hops=1",
    "filtered-out": "?a=v1&b=v2&only=added",
    "unknown-element": "?b=v1&sel=nobody:Table",
    "snapshots": "?tab=snapshots",
}
STATES = {
    "capture": lambda page: page.get_by_role("button", name="Capture", exact=True).click(),
    "palette": lambda page: page.keyboard.press("Control+k"),
    "keys": lambda page: page.keyboard.press("?"),
    "menu": lambda page: page.get_by_role("button", name="Copy link").click(),
    "found": lambda page: page.get_by_placeholder("Find").fill("order"),
    "paused": lambda page: page.get_by_role("button", name="Pause").click(),
}


def both_themes(page, axe, picture, name):
    """See that nothing serious is found in the light and in the dark, and keep a picture of each."""
    found = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
        rested(page)
        picture(page, f"{name}-{theme}")
        if findings := axe(page):
            found[theme] = findings
    assert found == {}


def ready(page):
    """Wait until the page has what it was asked for."""
    expect(page.get_by_role("button", name="Capture", exact=True)).to_be_visible()
    expect(page.get_by_label("Time", exact=True)).to_contain_text(re.compile(r"\d snapshot"))
    if "tab=" not in page.url:
        expect(page.get_by_role("application").first).to_be_visible()
    rested(page)


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_accessible_in_both_themes(opened, axe, picture, name):
    page = opened(VIEWS[name])
    ready(page)
    both_themes(page, axe, picture, name)


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_accessible_in_both_themes(opened, axe, picture, name):
    page = opened()
    ready(page)
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    STATES[name](page)
    both_themes(page, axe, picture, name)


@pytest.mark.parametrize("name", ["live", "snapshots"])
def test_a_narrow_screen_has_everything_too(opened, axe, picture, name):
    page = opened(VIEWS[name], width=800, height=1000)
    ready(page)
    both_themes(page, axe, picture, f"{name}-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", ["empty-live", "empty-snapshots"])
def test_what_is_empty_invites(visit, nothing_yet, axe, picture, name):
    page = visit(nothing_yet.base, "" if name == "empty-live" else "?tab=snapshots")
    expect(page.get_by_text("The graph is empty" if name == "empty-live" else "No snapshot yet").first).to_be_visible()
    both_themes(page, axe, picture, name)


@pytest.fixture(scope="module")
def nothing_yet(bolt, session_server):
    """Serve an empty graph and an empty store, when the others are done."""
    bolt.run("MATCH (n) DETACH DELETE n")
    for store_url in lend_database(session_server("migrated-18")["url"], "migrated"):
        with serving(store_url, bolt) as server:
            yield Shop(server=server, store_url=store_url, live_graph=bolt)


def test_what_nobody_can_read_would_be_found(opened, axe):
    """The control: a picture without a word and grey on grey are serious findings."""
    page = opened("?tab=snapshots")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("document.querySelector('main').replaceChildren(document.createElement('button'))")
    assert any("button-name" in each for each in axe(page))
