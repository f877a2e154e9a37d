"""The pictures of the how-to pages: `make pictures` takes them anew and puts them into docs/pictures."""

import random
import time

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import ARTEFACTS, rested
from tests.fixtures.serving import serving
from tests.fixtures.shop import Shop

BYTES_MOST = 200_000
TABLES = [
    "users",
    "sessions",
    "products",
    "inventory",
    "orders",
    "order_items",
    "payments",
    "shipments",
    "reviews",
    "carts",
]
TRAFFIC = {
    ("users", "sessions"): (3.2, 410.0),
    ("users", "orders"): (8.4, 120.0),
    ("users", "carts"): (5.1, 96.0),
    ("carts", "products"): (11.0, 88.0),
    ("orders", "order_items"): (46.0, 90.0),
    ("order_items", "products"): (12.3, 85.0),
    ("products", "inventory"): (21.5, 64.0),
    ("orders", "payments"): (18.0, 31.0),
    ("orders", "shipments"): (9.7, 22.0),
    ("products", "reviews"): (14.9, 40.0),
}
WRITE = """
UNWIND $rows AS row
MERGE (a:Table {name: row.source}) MERGE (b:Table {name: row.target})
SET a.hotspot_score = row.hot, b.hotspot_score = coalesce(b.hotspot_score, 10.0)
MERGE (a)-[l:AVG_LATENCY_MS]->(b)
SET l.value = row.ms, l.calls = 900, l.timestamp = $now, l.trend = row.trend, l.severity = row.severity
MERGE (a)-[q:QUERIES_PER_SEC]->(b) SET q.value = row.qps, q.calls = 900, q.timestamp = $now
"""
VIEWS = {
    "live": "",
    "snapshot": "?b=v12",
    "compare": "?a=v12&b=v13",
    "table": "?a=v12&b=v13&tab=table",
    "snapshots": "?tab=snapshots",
}


def write(live_graph, seed, *, incident=False):
    """Write one tick of the traffic, a little different each time; with the incident one edge is slow."""
    noise = random.Random(seed)
    rows = []
    for (source, target), (ms, qps) in TRAFFIC.items():
        is_hit = incident and (source, target) == ("orders", "order_items")
        rows.append(
            {
                "source": source,
                "target": target,
                "ms": round(ms * noise.uniform(0.94, 1.06) * (26 if is_hit else 1), 1),
                "qps": round(qps * noise.uniform(0.95, 1.05) * (0.7 if incident else 1), 1),
                "hot": 30.0 + qps / 8 + 45.0 * is_hit,
                "trend": "increasing" if is_hit else "stable",
                "severity": "critical" if is_hit else "low",
            }
        )
    live_graph.run(WRITE, rows=rows, now=time.time())


@pytest.fixture(scope="module")
def shop(store_url, bolt):
    """Serve a shop with twelve calm snapshots, a deploy among them, and one of an incident."""
    bolt.run("MATCH (n) DETACH DELETE n")
    with serving(store_url, bolt) as server:
        shop = Shop(server=server, store_url=store_url, live_graph=bolt)
        for seed in range(12):
            write(bolt, seed)
            wish = {"description": "before deploy 4.2", "tags": ["release-4.2"]} if seed == 11 else {}
            shop.capture(**wish)
        write(bolt, 12, incident=True)
        incident = shop.capture(description="checkout is slow", note="orders wait for order_items since the deploy")
        shop.make(incident, trigger="incident", severity="critical")
        yield shop


@pytest.mark.parametrize("name", VIEWS)
def test_a_picture_of_each_view_is_small_enough_for_a_page(opened, picture, name):
    page = opened(VIEWS[name], width=1240, height=800)
    expect(page.get_by_label("Time", exact=True)).to_contain_text("13 snapshots")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
        if name in {"live", "snapshot", "compare"}:
            expect(page.get_by_role("application")).to_be_visible()
        if name != "snapshots":
            expect(page.get_by_label("What is to be known")).to_contain_text("order_items")
        rested(page)
        picture(page, f"howto-{name}-{theme}")
        assert (ARTEFACTS / f"howto-{name}-{theme}.png").stat().st_size < BYTES_MOST
