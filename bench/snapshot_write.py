"""How long a snapshot of 100,000 relationships takes to be stored and committed, against rows by COPY BINARY."""

from __future__ import annotations

from itertools import count

from bench.measuring import Figure, compare_figures
from bench.row_table import RowTable
from bench.stored_graphs import durable_database, first_graph, keep, next_graph, opened

__all__ = ["run"]

GOAL = 0.12
RUNS = 9


def run() -> list[dict[str, object]]:
    """Measure the write with 10 % of the values and timestamps changed at random."""
    graph = first_graph()
    ticks = [graph := next_graph(graph, 0.1, seed) for seed in range(RUNS + 2)]
    with durable_database() as url, opened(url) as store:
        rows = RowTable(url)
        number, other = count(), count()
        samples = compare_figures(
            {
                "rows": lambda: rows.write(ticks[next(other)]),
                "snapshot": lambda: keep(store, ticks[place := next(number)], place),  # each a second after the last
            },
            runs=RUNS,
        )
        rows.close()
    figure = Figure.of(
        "snapshot_write.100k_to_copy_binary",
        samples["snapshot"],
        min(samples["rows"]),
        goal=GOAL,
        note="numpy-built COPY BINARY of the same relationships as rows, committed",
    )
    return [figure.as_dict()]
