"""Why an element is missing: removed, not observed, not captured."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from snapgraph.engine.diff import Coverage, Terms, changes, compare_columns, count_changes, coverage_of
from snapgraph.model.changes import Change
from snapgraph.model.columns import STALE, Column, GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, DEFAULT_METRICS, QUERIES_PER_SEC
from snapgraph.model.snapshots import Quality, Snapshot
from snapgraph.model.vocabulary import Absence, ColumnKind, Operation, QualityGrade

Build = Callable[..., GraphColumns]


def stale(graph: GraphColumns, *, edges: list[bool] | None = None, nodes: list[bool] | None = None) -> GraphColumns:
    """Mark elements as stale."""
    if edges is not None:
        graph = replace(graph, edges=replace(graph.edges, columns={**graph.edges.columns, STALE: flags(edges)}))
    if nodes is not None:
        graph = replace(graph, nodes=replace(graph.nodes, columns={**graph.nodes.columns, STALE: flags(nodes)}))
    return graph


def flags(values: list[bool]) -> Column:
    return Column(kind=ColumnKind.BOOLEAN, values=np.array(values))


def found(before: GraphColumns, after: GraphColumns, coverage: Coverage | None = None) -> tuple[Change, ...]:
    diff = compare_columns(before, after, Terms(coverage=coverage or Coverage()))
    return changes(diff, np.arange(len(diff)), DEFAULT_METRICS)


@pytest.fixture(scope="session")
def one_edge(graph_of: Build) -> GraphColumns:
    return graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", 5.0)])


@pytest.fixture(scope="session")
def no_edge(graph_of: Build) -> GraphColumns:
    return graph_of(["a", "b"])


def test_an_edge_that_is_gone_is_removed_and_shows_its_last_value(one_edge, no_edge) -> None:
    (change,) = found(one_edge, no_edge)

    assert (change.op, change.absence, change.field) == (Operation.REMOVED, Absence.REMOVED, None)
    assert (change.before, change.after, change.delta, change.significance) == (5.0, None, None, None)


def test_an_edge_that_came_is_added_and_shows_its_value(one_edge, no_edge) -> None:
    (change,) = found(no_edge, one_edge)

    assert (change.op, change.absence) == (Operation.ADDED, None)
    assert (change.before, change.after) == (None, 5.0)


def test_an_edge_that_went_idle_is_removed_as_not_observed(one_edge) -> None:
    (change,) = found(stale(one_edge, edges=[False]), stale(one_edge, edges=[True]))

    assert (change.op, change.absence) == (Operation.REMOVED, Absence.NOT_OBSERVED)
    assert (change.before, change.after) == (5.0, None)


def test_an_edge_that_is_observed_again_is_added(one_edge) -> None:
    (change,) = found(stale(one_edge, edges=[True]), one_edge)

    assert (change.op, change.absence, change.after) == (Operation.ADDED, None, 5.0)


def test_an_edge_that_is_idle_on_both_sides_is_compared_by_its_last_values(graph_of, one_edge) -> None:
    other = graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", 6.0)])

    assert found(stale(one_edge, edges=[True]), stale(one_edge, edges=[True])) == ()
    (change,) = found(stale(one_edge, edges=[True]), stale(other, edges=[True]))
    assert (change.op, change.delta) == (Operation.CHANGED, 1.0)


def test_an_idle_edge_that_was_deleted_is_removed(one_edge, no_edge) -> None:
    (change,) = found(stale(one_edge, edges=[True]), no_edge)

    assert change.absence is Absence.REMOVED


def test_nodes_go_idle_as_edges_do(graph_of: Build) -> None:
    graph = graph_of([("a", {"hotspot_score": 5.0}), "b"])

    (change,) = found(graph, stale(graph, nodes=[True, False]))

    assert (change.element.key, change.absence, change.before) == ("a:Table", Absence.NOT_OBSERVED, None)


def test_the_stale_mark_itself_is_no_field(one_edge) -> None:
    assert found(stale(one_edge, edges=[False]), one_edge) == ()


def test_an_unsound_capture_proves_no_absence(one_edge, no_edge) -> None:
    (change,) = found(one_edge, no_edge, Coverage(sound=False))

    assert change.absence is Absence.NOT_CAPTURED


def test_a_type_that_was_not_read_is_not_captured(graph_of: Build, no_edge) -> None:
    before = graph_of(["a", "b"], [("a", AVG_LATENCY_MS, "b", 5.0), ("a", QUERIES_PER_SEC, "b", 7.0)])

    absences = {
        change.element.type: change.absence
        for change in found(before, no_edge, Coverage(edge_types=frozenset({QUERIES_PER_SEC})))
    }

    assert absences == {AVG_LATENCY_MS: Absence.NOT_CAPTURED, QUERIES_PER_SEC: Absence.REMOVED}


def test_a_node_whose_label_was_not_read_is_not_captured_unless_others_of_it_were_met(graph_of: Build) -> None:
    before = graph_of(["a", "v:View", "w:View"])
    coverage = Coverage(node_types=frozenset({"Table"}))

    (none_met,) = {change.absence for change in found(before, graph_of(["a"]), coverage)}
    (one_met,) = found(before, graph_of(["a", "v:View"]), coverage)
    (covered,) = found(graph_of(["a", "b"]), graph_of(["a"]), coverage)

    assert none_met is Absence.NOT_CAPTURED
    assert one_met.absence is Absence.REMOVED
    assert covered.absence is Absence.REMOVED


@pytest.mark.parametrize(
    ("quality", "is_sound"),
    [
        (Quality(), True),
        (Quality(grade=QualityGrade.RETRIED, retries=2), True),
        (Quality(grade=QualityGrade.TORN, retries=3), False),
        (Quality(grade=QualityGrade.PARTIAL, unnamed_nodes=1), False),
        (Quality(grade=QualityGrade.PARTIAL, dropped_edges=1), False),
        (Quality(grade=QualityGrade.PARTIAL, ordinals=4), True),
    ],
)
def test_a_torn_capture_or_one_that_left_something_out_is_unsound(header: Snapshot, quality, is_sound) -> None:
    assert coverage_of(replace(header, quality=quality)).sound is is_sound


def test_a_header_that_names_its_types_covers_only_these(header: Snapshot) -> None:
    asked = replace(header.metadata, types=("CALLS",), node_labels=("Table",))

    assert coverage_of(replace(header, metadata=asked)) == Coverage(
        edge_types=frozenset({"CALLS"}), node_types=frozenset({"Table"})
    )
    assert coverage_of(replace(header, metadata=replace(asked, types=("*",)))).edge_types is None
    assert coverage_of(header) == Coverage()


def test_each_absence_is_counted(one_edge, no_edge) -> None:
    idle = compare_columns(one_edge, stale(one_edge, edges=[True]))
    torn = compare_columns(one_edge, no_edge, Terms(coverage=Coverage(sound=False)))

    assert (count_changes(idle).not_observed, count_changes(idle).edges_removed) == (1, 1)
    assert (count_changes(torn).not_captured, count_changes(torn).edges_removed) == (1, 1)
