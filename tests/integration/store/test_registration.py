"""The dictionary of elements: ids for ever, whatever rolls back, and whoever else registers."""

import threading

import numpy as np
import pytest
import sqlalchemy as sa

from bench.graphs import performance_graph
from snapgraph.adapters.store import open_store, payloads, snapshots, tables
from snapgraph.engine import columns
from tests.integration.store.graphs import graph, meaning


def read(store, snapshot):
    with store.read() as tx:
        return payloads.read_graph(tx, snapshot)


@pytest.fixture
def another_process(store_url):
    """A store that remembers nothing, as in a process of its own."""
    opened = open_store(store_url, codec=columns)
    yield opened
    opened.close()


def chain(*names):
    keys = [f"{name}:T" for name in names]
    return graph({key: {} for key in keys}, {(keys[0], "Q", key, ""): {"value": 1.0} for key in keys})


def fail_after(_done):
    raise ZeroDivisionError


def test_new_elements_are_numbered_in_key_order_without_gaps(store, capture):
    first = read(store, capture(chain("b", "d")))
    second = read(store, capture(chain("a", "b", "c", "d", "e")))
    assert first.nodes.ids.tolist() == [0, 1]
    assert second.nodes.ids.tolist() == [2, 0, 3, 1, 4]
    assert sorted([*first.edges.ids, *second.edges.ids]) == list(range(7))


def test_a_repeated_capture_burns_no_ids(store, capture):
    for _ in range(3):
        capture(chain("a", "b"))
    with store.read() as tx:
        row = tx.execute(sa.select(tables.live_graph)).one()
    assert (row.next_node_id, row.next_edge_id, row.next_type_no, row.last_version) == (2, 2, 1, 3)


def test_after_a_rollback_nothing_wrong_is_remembered(store, capture, draft):
    capture(chain("a"))
    lost = chain("a", "lost", "gone")
    with pytest.raises(ZeroDivisionError), store.begin() as tx:
        fail_after(snapshots.insert(tx, draft(), lost))
    kept = chain("a", "z")
    snapshot = capture(kept)
    assert snapshot.version == 2
    assert meaning(read(store, snapshot)) == meaning(kept)
    assert read(store, snapshot).nodes.ids.tolist() == [0, 1]


def test_processes_that_take_turns_agree_on_ids(store, another_process, capture):
    seen = {}
    for turn, names in enumerate(["ab", "bc", "acd", "e", "abcdef"]):
        into = another_process if turn % 2 else store
        found = read(store, capture(chain(*names), into=into))
        for key, number in zip(found.nodes.keys, found.nodes.ids, strict=True):
            assert seen.setdefault(key, number) == number
    assert sorted(seen.values()) == list(range(6))


def test_a_cold_process_reads_the_whole_dictionary(store, another_process, capture):
    made = performance_graph(800, 9_000)
    warm = read(store, capture(made))
    cold = read(store, capture(made, into=another_process))
    assert np.array_equal(warm.edges.ids, cold.edges.ids)
    assert np.array_equal(warm.nodes.ids, cold.nodes.ids)


def test_graphs_of_the_same_name_in_time_do_not_share_a_memory(store, capture):
    capture(chain("a", "b"))
    with store.begin() as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(sa.delete(table))
        tx.execute(sa.text("ALTER SEQUENCE live_graph_graph_no_seq RESTART"))
    assert read(store, capture(chain("x", "y"))).nodes.ids.tolist() == [0, 1]


def test_captures_at_once_get_different_versions_and_share_without_a_circle(store, another_process, draft):
    """Two live graphs with the same content share chunks; their captures write them in one order."""
    made = [performance_graph(300, 6_000, seed=seed) for seed in range(3)]
    drafts = [draft(graph=f"graph{number % 2}") for number in range(12)]
    taken, failures = [], []

    def run(number):
        store_of_this = another_process if number % 3 == 0 else store
        try:
            with store_of_this.begin() as tx:
                taken.append(snapshots.insert(tx, drafts[number], made[number % 3]))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for name in ("graph0", "graph1"):
        assert sorted(each.version for each in taken if each.graph == name) == [1, 2, 3, 4, 5, 6]
    for each in taken:
        assert len(read(store, each).edges) == 6_000
