"""What goes into the store comes out of it: graphs, differences, single values."""

from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.graphs import performance_graph
from snapgraph.adapters.store import open_store, payloads, snapshots, tables
from snapgraph.engine import columns
from snapgraph.engine.columns import content_hashes
from snapgraph.errors import GoneError, InvalidInputError
from snapgraph.model.columns import Column, GraphColumns
from snapgraph.model.queries import SnapshotRevision
from snapgraph.model.vocabulary import ColumnKind
from tests.integration.store.conftest import VOLATILE
from tests.integration.store.graphs import graph, meaning, small_graphs


def read(store, snapshot):
    with store.read() as tx:
        return payloads.read_graph(tx, snapshot)


def differing(store, before, after):
    with store.read() as tx:
        return payloads.read_differing(tx, before, after, volatile=VOLATILE)


def count(store, table):
    with store.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(small_graphs(), min_size=2, max_size=3))
def test_any_graph_comes_back_and_any_difference_is_found(store, capture, history):
    taken = [capture(graph(*each)) for each in history]
    ids = {}
    for wanted, snapshot in zip(history, taken, strict=True):
        found = read(store, snapshot)
        nodes, edges = meaning(found)
        assert (nodes, edges) == wanted
        assert list(nodes) == sorted(nodes)
        assert list(edges) == sorted(edges)
        assert content_hashes(found, VOLATILE) == (snapshot.content_hash, snapshot.stable_hash)
        for key, number in zip([*nodes, *edges], [*found.nodes.ids, *found.edges.ids], strict=True):
            assert ids.setdefault(key, number) == number, "an element keeps its id for ever"
    assert_differences(differing(store, taken[0], taken[1]), history[0], history[1])


def assert_differences(found, before, after):
    """What is left out is equal on both sides; what is there is as it was."""
    left, right = meaning(found.before), meaning(found.after)
    assert found.same_topology == (set(before[0]) == set(after[0]) and set(before[1]) == set(after[1]))
    for kind in (0, 1):
        for key in before[kind].keys() | after[kind].keys():
            there = key in left[kind] or key in right[kind]
            is_equal = key in before[kind] and key in after[kind] and not changed(before[kind][key], after[kind][key])
            assert there or is_equal
            if there:
                assert (key in left[kind], key in right[kind]) == (key in before[kind], key in after[kind])
            if key in left[kind] and key in right[kind]:
                assert changed(left[kind][key], right[kind][key]) == changed(before[kind][key], after[kind][key])


def changed(before, after):
    """The properties that differ, by their bits, with both values; empty when none does."""
    shown = [{name: repr(value) for name, value in each.items() if name not in VOLATILE} for each in (before, after)]
    names = shown[0].keys() | shown[1].keys()
    return {
        name: (shown[0].get(name), shown[1].get(name)) for name in names if shown[0].get(name) != shown[1].get(name)
    }


def test_a_graph_without_anything_is_a_snapshot_too(store, capture):
    snapshot = capture(graph({}))
    assert meaning(read(store, snapshot)) == ({}, {})


def test_a_property_may_be_called_like_a_structure_column(store, capture):
    wanted = ({"a:T": {"@id": 7, "@key": "k", ".x": 1}}, {("a:T", "Q", "a:T", ""): {"@source": 1.5, "@type": "t"}})
    assert meaning(read(store, capture(graph(*wanted)))) == wanted


def test_a_mixed_graph_over_many_chunks_comes_back(store, capture):
    made = performance_graph(5_000, 20_000, mixed=True)
    snapshot = capture(made)
    found = read(store, snapshot)
    assert (snapshot.counts.nodes, snapshot.counts.edges) == (5_000, 20_000)
    assert content_hashes(found, VOLATILE) == content_hashes(made, VOLATILE)


def test_an_identical_graph_shares_every_chunk_with_the_one_before(store, capture):
    made = performance_graph(500, 5_000)
    first = capture(made)
    chunks = count(store, tables.chunk)
    second = capture(made)
    assert count(store, tables.chunk) == chunks
    assert (second.version, second.previous_id) == (first.version + 1, first.id)
    assert second.content_hash == first.content_hash


def test_changed_timestamps_alone_cost_only_their_own_chunks(store, capture):
    before = capture(graph({"a:T": {}}, {("a:T", "Q", "a:T", ""): {"value": 1.0, "timestamp": 1}}))
    chunks = count(store, tables.chunk)
    after = capture(graph({"a:T": {}}, {("a:T", "Q", "a:T", ""): {"value": 1.0, "timestamp": 2}}))
    assert count(store, tables.chunk) == chunks + 1
    assert before.stable_hash == after.stable_hash
    assert before.content_hash != after.content_hash
    assert meaning(differing(store, before, after).before) == ({}, {})


def test_equal_chunks_are_not_read_for_a_difference(store, capture, monkeypatch):
    made = performance_graph(500, 20_000)
    before = capture(made)
    values = made.edges.columns["value"].values.copy()
    values[7] += 1
    after = capture(with_values(made, values))
    read(store, before)  # keys and ids are in memory from here on
    fetched = []
    fetch = columns.open_chunk
    monkeypatch.setattr(columns, "open_chunk", lambda body, name: fetched.append(name) or fetch(body, name))
    found = differing(store, before, after)
    assert len(found.before.edges) == len(found.after.edges) == 1
    assert len(fetched) == 2, "one chunk of values on each side"


def with_values(made, values):
    edges = made.edges
    return GraphColumns(
        nodes=made.nodes,
        edges=type(edges)(
            sources=edges.sources,
            targets=edges.targets,
            type_codes=edges.type_codes,
            types=edges.types,
            columns={**edges.columns, "value": Column(kind=ColumnKind.FLOAT, values=values)},
        ),
    )


@pytest.mark.parametrize("remembered", [64, 0], ids=["few", "more than are remembered"])
def test_single_values_are_read_over_many_snapshots(store, capture, remembered, monkeypatch):
    monkeypatch.setattr("snapgraph.adapters.store.values.MANIFESTS", remembered)
    key = ("a:T", "Q", "b:T", "")
    other = ("b:T", "Q", "a:T", "")
    nodes = {"a:T": {"rows": 3}, "b:T": {}}
    mixed = graph(nodes, {key: {"value": 5.0}, other: {"value": 6.0}})
    rows_column = Column(kind=ColumnKind.JSON, values=np.array([0, 1], np.int32), categories=("7", "2.5"))
    mixed = replace(mixed, nodes=replace(mixed.nodes, columns={"rows": rows_column}))
    history = [
        graph(nodes, {key: {"value": 1.0, "calls": 10}, other: {"value": 9.0, "calls": 1}}),
        graph(nodes, {other: {"value": 9.5}}),
        graph(nodes, {key: {"value": 3.0, "@stale": True}, other: {"value": 10.0, "@stale": False}}),
        graph(nodes, {key: {"value": "text"}, other: {"value": "text"}}),
        mixed,
    ]
    taken = [capture(each) for each in history]
    found = read(store, taken[0])
    with store.read() as tx:
        wanted = np.array([*found.edges.ids[::-1], 999_999])
        seen = payloads.edge_values(tx, taken, wanted)
        calls = payloads.edge_values(tx, taken, wanted, "calls")
        rows = payloads.node_values(tx, taken, found.nodes.ids, "rows")
    nan = np.nan
    np.testing.assert_array_equal(
        seen, [[9.0, 1.0, nan], [9.5, nan, nan], [10.0, nan, nan], [nan] * 3, [6.0, 5.0, nan]]
    )
    np.testing.assert_array_equal(calls, [[1, 10, nan], *[[nan] * 3] * 4])
    np.testing.assert_array_equal(rows, [*[[3, nan]] * 4, [7.0, 2.5]])


def test_the_topology_is_read_without_properties(store, capture):
    made = performance_graph(50, 300)
    snapshot = capture(made)
    with store.read() as tx:
        found = payloads.read_topology(tx, snapshot)
    assert found.nodes.keys.tolist() == made.nodes.keys.tolist()
    assert np.array_equal(found.edges.targets, made.edges.targets)
    assert (found.edges.columns, found.nodes.columns) == ({}, {})


@pytest.mark.parametrize("table", ["chunk", "manifest"])
def test_a_payload_that_is_not_whole_is_gone_and_never_short(store, store_url, capture, table):
    snapshot = capture(performance_graph(50, 300))
    with store.begin() as tx:
        tx.execute(sa.text(f"DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table})"))
        if table == "manifest":
            tx.execute(sa.text("DELETE FROM manifest"))
    fresh = open_store(store_url, codec=columns)  # which remembers no chunk
    with pytest.raises(GoneError, match="retention"):
        read(fresh, snapshot)
    fresh.close()


def test_a_payload_is_found_where_it_was_put_after_pinning_and_unpinning(store, capture):
    wanted = ({"a:T": {"rows": 1}}, {})
    for born_pinned in (False, True):
        made = capture(graph(*wanted), pinned=born_pinned)
        with store.begin() as tx:
            turned = snapshots.revise(tx, made.id, SnapshotRevision(pinned=not born_pinned))
            assert meaning(payloads.read_graph(tx, turned)) == wanted
        assert turned.retention_class is not made.retention_class


def test_two_elements_with_one_key_are_refused(store, draft):
    made = graph({"a:T": {}, "b:T": {}}, {("a:T", "Q", "b:T", ""): {}})
    twice = GraphColumns(
        nodes=made.nodes,
        edges=type(made.edges)(
            sources=np.array([0, 0], dtype=np.int32),
            targets=np.array([1, 1], dtype=np.int32),
            type_codes=np.array([0, 0], dtype=np.int32),
            types=("Q",),
        ),
    )
    with pytest.raises(InvalidInputError, match="same key"), store.begin() as tx:
        snapshots.insert(tx, draft(), twice)
    assert count(store, tables.snapshot) == 0


def flip(store, column, bit):
    """Flip a bit of one stored chunk of a column, somewhere behind its head."""
    with store.begin() as tx:
        hashes = tx.execute(sa.text("SELECT hashes FROM manifest WHERE name = :name LIMIT 1"), {"name": column})
        name = hashes.scalar_one()[:16]
        size = tx.execute(sa.text("SELECT length(body) FROM chunk WHERE hash = :hash"), {"hash": name}).scalar_one()
        place = 8 * 30 + bit % (8 * (size - 30))
        flipped = sa.text("UPDATE chunk SET body = set_bit(body, :at, 1 - get_bit(body, :at)) WHERE hash = :hash")
        tx.execute(flipped, {"at": place, "hash": name})


@pytest.fixture
def fresh(store_url):
    """A store of another process, which remembers nothing."""
    other = open_store(store_url, codec=columns)
    yield other
    other.close()


@pytest.mark.parametrize("column", [".value", "@target", "@key", ".trend"])
@pytest.mark.parametrize("bit", [0, 12_345])
def test_a_flipped_bit_is_noticed_by_every_reader_and_never_a_wrong_answer(store, capture, fresh, column, bit):
    made = performance_graph(50, 300)
    snapshot = capture(made)
    other = capture(with_values(made, made.edges.columns["value"].values + 1))
    assert len(read(fresh, snapshot).edges) == 300, "the control: as long as it is whole it is read"
    flip(store, column, bit)
    for reader in (read, lambda *asked: differing(*asked, other)):
        fresh.caches.__init__()
        if reader is read or column != ".trend":  # equal on both sides, so that a difference reads none of it
            with pytest.raises(GoneError, match=r"damaged.*bytes of chunk [0-9a-f]{32}"):
                reader(fresh, snapshot)


def test_without_its_seal_a_flipped_bit_would_be_another_value(store, capture, fresh, monkeypatch):
    made = performance_graph(50, 300)
    snapshot = capture(made)
    with store.begin() as tx:  # byte 60 is of the lowest plane, which is noise and so not compressed
        tx.execute(
            sa.text(
                "UPDATE chunk SET body = set_byte(body, 60, get_byte(body, 60) # 1) "
                "WHERE hash = (SELECT substr(hashes, 1, 16) FROM manifest WHERE name = '.value')"
            )
        )
    unsealed = columns.decode_chunk
    with monkeypatch.context() as patched:
        patched.setattr(columns, "open_chunk", lambda body, _: type("Open", (), {"column": unsealed(body[10:])}))
        values = read(fresh, snapshot).edges.columns["value"].values
    assert not np.array_equal(values, made.edges.columns["value"].values), "a wrong answer, and nobody would know"
    with pytest.raises(GoneError, match="damaged"):
        read(fresh, snapshot)


def test_chunks_from_before_there_were_seals_are_read_and_proved_by_their_hash(store, capture, fresh):
    made = performance_graph(50, 300)
    snapshot = capture(made)
    with store.begin() as tx:
        tx.execute(sa.text("UPDATE chunk SET body = substr(body, 11)"))
    assert content_hashes(read(fresh, snapshot), VOLATILE) == content_hashes(made, VOLATILE)
    flip(store, ".value", 999)
    fresh.caches.__init__()
    with pytest.raises(GoneError, match="damaged"):
        read(fresh, snapshot)


def test_a_damaged_snapshot_is_told_from_whole_ones_beside_it(store, capture, fresh):
    made = performance_graph(50, 300)
    first, second = capture(made), capture(with_values(made, made.edges.columns["value"].values + 1))
    flip(store, ".value", 7)
    with fresh.read() as tx:
        ids = np.arange(3)
        with pytest.raises(GoneError, match="damaged"):
            payloads.edge_values(tx, [first, second], ids)
        assert not np.isnan(payloads.edge_values(tx, [second], ids)).any()
