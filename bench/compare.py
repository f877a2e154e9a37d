"""A whole comparison of two stored snapshots: sides, diff, noise over 20 snapshots, structure, page, sentence."""

from __future__ import annotations

import logging

import structlog

from bench.graphs import change_values, performance_graph
from bench.measuring import Figure, compare_figures, percentile_95
from bench.stored_graphs import migrated_database, opened
from snapgraph.adapters.store import Store, clock, payloads, snapshots
from snapgraph.engine.diff import compare_columns
from snapgraph.engine.summary import summarise
from snapgraph.model.changes import Comparison
from snapgraph.model.columns import GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS
from snapgraph.model.snapshots import Snapshot, SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass, TriggerType
from snapgraph.usecases.compare import CompareRequest, compare
from tests.fixtures.servers import SessionServers

__all__ = ["run"]

RUNS = 21
WINDOW = 21
CASES = (("10k_nodes_30k_edges", 10_000, 30_000, 0.080), ("10k_nodes_100k_edges", 10_000, 100_000, 1.0))
"""Name, nodes, edges, seconds that a comparison may take (a REST call of the first: p95 150 ms, JSON included)."""


def run() -> list[dict[str, object]]:
    """Measure a page of 1,000 changes when 10 % of the values change from snapshot to snapshot."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures: list[dict[str, object]] = []
    for name, nodes, edges, goal in CASES:
        with SessionServers() as servers, migrated_database(servers) as url, opened(url) as store:
            figures += _measure(store, name, nodes, edges, goal)
    return figures


def _measure(store: Store, name: str, nodes: int, edges: int, goal: float) -> list[dict[str, object]]:
    graph = performance_graph(nodes, edges)
    sides = [_keep(store, change_values(graph, 0.05, seed=seed)) for seed in range(WINDOW)][-2:]
    found = _compare(store, sides)
    samples = compare_figures(
        {"compare": lambda: _compare(store, sides), "whole": lambda: _whole(store, sides)}, runs=RUNS
    )
    note = f"{found.totals.total} changes of {edges} edges, page of {len(found.changes)}, history of 20 snapshots"
    return [
        Figure.of(f"compare.{name}_p95", [percentile_95(samples["compare"])], goal, goal=1.0, note=note).as_dict(),
        Figure.of(
            f"compare.{name}_to_bare_diff",
            samples["compare"],
            min(samples["whole"]),
            goal=None,
            note="both graphs read whole and compared, without noise, structure, page and sentence",
        ).as_dict(),
    ]


def _keep(store: Store, graph: GraphColumns) -> Snapshot:
    with store.begin() as tx:
        draft = SnapshotDraft(
            captured_at=clock.now(tx),
            trigger=TriggerType.MANUAL,
            trigger_reason="manual",
            slug="bench",
            retention_class=RetentionClass.MANUAL,
            summary=summarise(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS),
            thresholds=DEFAULT_THRESHOLDS,
            volatile=LiveGraph().volatile,
        )
        return snapshots.insert(tx, draft, graph)


def _compare(store: Store, sides: list[Snapshot]) -> Comparison:
    request = CompareRequest(before=sides[0].id, after=sides[1].id, limit=1_000)
    return compare(request, store=store)


def _whole(store: Store, sides: list[Snapshot]) -> object:
    with store.read() as tx:
        return compare_columns(*(payloads.read_graph(tx, side) for side in sides))
