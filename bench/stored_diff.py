"""How long it takes to learn what differs between two stored snapshots, against a full join in SQL, and networkx."""

from __future__ import annotations

from dataclasses import dataclass

from bench.json_files import changed_in_files, json_gz
from bench.measuring import Figure, compare_figures, seconds
from bench.row_table import RowTable
from bench.stored_graphs import VOLATILE, durable_database, first_graph, keep, next_graph, opened
from snapgraph.adapters.store import Store, payloads
from snapgraph.model.snapshots import Snapshot

__all__ = ["run"]

NETWORKX_GOAL = 1 / 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is changed in a graph of which size, and what is to be reached."""

    name: str
    edges: int
    share: float
    clustered: bool = False
    goal: float
    runs: int
    networkx: bool = False


CASES = (
    Case(name="100k_10%_random", edges=100_000, share=0.1, goal=1 / 7, runs=15),
    Case(name="100k_1%_clustered", edges=100_000, share=0.01, clustered=True, goal=1 / 50, runs=15),
    Case(name="1M_10%_random", edges=1_000_000, share=0.1, goal=1 / 20, runs=5, networkx=True),
    Case(name="1M_1%_clustered", edges=1_000_000, share=0.01, clustered=True, goal=1 / 300, runs=5),
)


def run() -> list[dict[str, object]]:
    """Measure at 100,000 and 1,000,000 relationships: 10 % changed at random, and 1 % in one run of neighbours."""
    figures: list[Figure] = []
    for case in CASES:
        with durable_database() as url, opened(url) as store:
            rows = RowTable(url)
            figures += _measure(store, rows, case)
            rows.close()
    return [figure.as_dict() for figure in figures]


def _measure(store: Store, rows: RowTable, case: Case) -> list[Figure]:
    before = first_graph(case.edges, case.edges // 10)
    after = next_graph(before, case.share, seed=1, clustered=case.clustered)
    numbers = [rows.write(graph) for graph in (before, after)]
    stored = [keep(store, graph, number) for number, graph in enumerate((before, after))]
    rows.analyze()
    changed = len(rows.join(*numbers))
    assert changed == len(_differing(store, stored).after.edges) == round(case.edges * case.share)
    samples = compare_figures(
        {"join": lambda: rows.join(*numbers), "differing": lambda: _differing(store, stored)}, runs=case.runs
    )
    figures = [
        Figure.of(
            f"stored_diff.{case.name}_to_full_join",
            samples["differing"],
            min(samples["join"]),
            goal=case.goal,
            note=f"SQL FULL JOIN of two snapshots as rows, {changed} changed rows fetched",
        )
    ]
    if case.networkx:
        files = [json_gz(graph) for graph in (before, after)]
        peer = seconds(lambda: changed_in_files(files[0], files[1]))
        name, note = f"stored_diff.{case.name}_to_networkx", "two JSON.gz files read into networkx and compared, once"
        figures.append(Figure.of(name, samples["differing"], peer, goal=NETWORKX_GOAL, note=note))
    return figures


def _differing(store: Store, stored: list[Snapshot]) -> payloads.Differing:
    with store.read() as tx:
        return payloads.read_differing(tx, stored[0], stored[1], volatile=VOLATILE)
