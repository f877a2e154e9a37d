"""How many bytes twenty snapshots of 100,000 relationships take, against a table of rows."""

from __future__ import annotations

from bench.measuring import Figure
from bench.row_table import RowTable
from bench.stored_graphs import EDGES, durable_database, first_graph, keep, next_graph, opened
from snapgraph.adapters.store import Store, partitions

__all__ = ["run"]

SNAPSHOTS = 20
EMPTY_BYTES = 40_000
GOALS = {0.1: 1 / 20, 1.0: 1 / 20}


def run() -> list[dict[str, object]]:
    """Measure at 10 % and at 100 % of 3-decimal values and millisecond timestamps changed from one to the next."""
    return [_measure(share, goal) for share, goal in GOALS.items()]


def _measure(share: float, goal: float) -> dict[str, object]:
    with durable_database() as url, opened(url) as store:
        rows = RowTable(url)
        graph = first_graph()
        for number in range(SNAPSHOTS):
            rows.write(graph)
            keep(store, graph, number)
            graph = next_graph(graph, share, number)
        stored = _bytes(store)
        figure = Figure.of(
            f"stored_bytes.{share:.0%}_changed_to_rows",
            [float(stored)],
            float(rows.bytes()),
            goal=goal,
            unit="B",
            note=f"rows without an index; {stored / SNAPSHOTS / EDGES:.2f} B per relationship, nodes included",
        )
        rows.close()
        return figure.as_dict()


def _bytes(store: Store) -> int:
    """Sum up chunks and manifests; the empty partitions ahead, some 30 kB each, are left out."""
    with store.read() as tx:
        return sum(each.bytes for each in partitions.status(tx) if each.bytes > EMPTY_BYTES)
