"""What the numpy diff must equal: networkx graphs, sets of keys, and a comparison of attributes. Slow and obvious."""

from typing import Any

import networkx as nx
import orjson

from snapgraph.model.keys import edge_key

Difference = tuple[str, str, str, str | None, Any, Any]
"""Kind, operation, key, field, before, after."""


def reference_diff(before: nx.MultiDiGraph, after: nx.MultiDiGraph) -> set[Difference]:
    """Compare two graphs whose nodes are keys and whose edges have (type, discriminator) as key."""
    node_pairs = (dict(before.nodes(data=True)), dict(after.nodes(data=True)))
    edge_pairs = tuple(
        {
            edge_key(source, type_, target, discriminator): attributes
            for source, target, (type_, discriminator), attributes in graph.edges(keys=True, data=True)
        }
        for graph in (before, after)
    )
    return {*_compare("node", *node_pairs), *_compare("edge", *edge_pairs)}


def _compare(kind: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> set[Difference]:
    found: set[Difference] = set()
    for key in before.keys() - after.keys():
        found.add((kind, "removed", key, None, *_shown(kind, before[key]), None))
    for key in after.keys() - before.keys():
        found.add((kind, "added", key, None, None, *_shown(kind, after[key])))
    for key in before.keys() & after.keys():
        for field in before[key].keys() | after[key].keys():
            one, other = before[key].get(field), after[key].get(field)
            if not same(one, other):
                found.add((kind, "changed", key, field, frozen(one), frozen(other)))
    return found


def _shown(kind: str, attributes: dict[str, Any]) -> tuple[Any]:
    return (frozen(attributes.get("value")) if kind == "edge" else None,)


def same(one: Any, other: Any) -> bool:
    """Compare as JSON does, but numbers by their value: 5 is 5.0, true is not 1."""
    if is_number(one) and is_number(other):
        return float(one) == float(other) if float in (type(one), type(other)) else one == other
    return frozen(one) == frozen(other)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def frozen(value: Any) -> Any:
    """Make a value that can stand in a set and tells 1 from true."""
    if value is None:
        return None
    return ("number", float(value)) if is_number(value) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
