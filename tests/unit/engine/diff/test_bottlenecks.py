"""Which bottlenecks came, went and stayed, from the elements that crossed a level."""

from collections.abc import Callable

from snapgraph.engine.diff import bottleneck_progress, compare_columns, crossing_parts
from snapgraph.engine.summary import bottlenecks
from snapgraph.model.columns import GraphColumns
from snapgraph.model.metrics import AVG_LATENCY_MS, DEFAULT_METRICS, DEFAULT_THRESHOLDS
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.vocabulary import ElementKind, Severity

Build = Callable[..., GraphColumns]


def of(graph: GraphColumns) -> list[Bottleneck]:
    return bottlenecks(graph, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS)


def test_bottlenecks_appear_disappear_and_continue(graph_of: Build) -> None:
    nodes = list("abcd")
    before = graph_of(
        nodes, [("a", AVG_LATENCY_MS, end, value) for end, value in zip("bcd", (500, 2000, 5), strict=True)]
    )
    after = graph_of(
        nodes, [("a", AVG_LATENCY_MS, end, value) for end, value in zip("bcd", (900, 5, 150), strict=True)]
    )

    progress = bottleneck_progress(of(before), of(after))

    assert [each.label for each in progress.appeared] == ["a->d"]
    assert [each.label for each in progress.disappeared] == ["a->c"]
    assert [(each.label, each.value) for each in progress.continued] == [("a->b", 900.0)]
    assert (progress.appeared_count, progress.disappeared_count, progress.continued_count) == (1, 1, 1)


def test_the_lists_are_bounded_and_counted() -> None:
    many = [
        Bottleneck(kind=ElementKind.NODE, key=f"{n}:Table", label=str(n), metric="X", value=1.0, severity=Severity.HIGH)
        for n in range(150)
    ]

    progress = bottleneck_progress([], many)

    assert (len(progress.appeared), progress.appeared_count) == (100, 150)


def test_the_parts_that_crossed_a_level_tell_the_same_as_the_whole_graphs(generated, perturbed) -> None:
    before = generated(200, 3000)
    after = perturbed(before, changed=0.5, removed=0.05)
    parts = crossing_parts(compare_columns(before, after), DEFAULT_THRESHOLDS)

    whole, part = (bottleneck_progress(*map(of, sides)) for sides in ((before, after), parts))

    assert whole.appeared_count > 20
    assert (part.appeared, part.appeared_count) == (whole.appeared, whole.appeared_count)
    assert (part.disappeared, part.disappeared_count) == (whole.disappeared, whole.disappeared_count)
    assert sum(len(graph.edges) for graph in parts) < 0.2 * (len(before.edges) + len(after.edges))


def test_a_level_that_a_node_crossed_counts_too(graph_of: Build) -> None:
    before = graph_of([("a", {"hotspot_score": 85.0}), ("b", {"hotspot_score": 5.0})])
    after = graph_of([("a", {"hotspot_score": 86.0}), ("b", {"hotspot_score": 99.0})])

    parts = crossing_parts(compare_columns(before, after), DEFAULT_THRESHOLDS)

    assert [[each.key for each in of(part)] for part in parts] == [[], ["b:Table"]]
