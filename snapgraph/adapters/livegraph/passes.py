"""One pass over a live graph: counts, scan, nodes, counts again, in one read transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.edge_scan import EdgeScan
from snapgraph.adapters.livegraph.fetching import CHUNK, ReadTransaction
from snapgraph.adapters.livegraph.identifiers import distinct
from snapgraph.adapters.livegraph.node_scan import NodeGroup, NodeScan
from snapgraph.adapters.livegraph.queries import count_by_type, is_countable, query
from snapgraph.adapters.livegraph.sizes import size_of
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.errors import TooLargeError
from snapgraph.model.live_graphs import ALL_TYPES, CaptureLimits, LiveGraph

__all__ = ["Counts", "Pass", "check_bytes", "check_elements", "make_pass", "source_slices"]

SLICE = 100_000
"""Relationships per scan: one collect of a million ran out of the transaction memory of a 512 MB heap."""

_ID_SLICE = 50_000
_FIRST_ID_SLICE = 1_024
_GROWTH = 8
_SAMPLE = 1_000
_MOST_NAMES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the count store says.

    Attributes:
        by_type: Relationships of each type that may stand in a count query.
        others: Relationships of all other types that are read; ``None`` when none of those is read.
    """

    by_type: Mapping[str, int]
    others: int | None = None

    @property
    def total(self) -> int:
        """All relationships that are to be read."""
        return sum(self.by_type.values()) + (self.others or 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pass:
    """What one pass found, not yet put together.

    Attributes:
        before: Counts before the scan.
        after: Counts after it.
        scan: The relationships.
        nodes: The nodes.
        encoder: Counts what JSON cannot hold.
    """

    before: Counts
    after: Counts
    scan: EdgeScan
    nodes: NodeScan
    encoder: ValueEncoder

    def missed(self) -> int:
        """Count the relationships that the scan must have missed."""
        scanned = self.scan.counts()
        missed = sum(
            max(0, min(self.before.by_type[type_], self.after.by_type[type_]) - scanned[type_])
            for type_ in self.before.by_type
        )
        if self.before.others is None or self.after.others is None:
            return missed
        others = scanned.total() - sum(scanned[type_] for type_ in self.before.by_type)
        return missed + max(0, min(self.before.others, self.after.others) - others)

    def is_steady(self) -> bool:
        """Say whether both counts and the scan agree."""
        return self.before == self.after and self.before.total == self.scan.count


def make_pass(transaction: ReadTransaction, live_graph: LiveGraph) -> Pass:
    """Read the graph once.

    Raises:
        TooLargeError: It is over a limit; the counts tell before anything is built.
        EntityVanishedError: Something was deleted while it was being read.
    """
    types = live_graph.types
    if ALL_TYPES in types:
        types = tuple(sorted(map(str, transaction.firsts(query("relationship_types")))))
    before = _counts(transaction, types)
    check_elements(before.total, live_graph.limits)
    encoder = ValueEncoder()
    names = _names(transaction, types, live_graph)
    scan = EdgeScan(types=types, properties=live_graph.properties, extra=names, encoder=encoder)
    for columns in _scan(transaction, scan, before):
        scan.add(columns)
        check_bytes(scan.nbytes, live_graph.limits)
    scan.add_rest(_by_ids(transaction, "rest", scan.with_rest(), _Room(live_graph.limits, held=scan.nbytes)))
    nodes = _nodes(transaction, scan, live_graph)
    after = _counts(transaction, types)
    return Pass(before=before, after=after, scan=scan, nodes=nodes, encoder=encoder)


def check_elements(count: int, limits: CaptureLimits) -> None:
    """Refuse a graph with too many elements."""
    if count > limits.elements:
        raise TooLargeError(
            f"The live graph has at least {count} nodes and relationships, limits.elements is {limits.elements}: "
            "raise the limit or read fewer types."
        )


def check_bytes(size: int, limits: CaptureLimits) -> None:
    """Refuse a graph whose columns take too much memory."""
    if size > limits.bytes:
        raise TooLargeError(
            f"The columns of the live graph take at least {size} bytes, limits.bytes is {limits.bytes}: "
            "raise the limit or read fewer types."
        )


def _counts(transaction: ReadTransaction, types: Sequence[str]) -> Counts:
    countable = [type_ for type_ in types if is_countable(type_)]
    by_type = dict(transaction.firsts(count_by_type(countable))) if countable else {}
    if len(countable) == len(types):
        return Counts(by_type=by_type)
    (total,) = transaction.firsts(query("count_all"))
    return Counts(by_type=by_type, others=max(0, total - sum(by_type.values())))


def _names(transaction: ReadTransaction, types: Sequence[str], live_graph: LiveGraph) -> list[str]:
    """Find the properties to ask for by name; whatever the sample does not show is read as maps."""
    sampled = transaction.items(query("property_names"), types=list(types), sample=_SAMPLE)
    return sorted({*sampled, *live_graph.discriminators.values()})[:_MOST_NAMES]


def _scan(transaction: ReadTransaction, scan: EdgeScan, counts: Counts) -> Iterator[list[Any]]:
    """Scan at once, or in slices by the nodes where relationships begin, when there are more than one scan can hold.

    Seven slices took 0.8 to 1.0 times the one scan, whether by type or by nodes; only the latter stay even when one
    type has most relationships, so types divide no more than what begins at a single node. Ranges of ids instead of
    lists of them took 1.1 times, and the embedded server answers them wrongly.
    """
    types = list(scan.types)
    parameters = {"codes": scan.codes, "props": list(scan.names), "chunk": CHUNK}
    if counts.total <= SLICE:
        yield from transaction.firsts(query("scan"), types=types, **parameters)
        return
    degrees = np.array(transaction.items(query("sources"), types=types, chunk=CHUNK), dtype=np.int64)
    for ids, heavy in source_slices(degrees.reshape(-1, 2), SLICE):
        for part in [[type_] for type_ in types] if heavy else [types]:
            yield from transaction.firsts(query("scan_slice"), types=part, ids=ids, **parameters)


def source_slices(degrees: NDArray[np.int64], most: int) -> list[tuple[list[int], bool]]:
    """Divide nodes into slices of at most so many relationships.

    Args:
        degrees: Shape (n, 2): id of a node, how many relationships begin there.
        most: Relationships per slice; a single node with more is a slice of its own.

    Returns:
        Ids of the nodes of each slice, and whether it is one node with too many.
    """
    slices: list[tuple[list[int], bool]] = []
    ids: list[int] = []
    held = 0
    for id_, count in degrees[np.argsort(degrees[:, 0])].tolist():
        if count > most:
            slices.append(([id_], True))
            continue
        if held + count > most:
            slices.append((ids, False))
            ids, held = [], 0
        ids.append(id_)
        held += count
    return [*slices, (ids, False)] if ids else slices


def _nodes(transaction: ReadTransaction, scan: EdgeScan, live_graph: LiveGraph) -> NodeScan:
    """Read the ends of the relationships, then all other nodes that carry a label of the settings or of an end."""
    ends = distinct(np.concatenate([scan.numbers(1), scan.numbers(2)]))
    check_elements(scan.count + len(ends), live_graph.limits)
    room_left = _Room(live_graph.limits, held=scan.nbytes)
    groups: list[NodeGroup] = _by_ids(transaction, "nodes", ends, room_left)
    labels = sorted(set(live_graph.node_labels).union(*(group[0] for group in groups)))
    room = live_graph.limits.elements - scan.count + 1
    labelled = np.array(
        transaction.items(query("labelled_nodes"), labels=labels, room=room, chunk=CHUNK), dtype=np.int64
    )
    check_elements(scan.count + len(labelled), live_graph.limits)
    return NodeScan.of(groups + _by_ids(transaction, "nodes", np.setdiff1d(labelled, ends), room_left))


class _Room:
    """What may still be held of a graph, in bytes."""

    def __init__(self, limits: CaptureLimits, *, held: int) -> None:
        self._limits = limits
        self._held = held

    @property
    def left(self) -> int:
        """How much, at least 0."""
        return max(0, self._limits.bytes - self._held)

    def take(self, record: Any) -> int:
        """Make room for a record; gives its size.

        Raises:
            TooLargeError: There is none left.
        """
        size = size_of(record)
        self._held += size
        check_bytes(self._held, self._limits)
        return size


def _by_ids(transaction: ReadTransaction, name: str, ids: NDArray[np.int64], room: _Room) -> list[Any]:
    """Run a text that takes ids, in slices that fit into the server's transaction memory and the limit of bytes.

    All that a slice asks for may come as one record, so slices begin small and grow as long as there is room.
    """
    rows: list[Any] = []
    begin, count, taken = 0, _FIRST_ID_SLICE, 0
    while begin < len(ids):
        for record in transaction.firsts(query(name), ids=ids[begin : begin + count].tolist(), chunk=CHUNK):
            taken += room.take(record)
            rows += record
        begin += count
        fitting = room.left * begin // max(taken, 1)
        count = max(1, min(_ID_SLICE, count * _GROWTH, fitting))
    return rows
