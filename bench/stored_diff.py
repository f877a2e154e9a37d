"""How long it takes to learn what differs between two stored snapshots, against a full join in SQL."""

from __future__ import annotations

from bench.measuring import Figure, compare_figures
from bench.row_table import RowTable
from bench.stored_graphs import EDGES, VOLATILE, durable_database, first_graph, keep, next_graph, opened
from snapgraph.adapters.store import Store, payloads
from snapgraph.model.snapshots import Snapshot

__all__ = ["run"]

RUNS = 9
CASES = (("10%_random", 0.1, False, 1 / 7), ("1%_clustered", 0.01, True, 1 / 50))


def run() -> list[dict[str, object]]:
    """Measure at 100,000 relationships: 10 % changed at random, and 1 % in one run of neighbours."""
    with durable_database() as url, opened(url) as store:
        rows = RowTable(url)
        figures = [_measure(store, rows, *case).as_dict() for case in CASES]
        rows.close()
        return figures


def _measure(store: Store, rows: RowTable, name: str, share: float, clustered: bool, goal: float) -> Figure:  # noqa: FBT001 - a row of CASES
    before = first_graph()
    after = next_graph(before, share, seed=1, clustered=clustered)
    numbers = [rows.write(graph) for graph in (before, after)]
    stored = [keep(store, graph, number) for number, graph in enumerate((before, after))]
    rows.analyze()
    changed = len(rows.join(*numbers))
    assert changed == len(_differing(store, stored).after.edges) == round(EDGES * share)
    samples = compare_figures(
        {"join": lambda: rows.join(*numbers), "differing": lambda: _differing(store, stored)}, runs=RUNS
    )
    return Figure.of(
        f"stored_diff.{name}_to_full_join",
        samples["differing"],
        min(samples["join"]),
        goal=goal,
        note=f"SQL FULL JOIN of two snapshots as rows, {changed} changed rows fetched",
    )


def _differing(store: Store, stored: list[Snapshot]) -> payloads.Differing:
    with store.read() as tx:
        return payloads.read_differing(tx, stored[0], stored[1], volatile=VOLATILE)
