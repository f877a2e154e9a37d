"""Names that try to be code (T51): in every sink they are text, nothing runs and the CSP has nothing to refuse.

A canary listens on a port of its own: what runs calls it. Two nets, then: the canary counts what ran, and the CSP
refuses (and Chromium tells) what would have run.
"""

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested, turn
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

PANEL = "What is to be known"
CALL = "(new Image).src='http://127.0.0.1:%PORT%/ran'"
PAYLOADS = (
    '<img src=x onerror="%CALL%">',
    '<img/src="x"/onerror=%CALL%>',
    "<script>%CALL%</script>",
    "</script><script>%CALL%</script>",
    "</title><script>%CALL%</script>",
    "</textarea><script>%CALL%</script>",
    "</style><script>%CALL%</script>",
    "<style>@import 'http://127.0.0.1:%PORT%/ran';</style>",
    '<link rel="stylesheet" href="http://127.0.0.1:%PORT%/ran">',
    '<svg onload="%CALL%">',
    "<svg><script>%CALL%</script></svg>",
    '<svg><animate onbegin="%CALL%" attributeName="x" dur="1s">',
    '<svg><foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="%CALL%"/></foreignObject></svg>',
    '"><svg/onload=%CALL%>',
    "' onmouseover='%CALL%' x='",
    '" autofocus onfocus="%CALL%" x="',
    "javascript:%CALL%",
    "data:text/html,<script>%CALL%</script>",
    '<a href="javascript:%CALL%">users</a>',
    '<iframe src="http://127.0.0.1:%PORT%/ran"></iframe>',
    '<iframe srcdoc="<script>%CALL%</script>">',
    '<object data="http://127.0.0.1:%PORT%/ran"></object>',
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:%PORT%/ran">',
    '<base href="http://127.0.0.1:%PORT%/">',
    '<form action="http://127.0.0.1:%PORT%/ran"><button autofocus>Open</button></form>',
    "<details open ontoggle=%CALL%>",
    "<math><mtext><img src=x onerror=%CALL%></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=%CALL%>'>",
    "{{7*7}}{{constructor.constructor(`%CALL%`)()}}${%CALL%}<%= %CALL% %>",
    "]]><img src=x onerror=%CALL%><!--",
    "&lt;img src=x onerror=%CALL%&gt;",
    "\u202e<img src=x onerror=%CALL%>\u2066\u202d",
    "url(http://127.0.0.1:%PORT%/ran)",
    "users%00<img src=x onerror=%CALL%>|:%7C%3A",
    "![x](http://127.0.0.1:%PORT%/ran) [y](javascript:%CALL%) @everyone",
    "`}) DETACH DELETE n // <img src=x onerror=%CALL%>",
    "<img src=x onerror=%CALL%>" + "w" * 3000,
)
WRITE = """
UNWIND $rows AS row
MERGE (n:Table {name: row[0]}) SET n.hotspot_score = 50.0, n[row[0]] = row[0], n.indexes = [row[0]]
"""
JOIN = """
UNWIND $rows AS row
MATCH (a:Table {name: row.source}), (b:Table {name: row.target})
MERGE (a)-[l:AVG_LATENCY_MS]->(b)
SET l.value = row.value, l.timestamp = $now, l.trend = row.source, l.severity = 'critical', l.note = row.source
"""
TYPED = """
MATCH (a:Table {name: $source}), (b:Table {name: $target})
MERGE (a)-[r:`%TYPE%`]->(b) SET r.value = $value, r.timestamp = $now, r.trend = $source, r.severity = $source
"""
TYPES = 6
DESCRIBED = 6


@dataclass(slots=True, kw_only=True)
class Canary:
    """Who is called when something runs, and a server of documents without any CSP."""

    port: int
    calls: list[tuple[str, str]] = field(default_factory=list)
    documents: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def arm(self, payload):
        """Put its address into a payload."""
        return payload.replace("%CALL%", CALL).replace("%PORT%", str(self.port))

    def serve(self, path, document, media_type):
        """Serve a document at an address, which it gives."""
        self.documents[path] = (document, media_type)
        return f"http://127.0.0.1:{self.port}{path}"

    def callers(self):
        """Give the documents that called, since this was asked last."""
        callers = {referrer for path, referrer in self.calls if path == "/ran"}
        self.calls.clear()
        return callers


@pytest.fixture(scope="module")
def canary():
    """Listen on a port of its own; answers everything, so that nothing is tried twice."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            canary.calls.append((self.path, self.headers.get("Referer", "")))
            body, media_type = canary.documents.get(self.path, (b"", "text/plain"))
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    canary = Canary(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield canary
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture(scope="module")
def names(canary):
    return [canary.arm(each) for each in PAYLOADS]


@pytest.fixture(scope="module")
def shop(store_url, bolt, names):
    """Serve a shop in which everything that can have a name has a hostile one, captured twice with changes between."""
    bolt.run("MATCH (n) DETACH DELETE n")
    bolt.run(WRITE, rows=[[each] for each in names])
    with serving(store_url, bolt, SNAPGRAPH_LIVE_GRAPHS__DEFAULT__TYPES="*") as server:
        shop = Shop(server=server, store_url=store_url, live_graph=bolt)
        for round_ in (1.0, 2.0):
            write(bolt, names, round_)
            for name in names[:DESCRIBED]:
                shop.capture(description=name[:1000], note=name)
        for name in names[:DESCRIBED]:
            httpx.post(f"{server.http}/api/performance/views", json={"name": name[:200], "query": "?"}, timeout=10)
        yield shop


def write(live_graph, names, factor):
    """Write an edge from each name to the next; the first ones have a type that is a name, too."""
    ends = list(zip(names, names[1:] + names[:1], strict=True))
    rows = [{"source": a, "target": b, "value": factor * 100.0 + at * 40.0} for at, (a, b) in enumerate(ends)]
    live_graph.run(JOIN, rows=rows, now=time.time())
    for row in rows[:TYPES]:
        live_graph.run(TYPED.replace("%TYPE%", row["source"].replace("`", "``")), **row, now=time.time())


@pytest.fixture
def page(opened, shop, canary):
    """Open the comparison of the first and the last snapshot; at the end nobody may have called."""
    canary.calls.clear()
    ids = [each["snapshot_id"] for each in reversed(shop.snapshots())]
    page = opened(f"?a={ids[0]}&b={ids[-1]}", before=lambda page: page.on("dialog", lambda dialog: dialog.dismiss()))
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    yield page
    rested(page)
    assert canary.calls == []


def test_graph_legend_tooltip_side_by_side_and_panel(page):
    expect(page.get_by_label(PANEL)).to_contain_text("onerror")
    options = page.get_by_label("Colour").locator("option")
    expect(options.filter(has_text="onerror").first).to_be_attached()
    for metric in options.evaluate_all("all => all.map(each => each.value)"):
        page.get_by_label("Colour").select_option(metric)
        rested(page)
    box = page.get_by_role("application").bounding_box()
    seen = 0
    for step in range(56):
        x, y = step % 8, step // 8
        page.mouse.move(box["x"] + (x + 0.5) * box["width"] / 8, box["y"] + (y + 0.5) * box["height"] / 7, steps=5)
        seen += page.get_by_role("tooltip").count()
    assert seen > 0
    turn(page, page.evaluate("location.search + '&side=1'"))
    expect(page.get_by_role("application")).to_have_count(2)


def test_every_name_selected_live_and_compared(page, names):
    for query in (page.evaluate("location.search + '&sel='"), "?sel="):
        for name in names:
            turn(page, query + page.evaluate("key => encodeURIComponent(key)", key(name)))
            expect(page.get_by_label(PANEL).locator("h2")).to_contain_text(name[:40].strip(), use_inner_text=False)


def key(name):
    """Give the node's key, as the server writes it."""
    return name.replace("%", "%25").replace(":", "%3A") + ":Table"


def test_tables_search_and_palette(page, names):
    for query in (page.evaluate("location.search + '&tab=table'"), "?tab=table"):
        turn(page, query)
        expect(page.get_by_role("table").first).to_contain_text("onerror")
    page.get_by_role("button", name="Nodes").click()
    expect(page.get_by_role("table").first).to_contain_text("onerror")
    page.get_by_placeholder("table …").last.fill("<img src=x")
    rested(page)
    turn(page, "?")
    expect(page.get_by_role("searchbox", name="Find")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.insert_text(names[0])
    page.keyboard.press("Enter")
    expect(page.get_by_label(PANEL).locator("h2")).to_contain_text("onerror")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("onerror")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("onerror")
    page.keyboard.press("Enter")


def test_strip_snapshots_details_and_dialogs(page, names):
    strip = page.get_by_role("slider").bounding_box()
    for at in range(40):
        page.mouse.move(strip["x"] + strip["width"] * (0.02 + at / 41), strip["y"] + 60)
    page.get_by_role("link", name="Snapshots").click()
    rows = page.locator("tbody tr[tabindex]")
    expect(rows.first).to_contain_text("script")
    for at in range(6):
        rows.nth(at).click()
        expect(page.get_by_label("Details")).to_contain_text("onerror")
    page.get_by_label("Details").get_by_label("Note").fill(names[3])
    page.get_by_label("Details").get_by_role("button", name="Save").click()
    expect(page.get_by_label("Details").get_by_role("button", name="Save")).to_have_count(0)
    page.get_by_label("Details").get_by_label("Tags").fill(names[0])
    page.get_by_label("Details").get_by_role("button", name="Save").click()
    expect(page.get_by_label("Details").get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+S")
    page.get_by_role("dialog").get_by_label("Why").fill(names[1])
    page.get_by_role("dialog").get_by_label("Tags").fill(names[1])
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()


def test_addresses_that_try_to_be_code(page, shop, names):
    for name in names:
        quoted = page.evaluate("text => encodeURIComponent(text)", name[:1500])
        turn(page, f"?a={quoted}&b={quoted}&metric={quoted}&q={quoted}&from={quoted}&tab=table")
    expect(page.get_by_role("alert").first).to_be_visible()
    for name in names[:6]:
        quoted = page.evaluate("text => encodeURIComponent(text)", name[:1500])
        page.goto(f"{shop.base}/?graph={quoted}&sel={quoted}&theme={quoted}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_exported_svg_as_a_document_of_its_own(page, canary, chromium):
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name="Download SVG").click()
    svg = got.value.path().read_bytes()
    assert b"onerror" in svg
    assert opened_alone(canary, chromium, svg) == set()
    canary.calls.clear()


def opened_alone(canary, chromium, svg):
    """Open an SVG as a document from a server without any CSP; who called."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(canary.serve("/exported.svg", svg, "image/svg+xml"), wait_until="networkidle")
    assert page.evaluate("document.documentElement.localName") == "svg"
    context.close()
    return canary.callers()


def test_the_docs_page_and_the_answers_of_rest_opened_as_documents(page, shop):
    ids = [each["snapshot_id"] for each in shop.snapshots()]
    page.goto(f"{shop.base}/docs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for path in (f"snapshots/{ids[-1]}", f"snapshots/compare?baseline={ids[-1]}&target={ids[0]}", "views", "graph"):
        page.goto(f"{shop.base}/api/performance/{path}")
        expect(page.locator("body")).to_contain_text("onerror")
    page.goto(f"{shop.base}/api/performance/snapshots/%3Cimg%20src=x%20onerror=alert(1)%3E")
    expect(page.locator("body")).to_contain_text("problem")


def test_what_runs_would_be_noticed(canary, chromium, names):
    """The control: where names are pasted as HTML without a CSP, many of them call the canary; so does a bad SVG."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><script>{canary.arm('%CALL%')}</script></svg>"
    assert len(opened_alone(canary, chromium, svg.encode())) == 1
    frames = ""
    for at, name in enumerate(names):
        address = canary.serve(f"/naive/{at}", f"<!doctype html><p>{name}</p>".encode(), "text/html; charset=utf-8")
        frames += f'<iframe src="{address}"></iframe>'
    context = chromium.new_context()
    page = context.new_page()
    page.goto(canary.serve("/naive", frames.encode(), "text/html"), wait_until="networkidle")
    context.close()
    assert len(canary.callers()) >= len(names) // 3


def test_what_the_csp_refuses_would_be_noticed(opened, watch, names):
    """The control: a name that is pasted into the page as HTML does not run, and Chromium says so."""
    page = opened()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with page.expect_console_message(lambda message: message.type == "error"):
        page.evaluate("html => { document.querySelector('main').innerHTML = html }", names[0])
    assert any("Content Security Policy" in each for each in watch.troubles)
    watch.troubles.clear()
