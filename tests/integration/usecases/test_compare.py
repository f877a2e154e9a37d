"""Comparisons of stored snapshots and of the live graph, on a real Postgres."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, pairwise
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pytest
import sqlalchemy as sa

from bench.graphs import change_values, performance_graph
from snapgraph.adapters.store import Store, clock, open_store, snapshots, tables
from snapgraph.engine import columns
from snapgraph.engine.diff import compare_columns, content_hash, from_networkx, regressions_at_least, structure_change
from snapgraph.engine.diff.terms import Terms
from snapgraph.engine.summary import bottlenecks, summarise
from snapgraph.errors import GoneError, InvalidInputError, NotFoundError
from snapgraph.model.changes import Comparison, DiffOptions
from snapgraph.model.columns import STALE, Column, GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.metrics import AVG_LATENCY_MS, DEFAULT_METRICS, DEFAULT_THRESHOLDS, Levels, Thresholds
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.snapshots import CaptureMetadata, Quality, Snapshot, SnapshotDraft
from snapgraph.model.vocabulary import (
    Absence,
    ChangeDirection,
    ColumnKind,
    ElementKind,
    Operation,
    QualityGrade,
    RetentionClass,
    Severity,
    Significance,
    TriggerType,
)
from snapgraph.usecases.compare import CompareRequest, compare

Put = Callable[..., Snapshot]
Compared = Callable[..., Comparison]


@pytest.fixture(scope="module")
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url, codec=columns)
    yield opened
    opened.close()


@pytest.fixture
def live_graph(request: pytest.FixtureRequest) -> LiveGraph:
    """Give each test a live graph of its own, so that none sees the snapshots of another."""
    return LiveGraph(name=f"g{abs(hash(request.node.name))}")


@pytest.fixture
def put(store: Store, live_graph: LiveGraph) -> Put:
    """Store a graph as a snapshot, each a second after the one before."""
    seconds = count()

    def insert(graph: GraphColumns, /, **changes: Any) -> Snapshot:
        thresholds = changes.get("thresholds", DEFAULT_THRESHOLDS)
        with store.begin() as tx:
            fields = {
                "graph": live_graph.name,
                "captured_at": clock.now(tx) + timedelta(seconds=next(seconds)),
                "trigger": TriggerType.MANUAL,
                "trigger_reason": "manual",
                "slug": "manual",
                "retention_class": RetentionClass.MANUAL,
                "summary": summarise(graph, metrics=DEFAULT_METRICS, thresholds=thresholds),
                "thresholds": thresholds,
                "volatile": live_graph.volatile,
            }
            return snapshots.insert(tx, SnapshotDraft(**(fields | changes)), graph)

    return insert


@pytest.fixture
def compared(store: Store, live_graph: LiveGraph) -> Compared:
    """Compare two references of the test's live graph."""

    def run(before: Snapshot | str, after: Snapshot | str, read_live: Any = None, **request: Any) -> Comparison:
        sides = {
            name: side if isinstance(side, str) else side.id for name, side in (("before", before), ("after", after))
        }
        asked = CompareRequest(**sides, graph=live_graph.name, **request)
        return compare(asked, store=store, read_live=read_live)

    return run


def latency(value: float | None, **others: Any) -> GraphColumns:
    """Make a graph of one latency between two tables, and what else is given."""
    network = nx.MultiDiGraph()
    for name in ("orders", "users"):
        network.add_node(name, type="Table")
    if value is not None:
        network.add_edge("users", "orders", type=AVG_LATENCY_MS, value=value, **others)
    return from_networkx(network)


def stale(graph: GraphColumns, *flags: bool) -> GraphColumns:
    column = Column(kind=ColumnKind.BOOLEAN, values=np.array(flags))
    return replace(graph, edges=replace(graph.edges, columns={**graph.edges.columns, STALE: column}))


def without_edges(graph: GraphColumns, gone: np.ndarray) -> GraphColumns:
    rows, edges = np.flatnonzero(~gone), graph.edges
    kept = replace(
        edges,
        sources=edges.sources[rows],
        targets=edges.targets[rows],
        type_codes=edges.type_codes[rows],
        columns={name: column.take(rows) for name, column in edges.columns.items()},
    )
    return replace(graph, edges=kept)


# what is read from the store is what would be compared in memory


@pytest.mark.parametrize("mixed", [False, True])
def test_a_stored_diff_is_the_diff_of_the_whole_graphs(put: Put, compared: Compared, live_graph, mixed) -> None:
    base = performance_graph(500, 9000, mixed=mixed)
    random = np.random.default_rng(5)
    before = without_edges(base, random.random(9000) < 0.02)
    after = change_values(without_edges(base, random.random(9000) < 0.02), 0.1)
    whole = compare_columns(before, after, Terms(options=DiffOptions(volatile=live_graph.volatile)))

    found = compared(put(before), put(after), limit=50_000)

    assert found.content_hash == content_hash(whole)
    assert found.totals.total == len(whole) == len(found.changes) > 1000
    assert found.complete
    assert found.summary.structure == replace(
        structure_change(before, after),
        critical_paths_appeared=found.summary.structure.critical_paths_appeared,
        critical_paths_disappeared=found.summary.structure.critical_paths_disappeared,
    )


def test_the_labels_are_those_of_the_whole_graph(put: Put, compared: Compared) -> None:
    network = nx.MultiDiGraph()
    for discriminator in ("", "hash", "merge"):
        network.add_edge(
            "a", "b", key=discriminator or 0, type="JOIN_FREQUENCY", value=1.0, discriminator=discriminator
        )
    changed = network.copy()
    changed.edges["a", "b", "merge"]["value"] = 2.0

    (change,) = compared(put(from_networkx(network)), put(from_networkx(changed))).changes

    assert change.element.id == "a_b_joins_3"
    assert change.element.key == "a:Node|JOIN_FREQUENCY|b:Node|merge"


def test_an_idle_edge_is_not_observed(put: Put, compared: Compared) -> None:
    graph = latency(5.0)

    (change,) = compared(put(stale(graph, False)), put(stale(graph, True))).changes

    assert (change.op, change.absence) == (Operation.REMOVED, Absence.NOT_OBSERVED)
    assert (change.before, change.after) == (5.0, None)


def test_a_snapshot_does_not_differ_from_itself_nor_from_an_equal_one(put: Put, compared: Compared) -> None:
    one, other = put(latency(5.0)), put(latency(5.0))

    for pair in ((one, one), (one, other)):
        found = compared(*pair)
        assert (found.changes, found.complete, found.matching, found.next) == ((), True, 0, None)
        assert found.summary.sentence == "Nothing changed."
        assert found.summary.structure.components_after == 1


# references


def test_sides_are_named_as_snapshots_are_anywhere(put: Put, compared: Compared) -> None:
    first, second = put(latency(5.0), tags=("before_deploy",)), put(latency(6.0))

    for before, after in (("latest~1", "latest"), ("v1", "v2"), ("before_deploy", second.id), (first.id, "latest")):
        found = compared(before, after)
        assert (found.before.id, found.after.id) == (first.id, second.id)
        assert found.changes[0].delta == 1.0


@pytest.mark.parametrize(("before", "after", "pointer"), [("v9", "v1", "?baseline"), ("v1", "v9", "?target")])
def test_an_unknown_side_is_named(put: Put, compared: Compared, before, after, pointer) -> None:
    put(latency(5.0))

    with pytest.raises(NotFoundError) as error:
        compared(before, after)

    assert error.value.problems[0].pointer == pointer


def test_a_deleted_side_is_gone(store: Store, put: Put, compared: Compared) -> None:
    one, other = put(latency(5.0)), put(latency(6.0))
    with store.begin() as tx:
        snapshots.delete(tx, one.id, actor="test")

    with pytest.raises(GoneError):
        compared(one, other)


def forget_payload(store: Store, snapshot: Snapshot) -> None:
    """Take the payload away, as retention does."""
    with store.begin() as tx:
        tx.execute(sa.delete(tables.manifest).where(tables.manifest.c.snapshot_id == snapshot.id))


def test_a_side_without_payload_is_gone(store: Store, put: Put, compared: Compared) -> None:
    one, other = put(latency(5.0)), put(latency(6.0))
    forget_payload(store, one)

    with pytest.raises(GoneError, match=one.id):
        compared(one, other)


def test_snapshots_of_two_live_graphs_are_compared_by_key(put: Put, compared: Compared, live_graph) -> None:
    one, other = put(latency(5.0)), put(latency(7.0), graph=f"{live_graph.name}_other")

    (change,) = compared(one, other).changes

    assert (change.element.key, change.delta) == ("users:Table|AVG_LATENCY_MS|orders:Table", 2.0)


# the live graph


def live_side(graph: GraphColumns, like: Snapshot) -> SimpleNamespace:
    header = replace(like, id="live", version=0, content_hash="", stable_hash="")
    return SimpleNamespace(snapshot=header, graph=graph)


def test_a_snapshot_is_compared_with_the_live_graph(put: Put, compared: Compared) -> None:
    stored = put(latency(5.0))

    there = compared(stored, "live", lambda: live_side(latency(9.0), stored))
    back = compared("live", stored, lambda: live_side(latency(9.0), stored))

    assert (there.before.id, there.after.id, there.after.version) == (stored.id, "live", 0)
    assert (there.changes[0].delta, back.changes[0].delta) == (4.0, -4.0)


def test_the_live_graph_does_not_differ_from_itself(put: Put, compared: Compared) -> None:
    stored = put(latency(5.0))
    reads = []

    def read_live() -> SimpleNamespace:
        reads.append(1)
        return live_side(latency(9.0), stored)

    assert compared("live", "live", read_live).changes == ()
    assert len(reads) == 1


@pytest.mark.parametrize(("before", "after", "pointer"), [("live", "v1", "?baseline"), ("v1", "live", "?target")])
def test_without_a_connection_there_is_no_live_side(put: Put, compared: Compared, before, after, pointer) -> None:
    put(latency(5.0))

    with pytest.raises(InvalidInputError) as error:
        compared(before, after)

    assert error.value.problems[0].pointer == pointer


# significance

RESTLESS = (10.0, 12.0, 10.0, 12.0, 10.0, 12.0, 10.0, 12.0, 10.0)
"""Steps of 2: four MAD are 8."""


@pytest.mark.parametrize(
    ("after", "verdict"), [(18.0, Significance.WITHIN_NOISE), (18.5, Significance.REAL), (1.0, Significance.REAL)]
)
def test_a_change_is_real_beyond_the_noise_of_its_own_edge(put: Put, compared: Compared, after, verdict) -> None:
    for value in RESTLESS:
        before = put(latency(value))
    later = put(latency(after))

    (there,), (back,) = compared(before, later).changes, compared(later, before).changes

    assert (there.significance, back.significance) == (verdict, verdict)


def test_fewer_than_nine_snapshots_are_too_little(put: Put, compared: Compared) -> None:
    for value in RESTLESS[:8]:
        before = put(latency(value))

    (change,) = compared(before, put(latency(500.0))).changes

    assert change.significance is Significance.TOO_LITTLE_DATA


def test_newer_snapshots_do_not_change_the_answer(put: Put, compared: Compared) -> None:
    for value in RESTLESS:
        before = put(latency(value))
    after = put(latency(30.0))
    at_first = compared(before, after)
    for value in (900.0, 5.0, 700.0, 3.0):
        put(latency(value))

    assert compared(before, after).changes == at_first.changes


@pytest.mark.parametrize(("calls", "is_enough"), [((30, 30), True), ((30, 29), False), ((5, 99), False)])
def test_thirty_calls_on_both_sides_are_needed(put: Put, compared: Compared, calls, is_enough) -> None:
    verdict = Significance.REAL if is_enough else Significance.TOO_LITTLE_DATA
    for value in RESTLESS:
        before = put(latency(value, calls=calls[0]))
    after = latency(500.0, calls=calls[1])

    stored = compared(before, put(after))
    live = compared(before, "live", lambda: live_side(after, before))

    assert [change.significance for change in (*stored.changes, *live.changes)] == [verdict, verdict]


@pytest.mark.parametrize(
    ("gone", "verdict"), [(slice(1), Significance.REAL), (slice(3, 14, 2), Significance.TOO_LITTLE_DATA)]
)
def test_a_snapshot_of_the_window_without_payload_is_a_gap(
    store: Store, put: Put, compared: Compared, gone: slice, verdict: Significance
) -> None:
    window = [put(latency(value)) for value in (*RESTLESS, *RESTLESS[1:])]
    after = put(latency(30.0))
    for snapshot in window[gone]:
        forget_payload(store, snapshot)

    (change,) = compared(window[-1], after).changes

    assert change.significance is verdict


def test_stale_values_say_nothing_about_noise(put: Put, compared: Compared) -> None:
    for _ in range(10):
        put(stale(latency(10.0), True))
    before = put(latency(10.0))

    (change,) = compared(before, put(latency(10.1))).changes

    assert change.significance is Significance.TOO_LITTLE_DATA


def test_nodes_have_noise_too(put: Put, compared: Compared) -> None:
    def table(score: float) -> GraphColumns:
        network = nx.DiGraph()
        network.add_node("orders", type="Table", hotspot_score=score)
        return from_networkx(network)

    for value in RESTLESS:
        before = put(table(value))

    assert compared(before, put(table(17.0))).changes[0].significance is Significance.WITHIN_NOISE
    assert compared(before, put(table(50.0))).changes[0].significance is Significance.REAL


# pages, totals, what fails a build


def test_pages_are_parts_of_one_list(put: Put, compared: Compared) -> None:
    graph = performance_graph(50, 1000)
    one, other = put(graph), put(change_values(graph, 0.3))
    whole = compared(one, other, limit=5000)
    collected, cursor = [], None

    while True:
        part = compared(one, other, limit=70, cursor=cursor)
        assert (part.complete, part.matching, part.content_hash) == (False, whole.matching, whole.content_hash)
        collected += part.changes
        if (cursor := part.next) is None:
            break

    assert tuple(collected) == whole.changes
    assert whole.complete


def test_a_filter_narrows_the_list_and_not_the_totals(put: Put, compared: Compared) -> None:
    graph = performance_graph(50, 1000)
    one, other = put(graph), put(change_values(graph, 0.3))

    found = compared(one, other, filter=ChangeFilter(type=(AVG_LATENCY_MS,)), limit=5)

    assert {change.element.type for change in found.changes} == {AVG_LATENCY_MS}
    assert found.matching < found.totals.total == found.summary.counts.total
    assert not found.complete


def test_a_cursor_of_another_comparison_is_refused(put: Put, compared: Compared) -> None:
    graph = performance_graph(50, 1000)
    one, other, third = put(graph), put(change_values(graph, 0.3)), put(change_values(graph, 0.3, seed=9))
    cursor = compared(one, other, limit=5).next

    with pytest.raises(InvalidInputError, match="another list"):
        compared(one, third, limit=5, cursor=cursor)


def test_regressions_are_counted_over_all_changes(put: Put, compared: Compared) -> None:
    graph = performance_graph(50, 1000)
    one, other = put(graph), put(change_values(graph, 0.5))

    page, whole = compared(one, other, limit=1), compared(one, other, limit=5000)

    expected = [
        change
        for change in whole.changes
        if change.direction is ChangeDirection.WORSE and change.severity in (Severity.HIGH, Severity.CRITICAL)
    ]
    assert regressions_at_least(page.totals, Severity.HIGH) == len(expected) > 0


def test_options_replace_the_volatile_fields_of_the_live_graph(put: Put, compared: Compared) -> None:
    one, other = put(latency(5.0, calls=3)), put(latency(5.0, calls=4))

    assert compared(one, other).changes == ()
    (change,) = compared(one, other, volatile=()).changes
    assert (change.field, change.delta) == ("calls", 1.0)


# the summary


def test_a_torn_side_proves_no_absence(put: Put, compared: Compared) -> None:
    before = put(latency(5.0))
    after = put(latency(None), quality=Quality(grade=QualityGrade.TORN, retries=3))

    found = compared(before, after)

    assert [change.absence for change in found.changes] == [Absence.NOT_CAPTURED]
    assert found.totals.not_captured == 1
    assert "may still be there, since it is torn" in found.summary.sentence


def test_a_type_that_was_not_asked_for_is_not_captured(put: Put, compared: Compared) -> None:
    before = put(latency(5.0))
    after = put(latency(None), metadata=CaptureMetadata(types=("QUERIES_PER_SEC",)))

    assert [change.absence for change in compared(before, after).changes] == [Absence.NOT_CAPTURED]


def test_bottlenecks_progress_is_exact_beyond_what_the_headers_list(put: Put, compared: Compared) -> None:
    graph = performance_graph(300, 6000)
    later = change_values(graph, 0.3)
    was, is_ = (
        {each.key for each in bottlenecks(side, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)}
        for side in (graph, later)
    )

    progress = compared(put(graph), put(later)).summary.bottlenecks

    assert len(was) > 100
    assert (progress.appeared_count, progress.disappeared_count) == (len(is_ - was), len(was - is_))
    assert progress.continued_count == len(was & is_)
    assert len(progress.continued) <= 100
    assert {each.key for each in progress.appeared} <= is_ - was


def test_each_side_is_judged_by_its_own_thresholds(put: Put, compared: Compared) -> None:
    strict = Thresholds(levels={AVG_LATENCY_MS: Levels(high=1.0)})

    few = compared(put(latency(50.0)), put(latency(51.0), thresholds=strict)).summary.bottlenecks

    assert [(each.kind, each.value) for each in few.appeared] == [(ElementKind.EDGE, 51.0)]


def test_thresholds_that_changed_are_told_beyond_what_the_headers_list(put: Put, compared: Compared) -> None:
    graph = performance_graph(300, 6000)
    strict = Thresholds(levels={AVG_LATENCY_MS: Levels(high=0.5)})
    changed = change_values(graph, 0.01)
    now = {each.key for each in bottlenecks(changed, metrics=DEFAULT_METRICS, thresholds=strict)}
    then = {each.key for each in bottlenecks(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)}

    progress = compared(put(graph), put(changed, thresholds=strict)).summary.bottlenecks

    assert progress.appeared_count == len(now - then) > 100


def test_critical_paths_come_and_go(put: Put, compared: Compared) -> None:
    def chain(*names: str) -> GraphColumns:
        network = nx.DiGraph()
        for source, target in pairwise(names):
            network.add_edge(source, target, type=AVG_LATENCY_MS, value=5.0)
        return from_networkx(network)

    structure = compared(put(chain("a", "b", "c")), put(chain("a", "b", "d"))).summary.structure

    assert structure.critical_paths_appeared == ("a->b->d",)
    assert structure.critical_paths_disappeared == ("a->b->c",)
