"""The columns document says what the JSON document says, element by element."""

import base64
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
from hypothesis import given

from snapgraph.engine.formats.column_documents import write_columns
from snapgraph.engine.formats.documents import write_json
from snapgraph.engine.formats.labels import label_ordinals
from snapgraph.engine.formats.values import time_to_text
from snapgraph.model.keys import split_node_key
from snapgraph.model.metrics import DEFAULT_METRICS
from tests.fixtures.graphs import build, elements, sample_snapshot

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unpacked(packed):
    return np.frombuffer(base64.b64decode(packed["data"]), dtype=f"<{packed['type']}").tolist()


def values_of(column, count):
    """Every value of a column; ``None`` where the property is absent."""
    given_values = unpacked(column["values"])
    assert len(given_values) == count
    if column["kind"] in {"text", "json"}:
        return [column["categories"][code - 1] if code else None for code in given_values]
    if column["kind"] == "boolean":
        return [None if value == 2 else bool(value) for value in given_values]
    if column["kind"] == "time":
        moments = [None if us == -(2**63) else EPOCH + timedelta(microseconds=us) for us in given_values]
        return [None if moment is None else time_to_text(moment) for moment in moments]
    plain = [None if np.isnan(value) else value for value in given_values]
    return [None if each is None else int(each) for each in plain] if column["kind"] == "integer" else plain


def rows(side, members):
    """Put elements together again from columns."""
    count = side["count"]
    columns = {name: values_of(column, count) for name, column in side["columns"].items()}
    for place in range(count):
        properties = {name: values[place] for name, values in columns.items() if values[place] is not None}
        element = {name: each[place] for name, each in members.items() if each[place] not in (None, False)}
        yield {**element, "properties": properties}


def read(document):
    nodes, edges = document["graph_columns"]["nodes"], document["graph_columns"]["relationships"]
    keys, types = nodes["keys"], edges["types"]
    names = [split_node_key(key)[0] for key in keys]
    ends = {name: unpacked(edges[name]) for name in ("source", "target", "type")}
    ordinals = unpacked(edges["ordinal"]) if "ordinal" in edges else [1] * edges["count"]
    labels = [
        f"{names[source]}_{names[target]}_{edges['short_names'][type_]}" + (f"_{ordinal}" if ordinal > 1 else "")
        for source, target, type_, ordinal in zip(*ends.values(), ordinals, strict=True)
    ]
    node_members = {"id": keys, "type": [split_node_key(key)[1] for key in keys], **derived(nodes)}
    edge_members = {
        "id": labels,
        "source": [keys[place] for place in ends["source"]],
        "target": [keys[place] for place in ends["target"]],
        "type": [types[code] for code in ends["type"]],
        **derived(edges),
    }
    return {"nodes": list(rows(nodes, node_members)), "relationships": list(rows(edges, edge_members))}


def derived(side):
    found = {}
    for name in ("labels", "discriminator"):
        if name in side:
            found[name] = values_of(side[name], side["count"])
    return {**found, **({"stale": [bool(each) for each in unpacked(side["stale"])]} if "stale" in side else {})}


@given(elements())
def test_the_elements_are_those_of_the_json_document(drawn):
    graph, snapshot = build(drawn), sample_snapshot()
    contract = orjson.loads(b"".join(write_json(snapshot, graph)))
    ordinals = label_ordinals(graph)
    said = {"complete": True, "totals": {"nodes": len(graph.nodes), "relationships": len(graph.edges)}}
    document = orjson.loads(write_columns(snapshot, graph, metrics=DEFAULT_METRICS, ordinals=ordinals, said=said))
    assert read(document) == contract.pop("graph_state")
    assert {name: each for name, each in document.items() if name != "graph_columns"} == {**contract, **said}
