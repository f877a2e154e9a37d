"""Series and the strip of time over REST, across 1,000 and 5,000 snapshots, against plain SQL for the same bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
import psycopg

from bench.graphs import performance_graph
from bench.measuring import Figure, percentile_95
from bench.rest_diff import serving_store
from bench.stored_graphs import VOLATILE, migrated_database, opened
from snapgraph.adapters.store import Store, partitions, snapshots
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.partitions import partition_range
from snapgraph.model.snapshots import SnapshotDraft
from snapgraph.model.vocabulary import ColumnKind, RetentionClass, TriggerType
from tests.fixtures.servers import SessionServers

__all__ = ["run"]

CALLS = 20
GOAL_SECONDS = 0.300
"""The 95th percentile at 1,000 snapshots: what people do not wait for."""
EVERY = timedelta(minutes=1)
SERIES = "/api/performance/series"
TIMELINE = "/api/performance/snapshots/timeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A graph of which size, and after how many snapshots it is looked at."""

    name: str
    nodes: int
    edges: int
    counts: tuple[int, ...]


CASES = (
    Case(name="60", nodes=20, edges=60, counts=(1_000, 5_000)),
    Case(name="2000", nodes=200, edges=2_000, counts=(1_000,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked over REST, and the plain SQL that reads as many bytes of the store."""

    name: str
    address: str
    floor: str


def run() -> list[dict[str, object]]:
    """Measure the series of an edge, of eight, of a node and of the summary, and the timeline; a snapshot a minute."""
    figures: list[Figure] = []
    with SessionServers() as servers:
        for case in CASES:
            with migrated_database(servers) as url:
                figures += _measure(url, case)
    return [figure.as_dict() for figure in figures]


def _measure(url: str, case: Case) -> Iterator[Figure]:
    graph = performance_graph(case.nodes, case.edges)
    done = 0
    for count in case.counts:
        with opened(url) as store:
            _insert(store, graph, range(done, count))
        done = count
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            for asked in _asked(graph, count):
                with _served(url) as client:
                    yield from _figures(client, connection, asked, name=f"series.{count}x{case.name}.{asked.name}")


def _insert(store: Store, graph: GraphColumns, numbers: range) -> None:
    """Store snapshots a minute apart, the last of them now; each has values and times of its own."""
    begun = datetime.now(UTC).replace(microsecond=0) - EVERY * 5_000
    for number in numbers:
        at = begun + EVERY * number
        partitions.ensure(store, partition_range(RetentionClass.SCHEDULED, at))
        draft = SnapshotDraft(
            captured_at=at,
            trigger=TriggerType.SCHEDULED,
            trigger_reason="every minute",
            slug="bench",
            retention_class=RetentionClass.SCHEDULED,
            volatile=VOLATILE,
        )
        with store.begin() as tx:
            snapshots.insert(tx, draft, _moved(graph, number))


def _moved(graph: GraphColumns, number: int) -> GraphColumns:
    random = np.random.default_rng(number)
    edges, nodes = graph.edges, graph.nodes
    value = Column(kind=ColumnKind.FLOAT, values=np.round(random.lognormal(3, 2, len(edges)), 3))
    score = Column(kind=ColumnKind.FLOAT, values=np.round(random.uniform(0, 100, len(nodes)), 3))
    return replace(
        graph,
        edges=replace(edges, columns={**edges.columns, "value": value}),
        nodes=replace(nodes, columns={**nodes.columns, "hotspot_score": score}),
    )


def _asked(graph: GraphColumns, count: int) -> Iterator[Asked]:
    keys = [str(key) for key in graph.nodes.keys]
    ends = zip(graph.edges.sources, graph.edges.type_codes, graph.edges.targets, strict=True)
    edges = [f"{keys[source]}|{graph.edges.types[code]}|{keys[target]}" for source, code, target in ends][:8]
    values, scores = _chunks_of("edge", ".value"), _chunks_of("node", ".hotspot_score")
    headers = (
        "SELECT id, version, captured_at, trigger, (summary ->> 'total_qps')::float8 FROM snapshot "
        "WHERE deleted_at IS NULL ORDER BY captured_at DESC, id DESC LIMIT 5000"
    )
    one = httpx.QueryParams({"limit": count, "edge": edges[0]})
    yield Asked(name="edge", address=f"{SERIES}?{one}", floor=values)
    yield Asked(name="8_edges", address=f"{SERIES}?{httpx.QueryParams({'limit': count, 'edge': edges})}", floor=values)
    yield Asked(name="node", address=f"{SERIES}?{httpx.QueryParams({'limit': count, 'node': keys[0]})}", floor=scores)
    yield Asked(name="summary", address=f"{SERIES}?limit={count}&summary=total_qps&summary=edges", floor=headers)
    yield Asked(name="timeline", address=TIMELINE, floor=headers)


def _chunks_of(kind: str, name: str) -> str:
    """Read the one chunk that the column of each snapshot has; chunks bear the lower bound of their partition."""
    return (
        "SELECT manifest.captured_at, chunk.body FROM manifest "
        "JOIN chunk ON chunk.class_no = manifest.class_no AND chunk.hash = manifest.hashes "
        f"WHERE manifest.element_kind = '{kind}' AND manifest.name = '{name}' ORDER BY manifest.captured_at"
    )


@contextmanager
def _served(url: str) -> Iterator[httpx.Client]:
    """Serve by a process that remembers nothing yet."""
    with serving_store(url) as address, httpx.Client(base_url=address, timeout=60) as client:
        client.get("/healthz").raise_for_status()
        yield client


def _figures(client: httpx.Client, connection: psycopg.Connection, asked: Asked, *, name: str) -> Iterator[Figure]:
    def ask() -> None:
        client.get(asked.address).raise_for_status()

    first = _timed(ask)
    samples, floors = [], []
    for _ in range(CALLS):
        samples.append(_timed(ask))
        floors.append(_timed(lambda: connection.execute(asked.floor).fetchall()))
    p95, p50 = percentile_95(samples), statistics.median(samples)
    goal = 1.0 if name.startswith("series.1000x") else None
    note = f"300 ms; p50 {p50 * 1e3:.0f} ms, the first call {first * 1e3:.0f} ms"
    yield Figure.of(f"{name}.p95", [p95], GOAL_SECONDS, goal=goal, note=note)
    yield Figure.of(f"{name}.first_call", [first], GOAL_SECONDS, goal=None, note="300 ms; nothing is remembered yet")
    yield Figure.of(f"{name}.p50_to_sql", [p50], statistics.median(floors), goal=None, note="plain SQL, same bytes")


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
