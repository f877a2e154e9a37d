"""The peer that everybody has: a snapshot as gzipped JSON, and networkx to compare two of them."""

from __future__ import annotations

import gzip
from typing import Any

import networkx as nx
import numpy as np
import orjson

from snapgraph.model.columns import GraphColumns

__all__ = ["changed_in_files", "json_gz"]

_LEVEL = 6


def json_gz(graph: GraphColumns) -> bytes:
    """Write the relationships of a graph as a list of objects: what a row of the row table holds, and the ends."""
    edges = graph.edges
    value, timestamp, trend, severity = (edges.columns[name] for name in ("value", "timestamp", "trend", "severity"))
    fields = (
        edges.sources.tolist(),
        edges.targets.tolist(),
        (edges.types[code] for code in edges.type_codes.tolist()),
        value.values.tolist(),
        (timestamp.values.astype(np.int64) // 1_000).tolist(),
        (trend.categories[code] for code in trend.values.tolist()),
        (severity.categories[code] for code in severity.values.tolist()),
    )
    names = ("source", "target", "type", "value", "timestamp_ms", "trend", "severity")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*fields, strict=True)]
    return gzip.compress(orjson.dumps(rows), compresslevel=_LEVEL, mtime=0)


def changed_in_files(before: bytes, after: bytes) -> int:
    """Read two files into networkx and count the relationships whose value differs."""
    left, right = (_edges(_network(each)) for each in (before, after))
    return len(left.keys() ^ right.keys()) + sum(
        left[key]["value"] != right[key]["value"] for key in left.keys() & right.keys()
    )


def _network(file: bytes) -> nx.MultiDiGraph[int]:
    network: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    network.add_edges_from(
        (row["source"], row["target"], row["type"], row) for row in orjson.loads(gzip.decompress(file))
    )
    return network


def _edges(network: nx.MultiDiGraph[int]) -> dict[tuple[int, int, str], dict[str, Any]]:
    return {(source, target, key): data for source, target, key, data in network.edges(keys=True, data=True)}
