"""Export of 100,000 relationships from columns, against the fastest writer that has its objects ready.

JSON against ``orjson.dumps`` of the finished dicts, CSV against ``csv.writer`` with finished rows, Cypher against our
own CSV. Scalar properties are the goal; mixed ones, 10,000 nodes, times of their own for every edge and the cost of the
formula guard are reported beside it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from bench.graphs import performance_graph
from bench.measuring import Figure, compare_figures
from snapgraph.engine.formats.csv import write_relationships_csv
from snapgraph.engine.formats.cypher import write_cypher
from snapgraph.engine.formats.documents import write_json
from snapgraph.engine.formats.formulas import guarded
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import DEFAULT_THRESHOLDS
from snapgraph.model.snapshots import CaptureMetadata, PerformanceSummary, Quality, Snapshot, SnapshotCounts
from snapgraph.model.vocabulary import RetentionClass, TriggerType

EDGES = 100_000
RUNS = 7

CASES = {
    "scalar, 1,000 nodes": {"nodes": 1_000},
    "scalar, 10,000 nodes": {"nodes": 10_000},
    "scalar, 1,000 nodes, own times": {"nodes": 1_000, "distinct_times": True},
    "mixed, 1,000 nodes": {"nodes": 1_000, "mixed": True},
}
GOAL_CASE = "scalar, 1,000 nodes"


def run() -> list[dict[str, object]]:
    """Measure all cases; only the first has goals."""
    rows: list[dict[str, object]] = []
    for case, options in CASES.items():
        graph = performance_graph(edges=EDGES, **options)
        rows += [figure.as_dict() for figure in figures(case, graph)]
    rows.append(guard_figure().as_dict())
    return rows


def figures(case: str, graph: GraphColumns) -> list[Figure]:
    """Measure one graph in every format."""
    snapshot = header(graph)
    document = orjson.loads(b"".join(write_json(snapshot, graph)))
    rows = ready_rows(graph)
    samples = compare_figures(
        {
            "json": lambda: drain(write_json(snapshot, graph)),
            "orjson": lambda: orjson.dumps(document),
            "csv": lambda: drain(write_relationships_csv(graph)),
            "csv.writer": lambda: write_rows(rows),
            "cypher": lambda: drain(write_cypher(snapshot, graph)),
        },
        runs=RUNS,
    )
    best = {name: min(each) for name, each in samples.items()}
    has_goal = case == GOAL_CASE
    pairs: Iterable[tuple[str, str, float, str]] = (
        ("json", "orjson", 3.0, "orjson.dumps of ready dicts"),
        ("csv", "csv.writer", 1 / 8, "csv.writer with ready rows"),
        ("cypher", "csv", 2.0, "our CSV"),
    )
    return [
        Figure.of(f"export.{name} ({case})", samples[name], best[peer], goal=goal if has_goal else None, note=note)
        for name, peer, goal, note in pairs
    ]


def guard_figure() -> Figure:
    """Measure what the formula guard costs: looking at 10,000 names, against the whole CSV of which it is a part."""
    graph = performance_graph(10_000, EDGES)
    names = graph.nodes.keys.tolist()
    samples = compare_figures(
        {"guard": lambda: [guarded(name) for name in names], "csv": lambda: drain(write_relationships_csv(graph))},
        runs=RUNS,
    )
    return Figure.of(
        "export.formula guard (10,000 nodes)", samples["guard"], min(samples["csv"]), goal=None, note="the whole CSV"
    )


def drain(blocks: Iterable[bytes]) -> int:
    """Take all blocks, keeping none, as a file would."""
    return sum(map(len, blocks))


def write_rows(rows: list[list[Any]]) -> bytes:
    """Write rows as people do."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(rows)
    return text.getvalue().encode()


def ready_rows(graph: GraphColumns) -> list[list[Any]]:
    """Make the rows of the CSV as Python objects, numbers as floats."""
    written = b"".join(write_relationships_csv(graph)).decode()
    rows = list(csv.reader(io.StringIO(written, newline="")))
    return [rows[0], *([*row[:4], float(row[4]), *row[5:]] for row in rows[1:])]


def header(graph: GraphColumns) -> Snapshot:
    """Make a header for a graph."""
    return Snapshot(
        id="snap_20250106_142305_bench",
        graph="default",
        version=1,
        previous_id=None,
        captured_at=datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC),
        trigger=TriggerType.MANUAL,
        trigger_reason="bench",
        severity=None,
        retention_class=RetentionClass.MANUAL,
        description="bench",
        note="",
        tags=(),
        pinned=False,
        counts=SnapshotCounts(nodes=len(graph.nodes), edges=len(graph.edges)),
        summary=PerformanceSummary(),
        metadata=CaptureMetadata(timestamp_forms={"unix_seconds": len(graph.edges)}),
        quality=Quality(),
        thresholds=DEFAULT_THRESHOLDS,
        content_hash="",
        stable_hash="",
    )
