"""A snapshot as Cypher statements that build its graph in an empty Neo4j, and change nothing when run again.

Statements are ended by ``;`` and a line break, which stand nowhere inside one; ``cypher-shell -f`` runs the file. Rows
go in batches of 1,000 to ``UNWIND … MERGE``, one statement per relationship type and pair of node types, so that names
stand in the text only where Cypher takes no value. Nodes are merged on the property ``snapgraph_key`` (their key; a
read of a live graph leaves it out), parallel relationships on the same property (their discriminator), all others on
their ends. An index per node type carries the look-up; derived columns (``@stale``) are not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.cypher_texts import cypher_name, cypher_value
from snapgraph.engine.formats.elements import EDGE_ORDER, NODE_ORDER, properties_of
from snapgraph.engine.formats.fragments import (
    Coded,
    Constant,
    Pieces,
    joined_slices,
    json_strings,
    pieces_of_properties,
)
from snapgraph.engine.formats.values import PLAIN_TIMES, time_to_text
from snapgraph.model.columns import LABELS, Column, EdgeColumns, GraphColumns, Mask, NodeColumns
from snapgraph.model.keys import decode_part
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.values import KEY_PROPERTY
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["ROWS_PER_STATEMENT", "write_cypher"]

ROWS_PER_STATEMENT = 1_000

_UNSAFE_IN_COMMENT = re.compile(r"[^A-Za-z0-9_.:-]")
_HEADER = """\
// Snapshot {id}, version {version} of the live graph {graph}, captured {captured_at}.
// {nodes} nodes, {edges} relationships. Running it again changes nothing. When you no longer need to load it again:
//   MATCH (n) REMOVE n.{key}
"""


@dataclass(frozen=True, slots=True)
class _Notation:
    """Properties as members of a Cypher map.

    Attributes:
        form: In which the standard times stood; ``iso8601`` leaves them texts.
    """

    form: str

    def before(self, name: str, *, first: bool) -> bytes:
        # what begins with two @ is a property whose own name begins with one: see the reading of a live graph
        own = name[1:] if name.startswith("@@") else name
        return (b"" if first else b",") + cypher_name(own).encode() + b":"

    def texts(self, categories: Sequence[str]) -> list[bytes]:
        return json_strings(categories)

    def json_texts(self, categories: Sequence[str]) -> list[bytes]:
        return [cypher_value(orjson.loads(text)).encode() for text in categories]

    def around_time(self, name: str) -> tuple[bytes, bytes]:
        return (b"", b"") if self.form == "iso8601" and name in PLAIN_TIMES else (b"datetime(", b")")


def write_cypher(snapshot: Snapshot, graph: GraphColumns, *, indexes: bool = True) -> Iterator[bytes]:
    """Write the statements.

    Args:
        snapshot: The header; its metadata says in which form the times stood, and if that was one they get it back.
        graph: The payload, in canonical order.
        indexes: Whether to make an index per node type first; without, loading takes time by the square of the nodes.
    """
    yield _comment(snapshot)
    keys = graph.nodes.keys.tolist()
    types, type_codes = _coded([decode_part(key.rpartition(":")[2]) for key in keys])
    if indexes:
        for type_ in filter(None, types):
            yield f"CREATE INDEX IF NOT EXISTS FOR (n:{cypher_name(type_)}) ON (n.{KEY_PROPERTY});\n".encode()
    form = _time_form(snapshot.metadata.timestamp_forms)
    nodes = replace(graph.nodes, columns=_with_times(graph.nodes.columns, form))
    edges = replace(graph.edges, columns=_with_times(graph.edges.columns, form))
    yield from _node_statements(nodes, types, type_codes, _Notation(form))
    yield from _edge_statements(edges, json_strings(keys), types, type_codes, _Notation(form))


def _comment(snapshot: Snapshot) -> bytes:
    """Write the header; only what cannot end a comment is let in (an escaped line break is one to Neo4j)."""
    facts = {
        "id": snapshot.id,
        "version": snapshot.version,
        "graph": snapshot.graph,
        "captured_at": time_to_text(snapshot.captured_at),
        "nodes": snapshot.counts.nodes,
        "edges": snapshot.counts.edges,
        "key": KEY_PROPERTY,
    }
    return _HEADER.format_map({name: _UNSAFE_IN_COMMENT.sub("_", str(fact)) for name, fact in facts.items()}).encode()


def _coded(texts: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    return list(codes), np.array([codes[text] for text in texts], dtype=np.intp)


def _time_form(forms: Mapping[str, int]) -> str:
    return next(iter(forms)) if len(forms) == 1 else "datetime"


def _with_times(columns: Mapping[str, Column], form: str) -> dict[str, Column]:
    """Give the standard times the form in which they stood in the live graph."""
    return {
        name: _in_form(column, form) if name in PLAIN_TIMES and column.kind is ColumnKind.TIME else column
        for name, column in columns.items()
    }


def _in_form(column: Column, form: str) -> Column:
    times_us = column.values.astype(np.int64)
    if form == "unix_seconds" and (times_us % 1_000_000).any():
        return replace(column, kind=ColumnKind.FLOAT, values=times_us / 1_000_000)
    if form == "unix_seconds":
        return replace(column, kind=ColumnKind.INTEGER, values=times_us // 1_000_000)
    if form == "unix_milliseconds":
        return replace(column, kind=ColumnKind.INTEGER, values=times_us // 1_000)
    return column


def _node_statements(
    nodes: NodeColumns, types: Sequence[str], type_codes: NDArray[np.intp], notation: _Notation
) -> Iterator[bytes]:
    labels = nodes.columns.get(LABELS)
    label_codes = np.full(len(nodes), -1) if labels is None else labels.values.astype(np.intp)
    extra = [""] if labels is None else [*map(_set_labels, labels.categories), ""]
    order, runs = _runs(np.arange(len(nodes)), type_codes, label_codes)
    rows: list[Pieces] = [
        Coded.of([b",\n[" + key + b",{" for key in json_strings(nodes.keys.tolist())], order),
        *pieces_of_properties(_taken(nodes.columns, order), notation, NODE_ORDER),
        Constant(b"}]"),
    ]
    endings = [
        f"MERGE (n{_label(types[type_codes[row]])} {{{KEY_PROPERTY}: row[0]}})\n"
        f"SET n += row[1]{extra[label_codes[row]]}"
        for row in (order[run.start] for run in runs)
    ]
    yield from _statements(joined_slices(rows, len(order), runs), endings)


def _edge_statements(
    edges: EdgeColumns, keys: Sequence[bytes], types: Sequence[str], type_codes: NDArray[np.intp], notation: _Notation
) -> Iterator[bytes]:
    parallel = _parallel_rows(edges)
    ends = (type_codes[edges.sources], type_codes[edges.targets])
    for chosen, has_key in ((~parallel, False), (parallel, True)):
        order, runs = _runs(np.flatnonzero(chosen), edges.type_codes, *ends)
        endings = [
            _merge_edge(edges.types[edges.type_codes[row]], *(types[end[row]] for end in ends), has_key=has_key)
            for row in (order[run.start] for run in runs)
        ]
        rows = _edge_rows(edges, keys, order, notation, has_key=has_key)
        yield from _statements(joined_slices(rows, len(order), runs), endings)


def _parallel_rows(edges: EdgeColumns) -> Mask:
    """Find the edges of those types of which any has a discriminator: all of such a type are merged with it."""
    if edges.discriminators is None:
        return np.zeros(len(edges), dtype=np.bool_)
    return np.isin(edges.type_codes, np.unique(edges.type_codes[edges.discriminators.values.astype(np.intp) >= 0]))


def _edge_rows(
    edges: EdgeColumns, keys: Sequence[bytes], order: NDArray[np.intp], notation: _Notation, *, has_key: bool
) -> list[Pieces]:
    rows: list[Pieces] = [
        Coded.of([b",\n[" + key + b"," for key in keys], edges.sources[order]),
        Coded.of([key + b",{" for key in keys], edges.targets[order]),
        *pieces_of_properties(_taken(edges.columns, order), notation, EDGE_ORDER),
    ]
    if not has_key or edges.discriminators is None:
        return [*rows, Constant(b"}]")]
    quoted = json_strings(edges.discriminators.categories)
    discriminators = Coded.of(quoted, edges.discriminators.values[order].astype(np.intp), absent=b'""')
    return [*rows, Constant(b"},"), discriminators, Constant(b"]")]


def _merge_edge(type_: str, source_type: str, target_type: str, *, has_key: bool) -> str:
    key = f" {{{KEY_PROPERTY}: row[3]}}" if has_key else ""
    return (
        f"MATCH (a{_label(source_type)} {{{KEY_PROPERTY}: row[0]}})\n"
        f"MATCH (b{_label(target_type)} {{{KEY_PROPERTY}: row[1]}})\n"
        f"MERGE (a)-[r:{cypher_name(type_)}{key}]->(b)\nSET r += row[2]"
    )


def _label(type_: str) -> str:
    """Write ``:`Table` ``, or nothing for a node without a label."""
    return f":{cypher_name(type_)}" if type_ else ""


def _set_labels(labels: str) -> str:
    """Write the clause that adds all labels of a node, from their JSON list."""
    return "\nSET n" + "".join(map(_label, orjson.loads(labels)))


def _taken(columns: Mapping[str, Column], rows: NDArray[np.intp]) -> dict[str, Column]:
    return {name: column.take(rows) for name, column in properties_of(columns).items()}


def _runs(rows: NDArray[np.intp], *codes: NDArray[np.integer]) -> tuple[NDArray[np.intp], list[slice]]:
    """Order rows by their codes, and cut them where a code changes and after 1,000 rows."""
    order = rows[np.lexsort([code[rows] for code in reversed(codes)])] if len(rows) else rows
    changes = np.zeros(max(len(order) - 1, 0), dtype=np.bool_)
    for code in codes:
        changes |= np.diff(code[order]) != 0
    bounds = [0, *(np.flatnonzero(changes) + 1).tolist(), len(order)]
    return order, [
        slice(start, min(start + ROWS_PER_STATEMENT, stop))
        for first, stop in pairwise(bounds)
        for start in range(first, stop, ROWS_PER_STATEMENT)
    ]


def _statements(blocks: Iterator[bytes], endings: Sequence[str]) -> Iterator[bytes]:
    for block, ending in zip(blocks, endings, strict=True):
        yield b"UNWIND [\n" + block.removeprefix(b",\n") + b"\n] AS row\n" + ending.encode() + b";\n"
