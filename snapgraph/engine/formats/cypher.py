"""A snapshot as Cypher statements that build its graph in an empty Neo4j, and change nothing when run again.

Statements are ended by ``;`` and a line break, which stand nowhere inside one; ``cypher-shell -f`` runs the file.
Elements go in batches of 1,000 to ``UNWIND … MERGE``, one statement per relationship type and pair of node types, so
that names stand in the text only where Cypher takes no value. A batch stands as one text per property
(:mod:`.cypher_batches`), since Neo4j plans every literal: as maps, 1,000 relationships take 10 times longer to load.
Nodes are merged on the property ``snapgraph_key`` (their key; a read of a live graph leaves it out), parallel
relationships on the same property (their discriminator), all others on their ends. An index per node type carries the
look-up; derived columns (``@stale``) are not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.cypher_batches import Batches, Texts, batches_of, own_name
from snapgraph.engine.formats.cypher_texts import cypher_name
from snapgraph.engine.formats.elements import EDGE_ORDER, NODE_ORDER, properties_of
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
    texts = PLAIN_TIMES if form == "iso8601" else frozenset()
    yield from _node_statements(nodes, types, type_codes, texts)
    yield from _edge_statements(edges, keys, types, type_codes, texts)


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
    nodes: NodeColumns, types: Sequence[str], type_codes: NDArray[np.intp], texts: AbstractSet[str]
) -> Iterator[bytes]:
    labels = nodes.columns.get(LABELS)
    label_codes = np.full(len(nodes), -1) if labels is None else labels.values.astype(np.intp)
    extra = [""] if labels is None else [*map(_set_labels, labels.categories), ""]
    keys = Texts.of(nodes.keys.tolist(), np.arange(len(nodes)))
    batches = [batches_of(name, column, texts) for name, column in _ordered(nodes.columns, NODE_ORDER)]
    for rows in _runs(np.arange(len(nodes)), type_codes, label_codes):
        merge = f"MERGE (n{_label(types[type_codes[rows[0]]])} {{{KEY_PROPERTY}: k[i]}})\nSET n += "
        yield _statement({"k": keys.written(rows)}, batches, rows, merge, extra[label_codes[rows[0]]])


def _edge_statements(
    edges: EdgeColumns, keys: Sequence[str], types: Sequence[str], type_codes: NDArray[np.intp], texts: AbstractSet[str]
) -> Iterator[bytes]:
    batches = [batches_of(name, column, texts) for name, column in _ordered(edges.columns, EDGE_ORDER)]
    ends = {"s": Texts.of(keys, edges.sources), "t": Texts.of(keys, edges.targets)}
    parallel, discriminators = _parallel(edges)
    for chosen, identity in ((~parallel, ends), (parallel, {**ends, "k": discriminators})):
        codes = (edges.type_codes, type_codes[edges.sources], type_codes[edges.targets])
        for rows in _runs(np.flatnonzero(chosen), *codes):
            lists = {name: column.written(rows) for name, column in identity.items()}
            first = rows[0]
            source, target = types[codes[1][first]], types[codes[2][first]]
            merge = _merge_edge(edges.types[codes[0][first]], source, target, has_key="k" in identity)
            yield _statement(lists, batches, rows, merge)


def _parallel(edges: EdgeColumns) -> tuple[Mask, Texts]:
    """Find the edges of those types of which any has a discriminator: all of such a type are merged with it."""
    if edges.discriminators is None:
        return np.zeros(len(edges), dtype=np.bool_), Texts.of([""], np.zeros(len(edges), dtype=np.intp))
    codes = edges.discriminators.values.astype(np.intp)
    categories = edges.discriminators.categories
    texts = Texts.of([*categories, ""], np.where(codes < 0, len(categories), codes))
    return np.isin(edges.type_codes, np.unique(edges.type_codes[codes >= 0])), texts


def _merge_edge(type_: str, source_type: str, target_type: str, *, has_key: bool) -> str:
    key = f" {{{KEY_PROPERTY}: k[i]}}" if has_key else ""
    return (
        f"MATCH (a{_label(source_type)} {{{KEY_PROPERTY}: s[i]}})\n"
        f"MATCH (b{_label(target_type)} {{{KEY_PROPERTY}: t[i]}})\n"
        f"MERGE (a)-[r:{cypher_name(type_)}{key}]->(b)\nSET r += "
    )


def _statement(
    lists: Mapping[str, bytes], batches: Sequence[Batches], rows: NDArray[np.intp], merge: str, ending: str = ""
) -> bytes:
    """Write one statement: the lists by name, the merge, and the map of properties that it sets."""
    defined = dict(lists)
    members = []
    for number, batch in enumerate(batches):
        written = batch.written(rows, number)
        if written:
            defined |= written.lists
            members.append(f"{cypher_name(own_name(batch.name))}: {written.expression}")
    listed = b",\n".join(b"%b AS %b" % (text, name.encode()) for name, text in defined.items())
    end = f"\nUNWIND range(0, {len(rows) - 1}) AS i\n{merge}{{{', '.join(members)}}}{ending};\n"
    return b"WITH " + listed + end.encode()


def _label(type_: str) -> str:
    """Write ``:`Table` ``, or nothing for a node without a label."""
    return f":{cypher_name(type_)}" if type_ else ""


def _set_labels(labels: str) -> str:
    """Write the clause that adds all labels of a node, from their JSON list."""
    return "\nSET n" + "".join(map(_label, orjson.loads(labels)))


def _ordered(columns: Mapping[str, Column], order: Sequence[str]) -> list[tuple[str, Column]]:
    properties = properties_of(columns)
    names = [name for name in order if name in properties] + sorted(properties.keys() - set(order))
    return [(name, properties[name]) for name in names]


def _runs(rows: NDArray[np.intp], *codes: NDArray[np.integer]) -> Iterator[NDArray[np.intp]]:
    """Give rows that agree in their codes, 1,000 at most at a time."""
    if not len(rows):
        return
    order = rows[np.lexsort([code[rows] for code in reversed(codes)])]
    changes = np.any([np.diff(code[order]) != 0 for code in codes], axis=0)
    for run in np.split(order, np.flatnonzero(changes) + 1):
        for start in range(0, len(run), ROWS_PER_STATEMENT):
            yield run[start : start + ROWS_PER_STATEMENT]
