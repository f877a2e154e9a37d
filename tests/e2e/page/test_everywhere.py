"""Every view and state for everybody's eyes: no serious finding of axe in either theme, and a picture of each.

A page is walked from view to view as "back" walks it, since loading it anew for each took half of the time.
"""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested, turn
from tests.fixtures.postgres import lend_database
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

EDGE = "sel=orders:Table|order_items:Table"
LONG_AGO = "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"
LINES = (
    *("total_qps", "avg_latency", "bottlenecks_count", "change_magnitude", "nodes"),
    *(f"{edge}:Table" for edge in ("users:Table|AVG_LATENCY_MS|orders", "orders:Table|AVG_LATENCY_MS|order_items")),
    "payments:Table|AVG_LATENCY_MS|users:Table",
)
EIGHT = "&".join(f"series={each}" for each in LINES)
LONG_NAME = (
    "checkout path before and after release 4.2, as it was seen from the desk of the one on call, with a " + "w" * 90
)
VIEWS = {
    "live": ("", "Worst now"),
    "live-table": ("?tab=table", "Edges with the value of each metric"),
    "live-nodes": ("?tab=table&kind=nodes", "Nodes with their hotspot score"),
    "snapshot": ("?b=v1", "before the deploy"),
    "compare": ("?a=v1&b=v2", "What changed"),
    "compare-table": ("?a=v1&b=v2&tab=table", "hide noise"),
    "side-by-side": ("?a=v1&b=v2&side=1", "Side by side"),
    "only-changed": ("?a=v1&b=v2&only=changed", "Side by side"),
    "selected-edge": (f"?a=v1&b=v2&{EDGE}", "History"),
    "selected-node": ("?b=v2&sel=orders:Table&hops=1", "Relationships"),
    "compare-nothing": ("?a=v1&b=v1", "Nothing changed."),
    "filtered-out": ("?a=v1&b=v2&only=added", "Nothing fits these filters."),
    "table-filtered-out": ("?b=v2&tab=table&q=nobody", "Nothing fits these filters."),
    "unknown-element": ("?b=v1&sel=nobody:Table", "This element is not in the graph here."),
    "range-empty": (f"?{LONG_AGO}", "Worst now"),
    "snapshots": ("?tab=snapshots", "Content hash"),
    "snapshots-none": ("?tab=snapshots&text=nobody&since=2020-01-01", "No snapshot fits these filters."),
    "trends": ("?tab=trends", "queries, all together"),
    "trends-line": (f"?tab=trends&series={LINES[6]}", "orders → order_items · latency"),
    "trends-eight": (f"?tab=trends&{EIGHT}", "change from the one before"),
    "trends-compare": ("?tab=trends&a=v1&b=v2&values=1", "What changed most from A to B"),
    "trends-empty": (f"?tab=trends&{LONG_AGO}", "No snapshot in this range."),
}
STATES = {
    "capture": ("", lambda page: page.get_by_role("button", name="Capture", exact=True).click(), "Keeps the graph as"),
    "palette": ("", lambda page: page.keyboard.press("Control+k"), "Capture a snapshot"),
    "keys": ("", lambda page: page.keyboard.press("?"), "What can be done by key"),
    "menu": ("", lambda page: page.get_by_role("button", name="Copy link").click(), "Link to this moment"),
    "saved-views": ("", lambda page: page.keyboard.press("v"), LONG_NAME),
    "copy-as": ("?a=v1&b=v2", lambda page: page.get_by_role("button", name="Copy as").click(), "Markdown"),
    "export": (
        "?b=v1",
        lambda page: page.get_by_label("This snapshot").get_by_role("button", name="Export").click(),
        "CSV of nodes",
    ),
    "delete": (
        "?tab=snapshots",
        lambda page: page.get_by_role("button", name="Delete", exact=True).click(),
        "This cannot be undone.",
    ),
    "trends-add": (
        f"?tab=trends&series={LINES[6]}&values=1",
        lambda page: page.get_by_label("Add a line").click(),
        "orders → payments",
    ),
    "wrong-time": (
        "?tab=snapshots",
        lambda page: (page.get_by_label("Until").fill("tomorrow"), page.get_by_label("Until").press("Enter")),
        "A time here:",
    ),
    "found": ("", lambda page: page.get_by_placeholder("Find").fill("order"), "found"),
    "paused": ("", lambda page: page.get_by_role("button", name="Pause").click(), "paused"),
}
NARROW = {f"{width}x{height}": (width, height) for width, height in ((800, 1000), (800, 600), (390, 800))}


@pytest.fixture
def page(opened):
    """Open the live view and wait until all of it is there."""
    page = opened()
    expect(page.get_by_role("button", name="Capture", exact=True)).to_be_visible()
    expect(page.get_by_label("Time", exact=True)).to_contain_text(re.compile(r"\d snapshot"))
    expect(page.get_by_role("application")).to_be_visible()
    return page


def walk(page, query, said):
    """Go to a view and wait until it says what it has to say and nothing is under way."""
    turn(page, query or "?")
    expect(page.get_by_role("main")).to_contain_text(said)
    rested(page)


def test_every_view_is_accessible_in_both_themes(page, in_both_themes, subtests):
    for name, (query, said) in VIEWS.items():
        with subtests.test(name):
            walk(page, query, said)
            in_both_themes(page, name)


@pytest.fixture
def saved_views(shop):
    """Save three views while the test goes on; the shop is that of other modules, too."""
    address, ids = f"{shop.base}/api/performance/views", []
    for name in ("checkout path", "only what is slow", LONG_NAME):
        answer = httpx.post(address, json={"name": name, "query": "?a=v1&b=v2"}, timeout=10)
        ids.append(answer.raise_for_status().json()["view_id"])
    yield
    for each in ids:
        httpx.delete(f"{address}/{each}", timeout=10).raise_for_status()


@pytest.mark.usefixtures("saved_views")
def test_every_state_is_accessible_in_both_themes(page, in_both_themes, subtests):
    for name, (query, reach, said) in STATES.items():
        with subtests.test(name):
            walk(page, query, "")
            reach(page)
            try:
                expect(page.locator("body")).to_contain_text(said)
                in_both_themes(page, name)
            finally:
                page.keyboard.press("Escape")


@pytest.mark.parametrize("size", NARROW)
def test_a_narrow_screen_has_everything_too(page, in_both_themes, subtests, size):
    width, height = NARROW[size]
    page.set_viewport_size({"width": width, "height": height})
    for name in ("live", "compare", "live-table", "snapshots", "trends"):
        with subtests.test(name):
            walk(page, *VIEWS[name])
            in_both_themes(page, f"{name}-{size}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


HELD = re.compile("/api/performance/(snapshots|series)")
WAITING = {
    "snapshot": ("?b=v2", "Loading the graph"),
    "compare": ("?a=v1&b=v2", ""),
    "table": ("?b=v2&tab=table", "Loading the rows"),
    "compare-table": ("?a=v1&b=v2&tab=table", ""),
    "trends": ("?tab=trends", "Reading values"),
    "snapshots": ("?tab=snapshots", ""),
}


@pytest.mark.parametrize("name", WAITING)
def test_what_is_not_there_yet_is_said(opened, in_both_themes, name):
    query, said = WAITING[name]
    page = opened(query, before=lambda page: page.route(HELD, lambda _: None))
    expect(page.get_by_role("main")).to_contain_text(said)
    in_both_themes(page, f"loading-{name}")
    page.unroute_all(behavior="ignoreErrors")


def test_what_is_empty_invites(visit, nothing_yet, in_both_themes, subtests):
    page = visit(nothing_yet.base)
    for tab, said in {
        "graph": "The graph is empty",
        "table": "The graph is empty",
        "trends": "A trend goes from snapshot to snapshot.",
        "snapshots": "No snapshot yet",
    }.items():
        with subtests.test(tab):
            walk(page, f"?tab={tab}", said)
            in_both_themes(page, f"empty-{tab}")
    page.keyboard.press("v")
    expect(page.get_by_role("dialog")).to_contain_text("None yet.")
    in_both_themes(page, "empty-saved-views")


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
