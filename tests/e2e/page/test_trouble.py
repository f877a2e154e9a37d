"""What the page says when something is away or does not exist: what failed, what still works, and the way out."""

import re
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import expect

from tests.faults.proxy import FaultProxy
from tests.fixtures.browser import turn
from tests.fixtures.live_graphs import LiveGraphServer
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop, with_an_incident

PANEL = "What is to be known"
NOT_LIVE = re.compile("stale|not readable|does not answer|reconnecting")


@pytest.fixture(scope="module")
def wires(store_url, bolt):
    """Serve a shop through wires that can be cut: that to Postgres, that to the live graph, and the shop."""
    url, uri = urlsplit(store_url), urlsplit(bolt.uri)
    with FaultProxy(upstream_port=url.port) as postgres, FaultProxy(upstream_port=uri.port) as live_graph:
        through = LiveGraphServer(
            uri=f"{uri.scheme}://127.0.0.1:{live_graph.port}",
            username=bolt.username,
            password=bolt.password,
            database=bolt.database,
        )
        user = url.netloc.rpartition("@")[0]
        store = urlunsplit(url._replace(netloc=f"{user}@127.0.0.1:{postgres.port}"))
        with serving(store, through) as server:
            yield postgres, live_graph, with_an_incident(Shop(server=server, store_url=store_url, live_graph=bolt))


@pytest.fixture
def cut(wires):
    """Cut a wire (``postgres``, ``live_graph``) for a while; mended at the end of the test at the latest."""
    postgres, live_graph, _ = wires

    def cut_wire(name, mode="refuse"):
        {"postgres": postgres, "live_graph": live_graph}[name].set_mode(mode)

    yield cut_wire
    cut_wire("postgres", "pass")
    cut_wire("live_graph", "pass")


@pytest.fixture
def looked(visit, wires):
    """Open the page behind the wires."""
    return lambda query="": visit(wires[2].base, query)


def test_a_live_graph_that_is_away_is_said_while_snapshots_go_on(looked, cut, in_both_themes):
    page = looked()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    cut("live_graph")
    badge = page.locator("header").get_by_role("status")
    expect(badge).to_have_text(NOT_LIVE, timeout=30_000)
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    in_both_themes(page, "live-graph-away")
    page.get_by_role("button", name="Capture", exact=True).click()
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Previous snapshot").click()
    expect(page.get_by_text("B · ")).to_contain_text("the incident")
    page.get_by_role("button", name="Compare with the one before").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    page.get_by_role("button", name="Back to live").click()
    cut("live_graph", "pass")
    expect(badge).to_have_text("live", timeout=30_000)


def test_a_store_that_is_away_is_said_with_a_way_to_try_again(looked, wires, cut, in_both_themes):
    before, after = wires[2].two()
    page = looked("?tab=snapshots")
    expect(page.get_by_label("Details")).to_contain_text(after)
    cut("postgres")
    page.get_by_role("search").get_by_label("Text or id").fill("deploy")
    trouble = page.get_by_role("alert")
    expect(trouble).to_contain_text("The snapshots could not be listed.", timeout=30_000)
    expect(trouble).to_contain_text(re.compile(r"So since \d\d:\d\d:\d\d\."))
    since = re.search(r"So since [\d:]+", trouble.inner_text())[0]
    in_both_themes(page, "store-away-snapshots")
    with page.expect_request(re.compile(r"/snapshots\?")):  # while it is away: then the page would ask by itself
        trouble.get_by_role("button", name="Try again").click()
    page.wait_for_timeout(1_500)
    expect(trouble).to_contain_text(since)
    cut("postgres", "pass")
    expect(page.get_by_label("Details")).to_contain_text(before, timeout=30_000)


def test_a_page_that_is_opened_while_the_store_is_away_recovers_by_itself(looked, cut, in_both_themes):
    cut("postgres")
    page = looked("?a=v1&b=v2")
    expect(page.get_by_role("alert").first).to_be_visible(timeout=40_000)
    for tab in ("graph", "table", "trends"):
        turn(page, f"?a=v1&b=v2&tab={tab}")
        expect(page.get_by_role("main").get_by_role("alert").first).to_be_visible(timeout=40_000)
        in_both_themes(page, f"store-away-{tab}")
    turn(page, "?a=v1&b=v2")
    cut("postgres", "pass")
    expect(page.get_by_role("heading", name="What changed")).to_be_visible(timeout=30_000)


def test_an_unknown_snapshot_in_the_address_leads_back_to_the_live_view(looked, in_both_themes):
    page = looked("?b=snap_20200101_000000_manual")
    trouble = page.get_by_label(PANEL).get_by_role("alert")
    expect(trouble).to_contain_text("snap_20200101_000000_manual")
    in_both_themes(page, "unknown-snapshot")
    trouble.get_by_role("button", name="Go to the live view").click()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    assert "b=" not in page.url


def test_an_unknown_graph_in_the_address_is_said_and_another_can_be_chosen(looked, in_both_themes):
    page = looked("?graph=no-such-graph")
    expect(page.get_by_role("alert").first).to_contain_text("no-such-graph")
    in_both_themes(page, "unknown-graph")
    page.get_by_role("alert").get_by_role("button", name="default").click()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")


def test_nonsense_in_the_address_still_opens(looked):
    page = looked("?a=%00&b=@never&tab=none&x=NaN&hops=-3&from=yesterday&only=all&theme=pink&sel=%25&metric=%3Cb%3E")
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_role("button", name="Go to the live view").click()
    expect(page.get_by_text("B · now")).to_be_visible()


@pytest.mark.usefixtures("wires")  # fills the live graph
def test_a_server_that_is_gone_is_said_and_what_was_heard_stays(visit, store_url, bolt):
    with serving(store_url, bolt) as server:
        page = visit(server.http)
        expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    expect(page.get_by_text("reconnecting")).to_be_visible()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    page.get_by_role("link", name="Snapshots").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(page.get_by_role("alert")).to_contain_text("What was read before stays on the screen.")
