"""Relationship ids of the contract: ``users_products_qps``, and ``_2`` when one would repeat.

Such an id is a label for people; the edge key is the identity. Repeats are found by a 64-bit hash of the parts, so that
no text is built for those that nobody reads (100,000 edges: 4 ms, where a set of texts takes 30).
Labels with equal hashes are looked at as texts, so a collision costs time and never gives a wrong label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from snapgraph.model.columns import GraphColumns
from snapgraph.model.keys import split_node_key
from snapgraph.model.metrics import DEFAULT_METRICS, MetricDefinition, unknown_metric

__all__ = ["label_of_edge", "label_ordinals", "labels_of_rows", "node_names", "relationship_labels", "short_names"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
"""``_BASE * _INVERSE`` is 1 modulo 2^64, which is how uint64 arrays multiply."""

_UNDERSCORE, _COLON = np.uint64(ord("_")), np.uint8(ord(":"))

_Spans = tuple[NDArray[np.uint8], NDArray[np.intp], NDArray[np.intp]]
"""Texts in one buffer: its bytes, where each text starts, where it ends."""

_ENDS_LIKE_A_REPEAT = re.compile(r"(.*_)?[0-9]+", re.DOTALL)


def short_names(types: Sequence[str], metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS) -> list[str]:
    """Give the last part of a label for each relationship type.

    >>> short_names(["QUERIES_PER_SEC", "CALLS"])
    ['qps', 'calls']
    """
    return [(metrics.get(type_) or unknown_metric(type_)).short_name for type_ in types]


def node_names(keys: NDArray[np.object_]) -> list[str]:
    """Take the names out of node keys."""
    return [split_node_key(key)[0] if "%" in key else key.partition(":")[0] for key in keys.tolist()]


def label_of_edge(
    source_key: str, type_: str, target_key: str, metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS
) -> str:
    """Make the label of one edge, as if no other had it.

    >>> label_of_edge("users:Table", "QUERIES_PER_SEC", "products:Table")
    'users_products_qps'
    """
    return "_".join((split_node_key(source_key)[0], split_node_key(target_key)[0], *short_names([type_], metrics)))


def relationship_labels(graph: GraphColumns, metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS) -> list[str]:
    """Make the label of every edge of a graph in canonical order: distinct within the graph."""
    return labels_of_rows(graph, np.arange(len(graph.edges)), metrics)


def labels_of_rows(
    graph: GraphColumns, rows: NDArray[np.intp], metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS
) -> list[str]:
    """Make the labels of some edges of a graph in canonical order, the same as when all are made."""
    labels = _plain_labels(graph, rows, short_names(graph.edges.types, metrics))
    ordinals = label_ordinals(graph, metrics)[rows]
    for place in np.flatnonzero(ordinals > 1).tolist():
        labels[place] += f"_{ordinals[place]}"
    return labels


def label_ordinals(
    graph: GraphColumns,
    metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
    *,
    names: Sequence[str] | None = None,
) -> NDArray[np.int32]:
    """Number the edges whose label would repeat, in canonical order.

    Args:
        graph: In canonical order.
        metrics: For the short names.
        names: The :func:`node_names` of its nodes, when they are at hand.

    Returns:
        One per edge: 1 for a label as it is, n for one that gets ``_n``.
    """
    shorts = short_names(graph.edges.types, metrics)
    ordinals = np.ones(len(graph.edges), dtype=np.int32)
    if any(_ENDS_LIKE_A_REPEAT.fullmatch(short) for short in shorts):
        suspects: NDArray[np.intp] = np.arange(len(graph.edges))  # "a_b_2" may be a label of its own: only texts tell
    else:
        suspects = _repeated(_hashes(graph, shorts, lambda: names or node_names(graph.nodes.keys)))
    ordinals[suspects] = _ordinals_of(_plain_labels(graph, suspects, shorts))
    return ordinals


def _plain_labels(graph: GraphColumns, rows: NDArray[np.intp], shorts: Sequence[str]) -> list[str]:
    edges, keys = graph.edges, graph.nodes.keys
    sources, targets = edges.sources[rows], edges.targets[rows]
    last = [shorts[code] for code in edges.type_codes[rows].tolist()]
    if 2 * len(rows) < len(keys):  # a page of a large graph: take only the names that it shows
        ends = [node_names(keys[sources]), node_names(keys[targets])]
    else:
        names = np.array(node_names(keys), dtype=np.object_)
        ends = [names[sources].tolist(), names[targets].tolist()]
    return list(map("_".join, zip(*ends, last, strict=True)))


def _ordinals_of(labels: Sequence[str]) -> list[int]:
    """Give the smallest number, from 1, that makes each label new; repeats are looked at in order."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    ordinals = []
    for label in labels:
        ordinal = last.get(label, 0) + 1
        while (wanted := label if ordinal == 1 else f"{label}_{ordinal}") in taken:
            ordinal += 1
        taken.add(wanted)
        last[label] = ordinal
        ordinals.append(ordinal)
    return ordinals


def _repeated(hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Find the rows whose hash stands more than once, in order."""
    ordered = np.sort(hashes)
    again = ordered[1:] == ordered[:-1]
    return np.flatnonzero(np.isin(hashes, ordered[1:][again])) if again.any() else np.empty(0, dtype=np.intp)


def _hashes(graph: GraphColumns, shorts: Sequence[str], names: Callable[[], Sequence[str]]) -> NDArray[np.uint64]:
    """Hash every label from its parts, so that equal texts have equal hashes however they split into parts."""
    edges = graph.edges
    name, name_shift = _polynomials(_names_in_keys(graph.nodes.keys) or _spans(names()))
    end, end_shift = _polynomials(_spans(shorts))
    name, name_shift = (name + _UNDERSCORE) * _BASE, name_shift * _BASE  # a last byte counts base^1
    hashes = name[edges.sources] * name_shift[edges.targets] + name[edges.targets]
    return hashes * end_shift[edges.type_codes] + end[edges.type_codes]


def _names_in_keys(keys: NDArray[np.object_]) -> _Spans | None:
    """Find the names where they stand in the keys, which takes a third of the time of cutting them out.

    Returns:
        ``None`` when a key is percent-encoded, or is none of ours.
    """
    joined = "\0".join([*keys.tolist(), ""]).encode()
    octets = np.frombuffer(joined, dtype=np.uint8)
    colons, after = np.flatnonzero(octets == _COLON), np.flatnonzero(octets == 0) + 1
    if b"%" in joined or not len(colons) == len(after) == len(keys):
        return None
    starts = np.append(0, after[:-1])
    if bool((colons < starts).any() or (colons >= after).any()):
        return None
    return octets, starts, colons


def _spans(texts: Sequence[str]) -> _Spans:
    encoded = [text.encode() for text in texts]
    ends = np.cumsum(np.array([len(text) for text in encoded], dtype=np.intp))
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), np.append(0, ends[:-1]), ends


def _polynomials(spans: _Spans) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Hash texts as polynomials of their bytes modulo 2^64, and say what shifts a hash before each of them.

    All at once: with running sums of byte times base^-place, a text is the difference of two sums, shifted back.
    """
    octets, starts, ends = spans
    up, down = (_powers(base, len(octets)) for base in (_BASE, _INVERSE))
    sums = np.append(np.uint64(0), np.cumsum(octets * down[: len(octets)], dtype=np.uint64))
    return (sums[ends] - sums[starts]) * up[ends], up[ends - starts]


def _powers(base: np.uint64, count: int) -> NDArray[np.uint64]:
    """Give base^0 … base^count modulo 2^64: small powers times large ones, since a running product takes 3 x longer."""
    width = isqrt(count) + 1
    small = _running_product(base, width + 1)
    large = _running_product(small[-1], width)
    return np.multiply.outer(large, small[:-1]).ravel()[: count + 1]


def _running_product(factor: np.uint64, count: int) -> NDArray[np.uint64]:
    factors = np.full(count, factor, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)
