"""What the server sends as lists becomes the same graph, however it is cut into chunks and groups."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.adapters.livegraph.assembly import assemble
from snapgraph.adapters.livegraph.edge_scan import EdgeScan
from snapgraph.adapters.livegraph.fetching import EntityVanishedError
from snapgraph.adapters.livegraph.node_scan import NodeScan
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.engine.columns import content_hashes
from snapgraph.engine.formats.values import column_values
from snapgraph.model.live_graphs import LiveGraph

TYPES = ("AVG_LATENCY_MS", "QUERIES_PER_SEC", "LOAD_FACTOR")
VALUES = st.one_of(st.none(), st.floats(-10, 10), st.integers(-3, 3), st.sampled_from(["a", "b"]), st.booleans())
NODES = st.lists(
    st.tuples(
        st.sampled_from([("Table",), ("Database",), ("Hot", "Table"), ()]),
        st.dictionaries(
            st.sampled_from(["name", "size", "kind", "timestamp", "@odd"]), VALUES.filter(lambda v: v is not None)
        ),
    ),
    min_size=1,
    max_size=12,
)
EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(0, 2), VALUES, VALUES), max_size=25)


def groups_of(nodes, rows):
    """Group nodes as the server does: by labels and property names."""
    found = {}
    for row in rows:
        labels, properties = nodes[row]
        found.setdefault((labels, tuple(properties)), []).append(row)
    return [
        (list(labels), list(names), members, [[nodes[row][1][name] for row in members] for name in names])
        for (labels, names), members in found.items()
    ]


def scan_of(edges, cuts):
    """Scan edges in chunks that begin at the cuts."""
    scan = EdgeScan(types=TYPES, properties=LiveGraph().properties, extra=["note"], encoder=ValueEncoder())
    for begin, end in pairwise(sorted({0, len(edges), *(cut % (len(edges) + 1) for cut in cuts)})):
        part = edges[begin:end]
        ids, sources, targets, codes, values, notes = ([*column] for column in zip(*part, strict=True))
        nothing = [None] * len(part)
        counts = [sum(each is not None for each in pair) for pair in zip(values, notes, strict=True)]
        given_by_name = {"value": values, "note": notes}
        scan.add([ids, sources, targets, codes, counts, *(given_by_name.get(name, nothing) for name in scan.names)])
    return scan


def graph_of(edges, *, groups, cuts):
    found = NodeScan.of(groups)
    assembled = assemble(scan_of(edges, cuts), found, LiveGraph(), ValueEncoder())
    return assembled, content_hashes(assembled.graph)


@given(NODES, EDGES, st.lists(st.integers(0, 30), max_size=4), st.randoms(use_true_random=False))
def test_a_graph_does_not_depend_on_chunks_groups_or_the_order_of_the_scan(nodes, edges, cuts, random):
    numbered = [(id_, a % len(nodes), b % len(nodes), *rest) for id_, (a, b, *rest) in enumerate(edges)]
    rows = list(range(len(nodes)))
    one, hashes = graph_of(numbered, groups=groups_of(nodes, rows), cuts=[])
    shuffled = [*numbered]
    random.shuffle(shuffled)
    random.shuffle(rows)
    by_one = [group for row in rows for group in groups_of(nodes, [row])]

    other, other_hashes = graph_of(shuffled, groups=by_one, cuts=cuts)

    assert other_hashes == hashes
    assert (other.unnamed_nodes, other.dropped_edges, other.shared_nodes, other.shared_edges, other.dangling_edges) == (
        one.unnamed_nodes,
        one.dropped_edges,
        one.shared_nodes,
        one.shared_edges,
        one.dangling_edges,
    )


def test_properties_that_only_some_groups_have_stay_with_their_nodes():
    nodes = [
        (("Table",), {"name": "b", "size": 2}),
        (("Table",), {"name": "a"}),
        (("Database",), {"name": "c", "size": 1}),
    ]

    assembled, _ = graph_of([], groups=groups_of(nodes, [0, 1, 2]), cuts=[])

    graph = assembled.graph
    assert graph.nodes.keys.tolist() == ["a:Table", "b:Table", "c:Database"]
    assert column_values(graph.nodes.columns["size"]) == [None, 2, 1]


def test_a_relationship_without_a_type_is_gone():
    scan = EdgeScan(types=TYPES, properties=LiveGraph().properties, extra=[], encoder=ValueEncoder())

    with pytest.raises(EntityVanishedError):
        scan.add([[1, 2], [0, 0], [0, 0], [1, None], [0, 0], *([None, None] for _ in scan.names)])


def test_types_that_are_named_twice_are_counted_once():
    scan = EdgeScan(types=("A", "B", "A"), properties=LiveGraph().properties, extra=[], encoder=ValueEncoder())
    scan.add([[1, 2, 3], [0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0], *([None] * 3 for _ in scan.names)])

    assert scan.codes == {"A": 0, "B": 1}
    assert scan.counts() == {"A": 2, "B": 1}
