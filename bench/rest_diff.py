"""REST over a real server process: a diff of 10,000 nodes and 30,000 relationships, a list, a header."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import orjson

from bench.measuring import Figure, percentile_95
from bench.stored_graphs import first_graph, keep, migrated_database, next_graph, opened
from tests.fixtures.servers import SessionServers

__all__ = ["run", "serving_store"]

NODES, EDGES = 10_000, 30_000
SNAPSHOTS = 22
"""So that the noise of every relationship is known over the 20 before."""
CHANGED = 0.1
RUNS = 60
GOAL_SECONDS = 0.150
PATH = "/api/performance/snapshots"


def run() -> list[dict[str, object]]:
    """Measure over gunicorn on this machine; the client reads the whole body, packed as a browser asks for it."""
    with SessionServers() as servers, migrated_database(servers) as url:
        _fill(url)
        with serving_store(url) as address, httpx.Client(base_url=address, timeout=30) as client:
            compare = f"{PATH}/compare?baseline=latest~1&target=latest&limit=50000"
            return [
                *_diff(client, compare),
                _report(client, "rest.list_of_20", f"{PATH}?limit=20"),
                _report(client, "rest.header", f"{PATH}/latest?graph_state=false"),
            ]


def _fill(url: str) -> None:
    with opened(url) as store:
        graph = first_graph(EDGES, NODES)
        for number in range(SNAPSHOTS):
            keep(store, graph, number)
            graph = next_graph(graph, CHANGED, seed=number)


@contextmanager
def serving_store(url: str) -> Iterator[str]:
    """Serve a store without a live graph, as a process of its own; gives its address."""
    environment = os.environ | {"DATABASE_URL": url, "NEO4J_URI": "bolt://127.0.0.1:9", "SNAPGRAPH_LOG__LEVEL": "error"}
    command = [sys.executable, "-m", "snapgraph", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if found := re.search(r"Listening on (http://\S+?),", line):
                yield found[1]
                break
        server.terminate()


def _diff(client: httpx.Client, address: str) -> list[dict[str, object]]:
    samples = _seconds(client, address)
    document = orjson.loads(client.get(address).content)
    assert document["complete"] is True
    assert len(document["changes"]) == round(EDGES * CHANGED)
    dumps = min(_timed(lambda: orjson.dumps(document)) for _ in range(RUNS))
    p95 = percentile_95(samples)
    note = f"{len(document['changes'])} changes, p50 {statistics.median(samples) * 1000:.0f} ms"
    return [
        Figure.of("rest.diff_p95", [p95], GOAL_SECONDS, goal=1.0, note=f"150 ms; {note}").as_dict(),
        Figure.of("rest.diff_p95_to_dumps", [p95], dumps, goal=None, note="orjson.dumps of the same body").as_dict(),
    ]


def _report(client: httpx.Client, name: str, address: str) -> dict[str, object]:
    samples = _seconds(client, address)
    p95, p50 = percentile_95(samples), statistics.median(samples)
    return Figure.of(f"{name}_p95", [p95], p50, goal=None, note="the median of the same requests").as_dict()


def _seconds(client: httpx.Client, address: str) -> list[float]:
    for _ in range(3):
        assert client.get(address).status_code == 200
    return [_timed(lambda: client.get(address)) for _ in range(RUNS)]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
