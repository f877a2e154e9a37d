"""The page in a real browser on a real server: Debian's chromium, drawing in software."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from tests.fixtures.serving import Serving, serving

FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ROOT = Path(__file__).parents[3]
ARTEFACTS = ROOT / "test-artefacts" / "page"
PATIENCE_MS = 20_000

SHOP = """
UNWIND [['users', 40.0], ['products', 12.0], ['orders', 85.0], ['order_items', 30.0], ['payments', 5.0]] AS row
MERGE (t:Table {name: row[0]}) SET t.hotspot_score = row[1], t.indexes = [row[0] + '_pkey']
"""
EDGES = """
UNWIND $rows AS row
MATCH (a:Table {name: row[0]}), (b:Table {name: row[1]})
MERGE (a)-[l:AVG_LATENCY_MS]->(b) SET l.value = row[2], l.timestamp = $now, l.trend = 'stable', l.severity = row[4]
MERGE (a)-[q:QUERIES_PER_SEC]->(b) SET q.value = row[3], q.timestamp = $now, q.trend = 'stable', q.severity = 'low'
"""
CALM = [
    ["users", "orders", 8.0, 120.0, "low"],
    ["orders", "order_items", 46.0, 90.0, "low"],
    ["order_items", "products", 12.0, 80.0, "low"],
    ["orders", "payments", 5.0, 30.0, "low"],
]
INCIDENT = [["orders", "order_items", 1203.0, 60.0, "critical"]]


@dataclass(slots=True, kw_only=True)
class Shop:
    """A served shop: what stands behind the page."""

    server: Serving
    live_graph: Any

    def write(self, rows: list[list[Any]]) -> None:
        """Write edges (from, to, latency, queries, severity) as of now."""
        self.live_graph.run(EDGES, rows=rows, now=time.time())

    def capture(self, **wish: Any) -> str:
        """Capture over REST; the id of the snapshot."""
        answer = httpx.post(f"{self.server.http}/api/performance/snapshots", json=wish, timeout=30)
        answer.raise_for_status()
        return answer.json()["snapshot_id"]

    def snapshots(self) -> list[dict[str, Any]]:
        """Every snapshot, the newest first."""
        answer = httpx.get(f"{self.server.http}/api/performance/snapshots", params={"limit": 200}, timeout=30)
        return answer.json()["items"]


@dataclass(kw_only=True)  # without slots: playwright keeps its wrappers of bound methods on the object
class Watch:
    """What a page must not do: throw, complain, be refused by its own CSP, talk to strangers."""

    troubles: list[str] = field(default_factory=list)

    def heed(self, page: Page) -> None:
        """Listen to a page."""
        page.on("pageerror", lambda error: self.troubles.append(f"thrown: {error}"))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if (
            message.type == "error"
            and "Failed to load resource" not in message.text
            and "WebSocket" not in message.text
        ):
            self.troubles.append(message.text)


@pytest.fixture(scope="module")
def shop(store_url, bolt):
    """Serve a shop whose latency rose between its two snapshots."""
    bolt.run("MATCH (n) DETACH DELETE n")
    bolt.run(SHOP)
    with serving(store_url, bolt) as server:
        shop = Shop(server=server, live_graph=bolt)
        shop.write(CALM)
        shop.capture(description="before the deploy", tags=["baseline"])
        shop.write(INCIDENT)
        shop.capture(description="the incident")
        yield shop


@pytest.fixture(scope="session")
def chromium():
    """Give Debian's chromium, without a window."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    expect.set_options(timeout=PATIENCE_MS)  # a machine that is shared is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def watch():
    """Hold every page of the test to its manners, at its end."""
    watch = Watch()
    yield watch
    assert watch.troubles == []


@pytest.fixture
def opened(chromium: Browser, shop: Shop, watch: Watch):
    """Open the page at an address, in a context (a person) of its own."""
    contexts = []

    def only_ours(route: Route) -> None:
        if not route.request.url.startswith((shop.server.http, "blob:", "data:")):
            watch.troubles.append(f"asked a stranger: {route.request.url}")
        route.continue_()

    def open_page(query: str = "", *, dark: bool = False, width: int = 1400, height: int = 900) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.route("**/*", only_ours)
        watch.heed(page)
        page.goto(f"{shop.server.http}/{query}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe():
    """Give the accessibility checker, as a function of a page: its serious findings."""
    source = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text()

    def serious(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']} {json.dumps([node['target'] for node in each['nodes'][:3]])}"
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
        ]

    return serious


@pytest.fixture
def picture():
    """Keep a screenshot among the artefacts."""

    def take(page: Page, name: str) -> None:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}.png")

    return take
