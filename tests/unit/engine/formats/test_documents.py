"""The whole document: written from columns without a dict, read back equal."""

from datetime import UTC, datetime

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.graphs import performance_graph
from snapgraph.engine import columns
from snapgraph.engine.formats.documents import graph_state_from_json, write_graph_state, write_json
from snapgraph.engine.formats.fragments import ROWS_PER_BLOCK
from snapgraph.engine.formats.headers import history_to_json, snapshot_to_json
from snapgraph.engine.formats.labels import relationship_labels
from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.snapshots import HistoryEntry
from snapgraph.model.values import canonical_json
from snapgraph.model.vocabulary import ColumnKind
from tests.fixtures.graphs import FLOATS, MOMENTS, NAMES, TEXT, build, elements, sample_snapshot

ANY_JSON = st.recursive(
    st.one_of(FLOATS, st.integers(-(2**53), 2**53), st.booleans(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


def written(graph):
    return orjson.loads(b"".join(write_graph_state(graph)))


def in_canonical_text(items):
    """Compare floats and integers apart, and whatever the order of the lists."""
    return sorted(canonical_json({name: value for name, value in item.items() if name != "id"}) for item in items)


@given(elements())
def test_what_is_written_is_what_was_put_in(drawn):
    nodes, relationships = drawn
    state = written(build(drawn))

    assert sorted(map(canonical_json, state["nodes"])) == sorted(map(canonical_json, nodes))
    assert in_canonical_text(state["relationships"]) == in_canonical_text(relationships)


@given(elements(values=ANY_JSON))
def test_a_graph_comes_back_with_the_same_content(drawn):
    graph = build(drawn)

    assert columns.content_hashes(graph_state_from_json(written(graph))) == columns.content_hashes(graph)


@given(elements())
def test_elements_stand_in_canonical_order_with_their_labels(drawn):
    graph = build(drawn)
    state = written(graph)
    identities = [
        (each["source"], each["type"], each["target"], each.get("discriminator", "")) for each in state["relationships"]
    ]

    assert [node["id"] for node in state["nodes"]] == sorted(node["id"] for node in state["nodes"])
    assert identities == sorted(identities)
    assert [each["id"] for each in state["relationships"]] == relationship_labels(graph)


@given(st.lists(st.one_of(st.none(), MOMENTS), min_size=1, max_size=40), st.lists(st.booleans(), min_size=1))
def test_times_and_booleans_stand_where_they_are(moments, flags):
    nodes = [
        {
            "id": f"{place:03}:T",
            "type": "T",
            "properties": {
                **({} if moment is None else {"timestamp": moment}),
                "flag": flags[place % len(flags)],
            },
        }
        for place, moment in enumerate(moments)
    ]

    assert sorted(map(canonical_json, written(build((nodes, [])))["nodes"])) == sorted(map(canonical_json, nodes))


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("distinct_times", [False, True])
def test_a_graph_of_several_blocks_is_what_dicts_would_give(mixed, distinct_times):
    graph = performance_graph(60, 3 * ROWS_PER_BLOCK + 5, mixed=mixed, distinct_times=distinct_times)
    state = written(graph)

    assert len(state["relationships"]) == 3 * ROWS_PER_BLOCK + 5
    assert columns.content_hashes(graph_state_from_json(state)) == columns.content_hashes(graph)


def test_an_empty_graph_is_two_empty_lists():
    assert written(build(([], []))) == {"nodes": [], "relationships": []}


def test_a_document_is_header_graph_and_history():
    snapshot, graph = sample_snapshot(), performance_graph(5, 20)
    entry = HistoryEntry(
        snapshot_id="snap_1",
        captured_at=datetime(2025, 1, 6, tzinfo=UTC),
        summary=snapshot.summary,
        edge_values={"a": 1.0},
    )

    document = orjson.loads(b"".join(write_json(snapshot, graph, (entry, entry))))

    state, history = document.pop("graph_state"), document.pop("history")
    assert document == snapshot_to_json(snapshot)
    assert state == written(graph)
    assert history == [history_to_json(entry)] * 2


def test_history_is_left_out_when_there_is_none():
    assert "history" not in orjson.loads(b"".join(write_json(sample_snapshot(), performance_graph(2, 2))))


def test_a_block_at_a_time_is_in_memory():
    blocks = list(write_json(sample_snapshot(), performance_graph(200, 40_000)))

    assert len(blocks) > 35
    assert max(map(len, blocks)) < 512 * 1024


def test_integers_beyond_a_double_are_tagged_each_by_itself():
    values = np.array([2**53, 2**53 + 1, -(2**63), 7], dtype=np.int64)
    graph = GraphColumns(
        nodes=NodeColumns(
            keys=np.array([f"{place}:T" for place in range(4)], dtype=object),
            columns={"big": Column(kind=ColumnKind.INTEGER, values=values)},
        ),
        edges=EdgeColumns(
            sources=np.empty(0, np.int32), targets=np.empty(0, np.int32), type_codes=np.empty(0, np.int32), types=()
        ),
    )

    assert [node["properties"]["big"] for node in written(graph)["nodes"]] == [
        2**53,
        {"$type": "Integer", "value": str(2**53 + 1)},
        {"$type": "Integer", "value": str(-(2**63))},
        7,
    ]
    assert graph_state_from_json(written(graph)).nodes.columns["big"].values.tolist() == values.tolist()


def test_a_time_column_that_is_no_standard_time_says_that_it_is_a_time():
    graph = performance_graph(1, 1)
    times = Column(kind=ColumnKind.TIME, values=np.array([0], dtype=np.int64))
    graph = GraphColumns(nodes=NodeColumns(keys=graph.nodes.keys, columns={"seen": times}), edges=graph.edges)

    assert written(graph)["nodes"][0]["properties"] == {"seen": {"$type": "DateTime", "value": "1970-01-01T00:00:00Z"}}


@given(NAMES)
def test_hostile_names_stay_inside_their_quotes(name):
    node = {"id": "a:T", "type": "T", "properties": {f"x{name}": name}}

    assert written(build(([node], [])))["nodes"] == [node]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"nodes": None}, "/graph_state/nodes"),
        ({"relationships": {}}, "/graph_state/relationships"),
        ({"nodes": [1]}, "/graph_state/nodes/0"),
        ({"nodes": [{"id": 1}]}, "/graph_state/nodes/0/id"),
        ({"nodes": [{"id": "a:T"}, {"id": "b:T"}, {"id": "a:T"}]}, "/graph_state/nodes/2/id"),
        ({"nodes": [{"id": "a:T", "labels": "T"}]}, "/graph_state/nodes/0/labels"),
        ({"nodes": [{"id": "a:T", "properties": []}]}, "/graph_state/nodes/0/properties"),
        ({"relationships": [{"source": "a:T", "target": "x:T", "type": "R"}]}, "/graph_state/relationships/0/target"),
        ({"relationships": [{"source": "a:T", "target": "a:T"}]}, "/graph_state/relationships/0/type"),
        (
            {"relationships": [{"source": "a:T", "target": "a:T", "type": "R"}] * 2},
            "/graph_state/relationships/1",
        ),
        (
            {"relationships": [{"source": "a:T", "target": "a:T", "type": "R", "properties": {"value": "high"}}]},
            "/graph_state/relationships/0/properties/value",
        ),
        (
            {"relationships": [{"source": "a:T", "target": "a:T", "type": "R", "properties": {"timestamp": "soon"}}]},
            "/graph_state/relationships/0/properties/timestamp",
        ),
        (
            {"relationships": [{"source": "a:T", "target": "a:T", "type": "R", "discriminator": 1}]},
            "/graph_state/relationships/0/discriminator",
        ),
    ],
)
def test_what_is_wrong_is_pointed_at(change, pointer):
    state = {"nodes": [{"id": "a:T", "type": "T", "properties": {}}], "relationships": [], **change}

    with pytest.raises(InvalidInputError) as caught:
        graph_state_from_json(state)

    assert caught.value.problems[0].pointer == pointer
