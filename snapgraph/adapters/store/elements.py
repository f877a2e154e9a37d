"""Registration: every node and edge of a graph gets its id of the dictionary, new ones in key order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.store import tables
from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.dictionary import EdgeParts, GraphDictionary, Ids
from snapgraph.adapters.store.queries import QUERIES
from snapgraph.errors import IntegrityError, InvalidInputError
from snapgraph.model.columns import EdgeColumns, GraphColumns

__all__ = ["GraphRow", "register"]

_EDGE_RECORD = np.dtype(
    [
        ("fields", ">i2"),
        ("graph_no_size", ">i4"),
        ("graph_no", ">i4"),
        ("id_size", ">i4"),
        ("id", ">i8"),
        ("source_size", ">i4"),
        ("source_id", ">i8"),
        ("target_size", ">i4"),
        ("target_id", ">i8"),
        ("type_size", ">i4"),
        ("type_no", ">i4"),
    ]
)
"""One row of element_edge in COPY's binary format, every field not null and of fixed width."""
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TAIL = b"\xff\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRow:
    """The locked row of a live graph: counters as this transaction sees them."""

    graph_no: int
    incarnation: UUID
    last_version: int
    next_node_id: int
    next_edge_id: int
    next_type_no: int


def register(tx: Transaction, row: GraphRow, graph: GraphColumns) -> tuple[GraphColumns, GraphRow]:
    """Give every element its id; what is new is written, and remembered by this process once it is committed.

    Args:
        tx: Holds the lock on ``row``.
        row: Counters of the live graph.
        graph: In canonical order, so that new elements are numbered in key order.

    Returns:
        The same graph with ids, and the row with its counters moved on, which the caller writes.
    """
    last = tx.caches.last_capture(row.incarnation)
    if last is not None and last.has_elements_of(graph):
        return _with_ids(graph, last.graph.nodes.ids, last.graph.edges.ids), row
    dictionary = tx.caches.dictionary(row.incarnation)
    _catch_up(tx, row, dictionary)
    node_ids = _register_nodes(tx, row, dictionary, graph.nodes.keys)
    type_numbers, new_types = _type_numbers(row, dictionary, graph.edges)
    parts = EdgeParts(
        source_ids=node_ids[graph.edges.sources],
        target_ids=node_ids[graph.edges.targets],
        type_numbers=type_numbers,
    )
    _write_types(tx, row, dictionary, new_types)
    edge_ids = _register_edges(tx, row, dictionary, parts)
    counted = replace(
        row,
        next_node_id=max(row.next_node_id, int(node_ids.max(initial=-1)) + 1),
        next_edge_id=max(row.next_edge_id, int(edge_ids.max(initial=-1)) + 1),
        next_type_no=row.next_type_no + len(new_types),
    )
    return _with_ids(graph, node_ids, edge_ids), counted


def _with_ids(graph: GraphColumns, node_ids: Ids | None, edge_ids: Ids | None) -> GraphColumns:
    """Give the same graph with other ids."""
    return replace(graph, nodes=replace(graph.nodes, ids=node_ids), edges=replace(graph.edges, ids=edge_ids))


def _register_nodes(tx: Transaction, row: GraphRow, dictionary: GraphDictionary, keys: NDArray[np.object_]) -> Ids:
    ids = dictionary.node_ids(keys)
    missing = np.flatnonzero(ids < 0)
    if len(missing) == 0:
        return ids
    new_keys: list[str] = keys[missing].tolist()
    if len(set(new_keys)) != len(new_keys):
        raise InvalidInputError("Two nodes of the graph have the same key: give them different names.")
    ids = ids.copy()
    ids[missing] = np.arange(row.next_node_id, row.next_node_id + len(missing))
    tx.fetch(
        QUERIES["add_nodes"],
        (row.graph_no, row.next_node_id, [_encoded(key) for key in new_keys]),
    )
    tx.after_commit(lambda: dictionary.add_nodes(row.next_node_id, new_keys))
    return ids


def _type_numbers(row: GraphRow, dictionary: GraphDictionary, edges: EdgeColumns) -> tuple[Ids, list[tuple[str, str]]]:
    """Number each edge's pair of type and discriminator; give the numbers and the pairs that are new."""
    discriminators: tuple[str, ...] = ("",)
    codes = edges.type_codes.astype(np.int64)
    if edges.discriminators is not None:
        discriminators = (*edges.discriminators.categories, "")
        inner = edges.discriminators.values.astype(np.int64)
        codes = codes * len(discriminators) + np.where(inner < 0, len(discriminators) - 1, inner)
    used = np.flatnonzero(np.bincount(codes, minlength=1)) if len(codes) else codes
    names = [(edges.types[code // len(discriminators)], discriminators[code % len(discriminators)]) for code in used]
    new = [name for name in dict.fromkeys(names) if name not in dictionary.types]
    numbers = dictionary.types | {name: row.next_type_no + place for place, name in enumerate(new)}
    table = np.zeros(int(used[-1]) + 1 if len(used) else 0, dtype=np.int64)
    table[used] = [numbers[name] for name in names]
    return table[codes], new


def _write_types(tx: Transaction, row: GraphRow, dictionary: GraphDictionary, new: list[tuple[str, str]]) -> None:
    if not new:
        return
    tx.execute(
        tables.element_type.insert(),
        [
            {
                "graph_no": row.graph_no,
                "type_no": row.next_type_no + place,
                "type": _encoded(type_),
                "discriminator": _encoded(discriminator),
            }
            for place, (type_, discriminator) in enumerate(new)
        ],
    )
    tx.after_commit(lambda: dictionary.add_types(row.next_type_no, new))


def _register_edges(tx: Transaction, row: GraphRow, dictionary: GraphDictionary, parts: EdgeParts) -> Ids:
    ids = dictionary.edge_ids(parts)
    missing = np.flatnonzero(ids < 0)
    if len(missing) == 0:
        return ids
    ids = ids.copy()
    ids[missing] = np.arange(row.next_edge_id, row.next_edge_id + len(missing))
    new = parts.take(missing)
    if new.has_twins():
        raise InvalidInputError("Two edges of the graph have the same key: give them a discriminator.")
    records = np.empty(len(missing), dtype=_EDGE_RECORD)
    records["fields"] = 5
    records["graph_no_size"] = records["type_size"] = 4
    records["id_size"] = records["source_size"] = records["target_size"] = 8
    records["graph_no"] = row.graph_no
    records["id"] = ids[missing]
    records["source_id"], records["target_id"], records["type_no"] = new.source_ids, new.target_ids, new.type_numbers
    tx.copy_in(
        QUERIES["copy_edges_in"],
        _COPY_HEAD + records.tobytes() + _COPY_TAIL,
    )
    tx.after_commit(lambda: dictionary.add_edges(row.next_edge_id, new))
    return ids


def _catch_up(tx: Transaction, row: GraphRow, dictionary: GraphDictionary) -> None:
    """Load what other processes have registered, or everything in a new process."""
    first = len(dictionary.nodes)
    if first < row.next_node_id:
        rows = tx.fetch(QUERIES["nodes_from"], (row.graph_no, first))
        _expect(len(rows), row.next_node_id - first)
        dictionary.add_nodes(first, [_decoded(key) for (key,) in rows])
    first = len(dictionary.types)
    if first < row.next_type_no:
        rows = tx.fetch(QUERIES["types_from"], (row.graph_no, first))
        _expect(len(rows), row.next_type_no - first)
        dictionary.add_types(first, [(_decoded(type_), _decoded(discriminator)) for type_, discriminator in rows])
    first = len(dictionary.edges)
    if first < row.next_edge_id:
        dictionary.add_edges(first, _load_edges(tx, row, first))


def _load_edges(tx: Transaction, row: GraphRow, first: int) -> EdgeParts:
    data = tx.copy_out(QUERIES["copy_edges_out"], (row.graph_no, first))
    records = np.frombuffer(data, dtype=_EDGE_RECORD, offset=len(_COPY_HEAD), count=row.next_edge_id - first)
    _expect(len(data), len(_COPY_HEAD) + records.nbytes + len(_COPY_TAIL))
    return EdgeParts(
        source_ids=records["source_id"].astype(np.int64),
        target_ids=records["target_id"].astype(np.int64),
        type_numbers=records["type_no"].astype(np.int64),
    )


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise IntegrityError(f"The dictionary of a live graph has {found} rows (or bytes) where {wanted} were counted.")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
