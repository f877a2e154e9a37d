"""The diff of two graphs in memory, against networkx on ready graphs and against one pass over the values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np

from bench.graphs import change_values, performance_graph
from bench.measuring import Figure, compare_figures
from snapgraph.engine.diff import Terms, changes, compare_columns, content_hash, structure_change, to_networkx
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import DEFAULT_METRICS

__all__ = ["run"]

NODES, EDGES = 10_000, 100_000
CHANGED, GONE = 0.10, 0.01
RUNS = 9
PAGE = 1_000


def run() -> list[dict[str, object]]:
    """Measure 100,000 relationships, 10 % changed, 1 % added and 1 % removed, all properties compared."""
    before, after = _graphs()
    keyed = Terms()
    by_id = Terms(shared_ids=True)
    networks = to_networkx(before), to_networkx(after)
    diff = compare_columns(before, after, by_id)
    assert len(diff) == len(compare_columns(before, after, keyed)) == _networkx_diff(*networks)
    values = [graph.edges.columns["value"].values for graph in (before, before)]
    page = np.arange(PAGE)
    samples = compare_figures(
        {
            "by_id": lambda: compare_columns(before, after, by_id),
            "by_key": lambda: compare_columns(before, after, keyed),
            "structure": lambda: structure_change(before, after, shared_ids=True),
            "hash": lambda: content_hash(diff),
            "page": lambda: changes(diff, page, DEFAULT_METRICS),
            "networkx": lambda: _networkx_diff(*networks),
            "pass": lambda: np.flatnonzero(values[0] != values[1]),
        },
        runs=RUNS,
    )
    networkx, one_pass = min(samples["networkx"]), min(samples["pass"])
    peer = f"networkx, compare only, {len(diff)} changes"
    return [
        Figure.of("diff_memory.by_id_to_networkx", samples["by_id"], networkx, goal=1 / 50, note=peer).as_dict(),
        Figure.of("diff_memory.by_key_to_networkx", samples["by_key"], networkx, goal=1 / 15, note=peer).as_dict(),
        Figure.of(
            "diff_memory.by_id_to_one_pass",
            samples["by_id"],
            one_pass,
            goal=None,
            note="one pass over two value columns",
        ).as_dict(),
        Figure.of("diff_memory.structure_to_networkx", samples["structure"], networkx, goal=1 / 5, note=peer).as_dict(),
        Figure.of("diff_memory.hash_to_networkx", samples["hash"], networkx, goal=None, note=peer).as_dict(),
        Figure.of(
            "diff_memory.page_of_1000_to_networkx", samples["page"], networkx, goal=None, note="objects of one page"
        ).as_dict(),
    ]


def _graphs() -> tuple[GraphColumns, GraphColumns]:
    """Make the two sides with ids, each without its own 1 % of the edges."""
    whole = performance_graph(NODES, EDGES)
    random = np.random.default_rng(3)
    sides = []
    for graph in (whole, change_values(whole, CHANGED)):
        rows = np.flatnonzero(random.random(EDGES) >= GONE)
        edges = graph.edges
        kept = replace(
            edges,
            sources=edges.sources[rows],
            targets=edges.targets[rows],
            type_codes=edges.type_codes[rows],
            columns={name: column.take(rows) for name, column in edges.columns.items()},
            ids=rows + NODES,
        )
        sides.append(GraphColumns(nodes=replace(graph.nodes, ids=np.arange(NODES)), edges=kept))
    return sides[0], sides[1]


def _networkx_diff(before: nx.MultiDiGraph[str], after: nx.MultiDiGraph[str]) -> int:
    """Compare attribute by attribute, as a user of networkx would; count the differences."""
    skipped = {"timestamp", "updated_at", "calls"}
    count = 0
    for was, is_ in (
        (dict(before.nodes(data=True)), dict(after.nodes(data=True))),
        (_edges(before), _edges(after)),
    ):
        count += len(was.keys() ^ is_.keys())
        for key in was.keys() & is_.keys():
            one, other = was[key], is_[key]
            count += sum(one.get(name) != other.get(name) for name in (one.keys() | other.keys()) - skipped)
    return count


def _edges(graph: nx.MultiDiGraph[str]) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {(source, target, key): data for source, target, key, data in graph.edges(keys=True, data=True)}
