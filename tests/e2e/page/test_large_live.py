"""A live graph of 10,000 edges: what is written to it is soon on the screen.

The issue promises 2 s on a machine that has time. Of these the server has 1.25 (a tick a second, and a reading), the
page the rest. One of several writes has to keep that: a busy machine is late now and then. A reader of the stream
without a page tells in the same run how long the server took, and a bare reading of the same graph how busy the machine
is: the server reads at most a quarter of the time, so that a reading of 0.5 s means a tick of 2 s. So a busy machine
fails neither, and on a free one the bound is that of the issue.
"""

import json
import re
import threading
import time

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import until
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop
from tests.integration.live.talk import talk

NODES, EDGES = 2_000, 10_000
WRITES = 12
"""Moments in which a busy machine may be quiet for two seconds."""
SERVER_SECONDS, PAGE_SECONDS = 1.25, 0.75
READINGS_PER_TICK = 5
"""One in the tick during which the write came, four that the server waits at most for the next."""
PATIENCE_SECONDS = 30.0

TABLES = "UNWIND range(0, $nodes - 1) AS n CREATE (:Table {name: 'table_' + n, hotspot_score: n % 40})"
WIRES = """
UNWIND $rows AS row
MATCH (a:Table {name: row[0]}), (b:Table {name: row[1]})
CREATE (a)-[:AVG_LATENCY_MS {value: row[2], timestamp: $now, severity: 'low'}]->(b)
"""
SLOW = """
MATCH (:Table {name: 'table_0'})-[l:AVG_LATENCY_MS]->(:Table {name: 'table_1'})
SET l.value = $value, l.timestamp = $now, l.severity = 'critical'
"""
BARE = "MATCH (a)-[l]->(b) RETURN a.name, b.name, l.value, l.timestamp, l.severity"
MARK_WHEN_SEEN = """
([text]) => {
  const panel = document.querySelector('[aria-label="What is to be known"]')
  window.seen = new Promise((resolve) => {
    const look = () => {
      if (!panel.textContent.includes(text)) return
      watch.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now() / 1000)))
    }
    const watch = new MutationObserver(look)
    watch.observe(panel, {subtree: true, childList: true, characterData: true})
    look()
  })
}
"""
"""The time at which the frame that has the text was on the screen: after it, the next one has begun."""


@pytest.fixture(scope="module")
def shop(store_url, bolt):
    """Serve a graph of 10,000 edges."""
    bolt.run("MATCH (n) DETACH DELETE n")
    bolt.run(TABLES, nodes=NODES)
    steps = [1, 2, 3, 5, 8]
    rows = [
        [f"table_{n}", f"table_{(n + step) % NODES}", 1.0 + (n * step) % 90] for n in range(NODES) for step in steps
    ]
    assert len(rows) == EDGES
    bolt.run(WIRES, rows=rows, now=time.time())
    with serving(store_url, bolt) as server:
        yield Shop(server=server, store_url=store_url, live_graph=bolt)
    bolt.run("MATCH (n) DETACH DELETE n")


class Listener(threading.Thread):
    """Reads the stream as it comes, and keeps when which latency of the edge was heard."""

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.ready, self.done = threading.Event(), threading.Event()
        self.heard = {}
        self.news = threading.Condition()

    def run(self):
        """Subscribe, then hear until it is done."""
        with talk(self.url) as live:
            live.subscribe(graph="default")
            live.hear("state", within=PATIENCE_SECONDS)
            self.ready.set()
            while not self.done.is_set():
                self._take(live.hear("delta", "heartbeat", within=PATIENCE_SECONDS))

    def _take(self, message):
        now = time.time()
        with self.news:
            for edge in message.get("relationships", {}).get("changed", ()):
                self.heard.setdefault(edge["properties"]["value"], now)
            self.news.notify_all()

    def when(self, value):
        """Give when a value was heard first."""
        with self.news:
            assert self.news.wait_for(lambda: value in self.heard, PATIENCE_SECONDS)
            return self.heard[value]


@pytest.fixture
def listener(shop):
    """Listen beside the page, through the same server."""
    listener = Listener(shop.server.live)
    listener.start()
    assert listener.ready.wait(PATIENCE_SECONDS)
    yield listener
    listener.done.set()
    shop.live_graph.run(SLOW, value=0.5, now=time.time())  # one more delta: it ends
    listener.join(PATIENCE_SECONDS)
    assert not listener.is_alive()


def test_a_change_of_a_graph_of_10_000_edges_is_on_the_screen_within_2_s_of_its_write(opened, shop, listener):
    page = opened()
    panel = page.get_by_label("What is to be known")
    panel.get_by_text("table_").first.wait_for(timeout=PATIENCE_SECONDS * 1_000)
    took, reading = [], []
    while len(took) < WRITES and not (took and is_soon(took, reading)):
        value = 2_001.0 + len(took)
        page.evaluate(MARK_WHEN_SEEN, [f"{value:,.0f}".replace(",", "\u202f")])
        shop.live_graph.run(SLOW, value=value, now=time.time())
        written = time.time()
        seen = page.evaluate("window.seen")
        took.append((seen - written, listener.when(value) - written))
        reading.append(bare_reading(shop))
    assert is_soon(took, reading), f"(screen, wire): {took}, bare readings: {reading}"


def is_soon(took, reading):
    """Tell whether the server was in time once, and the page."""
    server_seconds = min(wire for _, wire in took)
    page_seconds = min(screen - max(wire, SERVER_SECONDS) for screen, wire in took)
    return server_seconds <= max(SERVER_SECONDS, READINGS_PER_TICK * max(reading)) and page_seconds <= PAGE_SECONDS


def test_the_worst_1_500_nodes_are_drawn_first_and_the_rest_on_demand(opened):
    page = opened()
    edges = r"^The worst 1.500 of 2.000 nodes, [1-9].\d{3} of 10.000 edges"
    expect(page.get_by_text(re.compile(edges))).to_be_visible()
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("application", name=re.compile("^Graph with 2.000 nodes and 10.000 edges"))).to_be_visible()
    expect(page).to_have_url(re.compile("most=5000"))
    page.get_by_role("button", name="Show fewer").click()
    expect(page.get_by_role("application", name=re.compile("^Graph with 1.500 nodes"))).to_be_visible()
    expect(page).not_to_have_url(re.compile("most="))


def test_what_is_written_while_a_large_state_is_fetched_is_shown_without_asking_again(opened, shop):
    held, frames, said = [], [], []

    def hold(route):
        held.append((route, route.fetch()))

    def listen(page):
        page.route("**/api/performance/live/state?*", hold)
        page.on("websocket", heed)

    def heed(socket):
        socket.on("framereceived", lambda text: frames.append(json.loads(text)))
        socket.on("framesent", lambda text: said.append(json.loads(text)["type"]))

    page = opened(before=listen)
    for number in range(1, 4):
        shop.live_graph.run(SLOW, value=3_000.0 + number, now=time.time())
        until(lambda number=number: held and len(deltas(frames)) >= number, page)
    ((route, answer),) = held
    assert answer.json()["seq"] < deltas(frames)[-1]["seq_to"]
    route.fulfill(response=answer)
    expect(page.get_by_label("What is to be known")).to_contain_text("3\u202f003")
    assert said == ["subscribe"]
    assert len(held) == 1


def deltas(frames):
    """Give the deltas among what was heard."""
    return [each for each in frames if each["type"] == "delta"]


def bare_reading(shop):
    """Give the seconds that it takes to read the edges, with nothing done to them."""
    begun = time.monotonic()
    assert len(shop.live_graph.run(BARE)) == EDGES
    return time.monotonic() - begun
