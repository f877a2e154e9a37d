"""The public diff of networkx graphs: two in, one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from snapgraph.engine.diff.changes import changes
from snapgraph.engine.diff.comparing import compare_columns
from snapgraph.engine.diff.hashing import content_hash
from snapgraph.engine.diff.networks import edge_keys, from_networkx, node_keys
from snapgraph.engine.diff.ranking import order
from snapgraph.engine.diff.structure import structure_change
from snapgraph.engine.diff.summaries import count_changes
from snapgraph.engine.diff.terms import Terms
from snapgraph.model.changes import Change, DiffOptions
from snapgraph.model.metrics import DEFAULT_METRICS, MetricDefinition
from snapgraph.model.vocabulary import ElementKind

__all__ = ["diff_graphs"]


def diff_graphs(
    before: nx.DiGraph[Any],
    after: nx.DiGraph[Any],
    *,
    metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
    options: DiffOptions | None = None,
) -> nx.MultiDiGraph[Any]:
    """Say what changed between two networkx graphs, as a networkx graph.

    Args:
        before: A DiGraph or MultiDiGraph; :mod:`~snapgraph.engine.diff.networks` says how it is read.
        after: The same.
        metrics: Edge type -> what its ``value`` means.
        options: Tolerances, and attributes that are not compared (``timestamp``, ``updated_at``, ``calls``).

    Returns:
        The nodes and edges that differ, and the ends of those edges, under their own names. Each has the attributes
        ``op`` (``added``, ``removed``, ``changed``; ``None`` for an end that is the same) and ``changes`` (a tuple of
        :class:`~snapgraph.model.changes.Change`). The graph itself has ``changes`` (all, what matters most first),
        ``counts``, ``structure`` and ``content_hash``.

    Raises:
        InvalidInputError: A graph is undirected, or two elements of one graph have one key.

    >>> import networkx as nx
    >>> before, after = nx.DiGraph(), nx.DiGraph()
    >>> before.add_edge("users", "products", type="AVG_LATENCY_MS", value=45.0)
    >>> after.add_edge("users", "products", type="AVG_LATENCY_MS", value=1200.0)
    >>> [(change.op.value, change.delta) for change in diff_graphs(before, after).graph["changes"]]
    [('changed', 1155.0)]
    """
    columns = from_networkx(before), from_networkx(after)
    diff = compare_columns(*columns, Terms(metrics=metrics, options=options or DiffOptions()))
    found = changes(diff, order(diff), metrics)
    result: nx.MultiDiGraph[Any] = nx.MultiDiGraph(
        changes=found,
        counts=count_changes(diff),
        structure=structure_change(*columns),
        content_hash=content_hash(diff),
    )
    _put_elements(result, found, before, after)
    return result


def _put_elements(
    result: nx.MultiDiGraph[Any], found: Sequence[Change], before: nx.DiGraph[Any], after: nx.DiGraph[Any]
) -> None:
    """Put what differs into the resulting graph: nodes, then edges with the ends that are the same."""
    nodes = {key: node for graph in (before, after) for node, key in node_keys(graph).items()}
    edges = {**edge_keys(before), **edge_keys(after)}
    by_element: dict[tuple[ElementKind, str], list[Change]] = {}
    for change in found:
        by_element.setdefault((change.kind, change.element.key), []).append(change)
    for (kind, key), its in by_element.items():
        if kind is ElementKind.NODE:
            result.add_node(nodes[key], **_marks(its))
    for (kind, key), its in by_element.items():
        if kind is ElementKind.EDGE:
            source, target, name = edges[key]
            result.add_nodes_from([end for end in (source, target) if end not in result], **_marks(()))
            result.add_edge(source, target, key=name, type=its[0].element.type, **_marks(its))


def _marks(its: Sequence[Change]) -> dict[str, Any]:
    return {"op": its[0].op if its else None, "changes": tuple(its)}
