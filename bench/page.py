"""The page in chromium, drawing in software: first paint and size, and its canvas at 2,000/10,000 and 10,000/100,000.

The canvas is measured on a page of its own (``frontend/bench``), from the columns of the wire to the picture; the first
paint on a real server with a stored graph of the demo's size.
"""

from __future__ import annotations

import functools
import gzip
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.measuring import Figure
from bench.rest_diff import serving_store
from bench.stored_graphs import first_graph, keep, migrated_database, opened
from tests.fixtures.servers import SessionServers

__all__ = ["run"]

ROOT = Path(__file__).parent.parent
FRONTEND = ROOT / "frontend"
SIZES = ((2_000, 10_000), (10_000, 100_000))
DEMO = (7, 28)
RUNS = {10_000: 3, 100_000: 1}
"""By edges: a processor takes a quarter of a minute to draw all lines of the large one."""
PAINTS = 3
PAN_SECONDS = 4
FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking")

FIRST_FRAME_MS = 2_000
LONGEST_TASK_MS = 200
FIRST_PAINT_MS = 1_000
FIRST_VIEW_BYTES = 200_000

FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(list => {
  const paint = list.getEntriesByName('first-contentful-paint')[0]
  if (paint !== undefined) done(paint.startTime)
}).observe({type: 'paint', buffered: true}))"""


def run() -> list[dict[str, object]]:
    """Measure the canvas at both sizes, then the real page."""
    with _chromium() as browser:
        rows = [row for size in SIZES for row in _canvas(browser, *size)]
        rows += _first_view(browser)
    return [row.as_dict() for row in rows]


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@functools.cache
def _built() -> str:
    """Build the canvas' page once; it is small."""
    folder = tempfile.mkdtemp(prefix="snapgraph-bench-page-")
    build = [FRONTEND / "node_modules/.bin/vite", "build", "--config", "bench/vite.config.ts", "--outDir", folder]
    subprocess.run([*map(str, build), "--logLevel", "warn"], cwd=FRONTEND, check=True)
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is http.server's)
        """Say nothing."""


@contextmanager
def _served(folder: str) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _canvas(browser: Browser, nodes: int, edges: int) -> list[Figure]:
    opening, panning, recolouring = [], [], []
    with _served(_built()) as address:
        for _ in range(RUNS[edges]):
            page = _opened(browser, address)
            opening.append(page.evaluate(f"bench.open({nodes}, {edges})"))
            panning.append(page.evaluate(f"bench.pan({PAN_SECONDS})"))
            recolouring.append(page.evaluate("bench.recolour()"))
            page.context.close()
    name = f"page.{nodes}/{edges}"
    drawn = min(each["linesWhileMoving"] for each in panning)
    return [
        _against(f"{name}.first_frame", [each["firstFrame"] for each in opening], FIRST_FRAME_MS, "2 s after the data"),
        _against(f"{name}.complete", [each["complete"] for each in opening], None, "every line on the screen"),
        _against(
            f"{name}.longest_task_panning",
            [each["longestTaskMs"] for each in panning],
            LONGEST_TASK_MS,
            f"200 ms; at least {drawn} straight lines and the curves are drawn meanwhile",
        ),
        _against(
            f"{name}.frame_panning",
            [each["seconds"] * 1_000 / each["frames"] for each in panning],
            None,
            f"{max(each['frames'] / each['seconds'] for each in panning):.1f} frames per second",
        ),
        _against(f"{name}.redraw_at_rest", [each["restMs"] for each in panning], None, "until the last line"),
        _against(f"{name}.recolour", recolouring, None, "another metric and theme"),
    ]


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1_200, "height": 800}).new_page()
    page.goto(address)
    page.wait_for_function("window.bench !== undefined")
    return page


def _against(name: str, samples: list[float], goal_ms: float | None, note: str) -> Figure:
    """Make a row: against a goal in ms, or only a report."""
    reference = 1.0 if goal_ms is None else float(goal_ms)
    goal = None if goal_ms is None else 1.0
    return Figure.of(name, samples, reference, goal=goal, unit="ms", note=note)


def _first_view(browser: Browser) -> list[Figure]:
    with SessionServers() as servers, migrated_database(servers) as url:
        with opened(url) as store:
            keep(store, first_graph(DEMO[1], DEMO[0]))
        with serving_store(url) as address:
            paints = [_first_paint(browser, f"{address}/?b=latest") for _ in range(PAINTS)]
    return [
        _against("page.first_paint", paints, FIRST_PAINT_MS, "1 s, a stored graph of the demo's size, nothing cached"),
        Figure.of(
            "page.first_view_bytes",
            [float(first_view_bytes())],
            float(FIRST_VIEW_BYTES),
            goal=1.0,
            unit="B",
            note="200 kB packed",
        ),
    ]


def _first_paint(browser: Browser, address: str) -> float:
    page = browser.new_context(viewport={"width": 1_400, "height": 900}).new_page()
    page.goto(address)
    paint: float = page.evaluate(FIRST_PAINT)
    page.context.close()
    return paint


def first_view_bytes() -> int:
    """Size of what the page loads for its first view, packed as it is served: the trends come when they are opened."""
    built = ROOT / "snapgraph" / "web" / "page"
    index = (built / "index.html").read_text("utf-8")
    assets = (built / "assets").iterdir()
    files = [built / "index.html", *(each for each in assets if each.name in index or ".worker-" in each.name)]
    return sum(len(gzip.compress(each.read_bytes(), 6)) for each in files)
