"""The whole snapshot as the specification's JSON document: header, ``graph_state``, ``history``; written and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.elements import EDGE_ORDER, NODE_ORDER, pieces_of_repeats, properties_of, stale_rows
from snapgraph.engine.formats.fragments import (
    Coded,
    Pieces,
    joined_blocks,
    json_strings,
    pieces_of_column,
    pieces_of_properties,
)
from snapgraph.engine.formats.graph_states import graph_state_from_json
from snapgraph.engine.formats.headers import history_to_json, snapshot_to_json
from snapgraph.engine.formats.labels import label_ordinals, node_names, short_names
from snapgraph.engine.formats.values import PLAIN_TIMES
from snapgraph.model.columns import LABELS, STALE, Column, GraphColumns
from snapgraph.model.keys import decode_part, encode_part
from snapgraph.model.metrics import DEFAULT_METRICS, MetricDefinition
from snapgraph.model.snapshots import HistoryEntry, Snapshot
from snapgraph.model.values import TaggedType

__all__ = ["JsonNotation", "edge_keys", "element_lines", "graph_state_from_json", "write_graph_state", "write_json"]

_BETWEEN_ROWS = b",\n"


@dataclass(frozen=True, slots=True)
class JsonNotation:
    """Properties as members of a JSON object."""

    def before(self, name: str, *, first: bool) -> bytes:
        """Write ``,"name":``."""
        return (b"" if first else b",") + orjson.dumps(name) + b":"

    def texts(self, categories: Sequence[str]) -> list[bytes]:
        """Quote."""
        return json_strings(categories)

    def json_texts(self, categories: Sequence[str]) -> list[bytes]:
        """Leave as they are."""
        return [text.encode() for text in categories]

    def around_time(self, name: str) -> tuple[bytes, bytes]:
        """Tag what is not one of the standard times."""
        if name in PLAIN_TIMES:
            return b"", b""
        return f'{{"$type":"{TaggedType.DATE_TIME}","value":'.encode(), b"}"


def write_json(
    snapshot: Snapshot,
    graph: GraphColumns,
    history: Sequence[HistoryEntry] = (),
    *,
    metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
    ordinals: NDArray[np.int32] | None = None,
    said: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[bytes]:
    """Write a snapshot with its graph, one element a line, in constant memory.

    Args:
        snapshot: The header.
        graph: The payload, in canonical order.
        history: Earlier snapshots; the key is left out when there are none.
        metrics: For the short names in relationship ids.
        ordinals: Of the labels, where ``graph`` is a part of a larger one (:func:`label_ordinals` of that one).
        said: Members beside the header: how much of the graph this is.
    """
    yield orjson.dumps({**snapshot_to_json(snapshot), **said})[:-1] + b',"graph_state":'
    yield from write_graph_state(graph, metrics=metrics, ordinals=ordinals)
    for place, entry in enumerate(history):
        yield (b',\n"history":[\n' if place == 0 else _BETWEEN_ROWS) + orjson.dumps(history_to_json(entry))
    yield b"]}\n" if history else b"}\n"


def write_graph_state(
    graph: GraphColumns,
    *,
    metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
    ordinals: NDArray[np.int32] | None = None,
) -> Iterator[bytes]:
    """Write ``{"nodes": […], "relationships": […]}`` of a graph in canonical order; see :func:`write_json`."""
    yield b'{"nodes":['
    yield from _rows(_node_pieces(graph), len(graph.nodes))
    yield b'],\n"relationships":['
    yield from _rows(_edge_pieces(graph, metrics, ordinals=ordinals), len(graph.edges))
    yield b"]}"


def element_lines(
    graph: GraphColumns,
    *,
    metrics: Mapping[str, MetricDefinition] = DEFAULT_METRICS,
    ordinals: NDArray[np.int32] | None = None,
) -> tuple[list[bytes], list[bytes]]:
    """Write every node and every relationship as a JSON text of its own, as ``graph_state`` has them.

    Args:
        graph: In canonical order.
        metrics: For the short names in relationship ids.
        ordinals: Of the labels, where ``graph`` is a part of a larger one (:func:`label_ordinals` of that one).

    Returns:
        The nodes, and the relationships; these carry their edge key as ``key`` beside ``id``.
    """
    edges = _edge_pieces(graph, metrics, keys=[_keys(graph)], ordinals=ordinals)
    return _lines(_node_pieces(graph), len(graph.nodes)), _lines(edges, len(graph.edges))


def edge_keys(graph: GraphColumns) -> list[str]:
    """Make the key of every edge; quicker than :func:`~snapgraph.model.keys.edge_key` for each (0.3 us)."""
    edges = graph.edges
    ends = [key.replace("|", "%7C") for key in graph.nodes.keys.tolist()]
    types = [f"|{encode_part(type_).replace('|', '%7C')}|" for type_ in edges.types]
    rows = zip(edges.sources.tolist(), edges.type_codes.tolist(), edges.targets.tolist(), strict=True)
    keys = [f"{ends[source]}{types[type_]}{ends[target]}" for source, type_, target in rows]
    if edges.discriminators is None:
        return keys
    apart = [f"|{encode_part(text).replace('|', '%7C')}" if text else "" for text in edges.discriminators.categories]
    return [
        f"{key}{apart[code] if code >= 0 else ''}" for key, code in zip(keys, _codes(edges.discriminators), strict=True)
    ]


def _codes(column: Column) -> list[int]:
    codes: list[int] = column.values.tolist()  # -1 where there is none
    return codes


def _keys(graph: GraphColumns) -> Pieces:
    """Make the member ``key``; the piece before has opened the quote of the id, the one after closes this one."""
    texts = [b'","key":' + text[:-1] for text in json_strings(edge_keys(graph))]
    return Coded.of(texts, np.arange(len(texts)))


def _lines(columns: Sequence[Pieces], count: int) -> list[bytes]:
    """Cut rows apart at their newlines: no newline stands inside a row, JSON escapes it."""
    return b"".join(_rows(columns, count))[1:].split(_BETWEEN_ROWS) if count else []


def _rows(columns: Sequence[Pieces], count: int) -> Iterator[bytes]:
    """Join rows whose first piece closes the row before (``}},`` and a newline): the first row has none to close."""
    blocks = joined_blocks(columns, count)
    for block in blocks:
        yield b"\n" + block.removeprefix(b"}}" + _BETWEEN_ROWS)
        yield from blocks
        yield b"}}"


def _node_pieces(graph: GraphColumns) -> list[Pieces]:
    nodes = graph.nodes
    keys = nodes.keys.tolist()
    types = [key.rpartition(":")[2] for key in keys]
    codes = {type_: code for code, type_ in enumerate(dict.fromkeys(types))}
    distinct = json_strings([decode_part(type_) for type_ in codes])
    return [
        Coded.of([b'}},\n{"id":' + key for key in json_strings(keys)], np.arange(len(keys))),
        *_derived(nodes.columns),
        Coded.of(
            [b',"type":' + type_ + b',"properties":{' for type_ in distinct],
            np.array([codes[type_] for type_ in types], dtype=np.intp),
        ),
        *pieces_of_properties(properties_of(nodes.columns), JsonNotation(), NODE_ORDER),
    ]


def _edge_pieces(
    graph: GraphColumns,
    metrics: Mapping[str, MetricDefinition],
    *,
    keys: Sequence[Pieces] = (),
    ordinals: NDArray[np.int32] | None = None,
) -> list[Pieces]:
    edges = graph.edges
    plain_names = node_names(graph.nodes.keys)
    names = [text[1:-1] for text in json_strings(plain_names)]
    ends = json_strings(graph.nodes.keys.tolist())
    shorts = [text[1:-1] for text in json_strings(short_names(edges.types, metrics))]
    return [
        Coded.of([b'}},\n{"id":"' + name + b"_" for name in names], edges.sources),
        Coded.of([name + b"_" for name in names], edges.targets),
        Coded.of(shorts, edges.type_codes),
        *pieces_of_repeats(label_ordinals(graph, metrics, names=plain_names) if ordinals is None else ordinals),
        *keys,
        Coded.of([b'","source":' + key + b',"target":' for key in ends], edges.sources),
        Coded.of(ends, edges.targets),
        *_derived(edges.columns, edges.discriminators),
        Coded.of([b',"type":' + type_ + b',"properties":{' for type_ in json_strings(edges.types)], edges.type_codes),
        *pieces_of_properties(properties_of(edges.columns), JsonNotation(), EDGE_ORDER),
    ]


def _derived(columns: Mapping[str, Column], discriminators: Column | None = None) -> list[Pieces]:
    """Make the members beside the properties: ``discriminator``, ``labels``, and ``stale`` where it is true."""
    pieces: list[Pieces] = []
    if discriminators is not None:
        pieces.append(pieces_of_column("discriminator", discriminators, JsonNotation(), first=False))
    if LABELS in columns:
        pieces.append(pieces_of_column("labels", columns[LABELS], JsonNotation(), first=False))
    if STALE in columns:
        pieces.append(Coded.of([b"", b',"stale":true'], stale_rows(columns[STALE]).astype(np.intp)))
    return pieces
