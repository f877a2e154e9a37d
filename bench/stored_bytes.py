"""How many bytes twenty snapshots of 100,000 relationships take, against a table of rows and files of JSON.gz."""

from __future__ import annotations

from dataclasses import dataclass

from bench.json_files import json_gz
from bench.measuring import Figure
from bench.row_table import RowTable
from bench.stored_graphs import EDGES, durable_database, first_graph, full_entropy, keep, next_graph, opened
from snapgraph.adapters.store import Store, partitions

__all__ = ["run"]

SNAPSHOTS = 20
EMPTY_BYTES = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How much changes from one snapshot to the next, in which values, and what is to be reached."""

    name: str
    share: float
    is_full: bool = False
    rows_goal: float
    json_goal: float | None = None


CASES = (
    Case(name="10%_changed", share=0.1, rows_goal=1 / 60, json_goal=1 / 5),
    Case(name="100%_changed", share=1.0, rows_goal=1 / 20, json_goal=1 / 2.5),
    Case(name="10%_changed_full_entropy", share=0.1, is_full=True, rows_goal=1 / 45),
    Case(name="100%_changed_full_entropy", share=1.0, is_full=True, rows_goal=1 / 12),
)


def run() -> list[dict[str, object]]:
    """Measure 3-decimal values and full-entropy doubles, with millisecond timestamps, 10 % and 100 % changed."""
    return [figure.as_dict() for case in CASES for figure in _measure(case)]


def _measure(case: Case) -> list[Figure]:
    with durable_database() as url, opened(url) as store:
        rows = RowTable(url)
        files = 0
        graph = full_entropy(first_graph(), None) if case.is_full else first_graph()
        for number in range(SNAPSHOTS):
            rows.write(graph)
            keep(store, graph, number)
            files += len(json_gz(graph))
            before, graph = graph, next_graph(graph, case.share, number)
            graph = full_entropy(graph, before) if case.is_full else graph
        stored, name = [float(_bytes(store))], f"stored_bytes.{case.name}"
        each = f"{stored[0] / SNAPSHOTS / EDGES:.2f} B per relationship, nodes included"
        note = f"rows without an index; {each}"
        figures = [
            Figure.of(f"{name}_to_rows", stored, float(rows.bytes()), goal=case.rows_goal, unit="B", note=note),
            Figure.of(f"{name}_to_json_gz", stored, float(files), goal=case.json_goal, unit="B", note="gzip level 6"),
        ]
        rows.close()
        return figures


def _bytes(store: Store) -> int:
    """Sum up chunks and manifests; the empty partitions ahead, some 30 kB each, are left out."""
    with store.read() as tx:
        return sum(each.bytes for each in partitions.status(tx) if each.bytes > EMPTY_BYTES)
