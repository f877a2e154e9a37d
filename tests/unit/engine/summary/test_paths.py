"""Critical paths: heaviest first, acyclic, bounded; networkx is the reference."""

import time
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapgraph.engine.summary import critical_paths
from snapgraph.engine.summary.acyclic import WeightedEdges, adjacency, components, kept_edges
from snapgraph.engine.summary.heaviest import heaviest_paths

LATENCY = "AVG_LATENCY_MS"


def test_the_heaviest_chain_comes_first(graph_of):
    graph = graph_of(
        [
            ("users", LATENCY, "products", 1200.0),
            ("products", LATENCY, "inventory", 45.0),
            ("users", LATENCY, "orders", 30.0),
            ("orders", LATENCY, "inventory", 1000.0),
            ("users", "QUERIES_PER_SEC", "audit", 99999.0),
        ]
    )

    assert critical_paths(graph) == ("users->products->inventory", "users->orders->inventory")


def test_loops_and_stale_edges_are_left_out(graph_of):
    graph = graph_of(
        [
            ("users", LATENCY, "users", {"value": 9999.0}),
            ("users", LATENCY, "products", {"value": 1.0}),
            ("products", LATENCY, "inventory", {"value": 500.0, "@stale": True}),
        ]
    )

    assert critical_paths(graph) == ("users->products",)


def test_a_cycle_is_opened_where_the_order_points_backwards(graph_of):
    """B sends 20 and receives 10: no vertex has more to spare, so the order begins there."""
    graph = graph_of([("a", LATENCY, "b", 10.0), ("b", LATENCY, "c", 20.0), ("c", LATENCY, "a", 1.0)])

    assert critical_paths(graph) == ("b->c->a",)


def test_a_shop_schema_that_is_nearly_one_cycle_keeps_its_nodes(graph_of):
    pairs = [("users", "orders", 50.0), ("orders", "items", 40.0), ("items", "products", 30.0)]
    back = [("products", "users", 1.0), ("items", "orders", 2.0), ("orders", "users", 3.0)]
    graph = graph_of([(source, LATENCY, target, value) for source, target, value in pairs + back])

    assert critical_paths(graph)[0] == "users->orders->items->products"


def test_ties_stand_in_canonical_order_and_five_are_enough(graph_of):
    graph = graph_of([(start, LATENCY, end, 1.0) for start in "cab" for end in "zyx"])

    assert critical_paths(graph) == ("a->x", "a->y", "a->z", "b->x", "b->y")


def test_sums_that_differ_only_by_rounding_are_ties(graph_of):
    """0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 in floating point."""
    one, two = [0.1, 0.2, 0.3], [0.3, 0.2, 0.1]
    edges = [(f"b{i}", LATENCY, f"b{i + 1}", value) for i, value in enumerate(one)]
    edges += [(f"a{i}", LATENCY, f"a{i + 1}", value) for i, value in enumerate(two)]

    assert critical_paths(graph_of(edges)) == ("a0->a1->a2->a3", "b0->b1->b2->b3")


def test_of_parallel_edges_the_heaviest_counts(graph_of):
    edges = [("a", LATENCY, "b", 1.0), ("a", LATENCY, "b", 50.0), ("c", LATENCY, "d", 20.0)]

    assert critical_paths(graph_of(edges)) == ("a->b", "c->d")


@pytest.mark.parametrize("edges", [[], [("a", LATENCY, "a", 1.0)], [("a", "LOAD_FACTOR", "b", 1.0)]])
def test_a_graph_without_latencies_has_no_paths(graph_of, edges):
    assert critical_paths(graph_of(edges)) == ()


def test_a_value_beyond_all_bounds_is_only_heavy(graph_of):
    assert critical_paths(graph_of([("a", LATENCY, "b", 1e308), ("b", LATENCY, "c", -5.0)])) == ("a->b->c",)


def weighted(draw_edges, vertices=10):
    found = sorted({(source, target): weight for source, target, weight in draw_edges if source != target}.items())
    return WeightedEdges(
        count=vertices,
        sources=np.array([source for (source, _), _ in found], dtype=np.int64),
        targets=np.array([target for (_, target), _ in found], dtype=np.int64),
        weights=np.array([weight for _, weight in found], dtype=np.int64),
    )


EDGE_LISTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 20)), max_size=40)


def network(edges):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(edges.count))
    graph.add_weighted_edges_from(
        zip(edges.sources.tolist(), edges.targets.tolist(), edges.weights.tolist(), strict=True)
    )
    return graph


@given(EDGE_LISTS)
def test_what_is_kept_is_acyclic_and_only_edges_inside_components_are_left_out(draw_edges):
    edges = weighted(draw_edges)
    whole, kept = network(edges), network(kept_edges(edges))

    assert nx.is_directed_acyclic_graph(kept)
    place = {vertex: number for number, found in enumerate(nx.strongly_connected_components(whole)) for vertex in found}
    left_out = set(whole.edges) - set(kept.edges)
    assert all(place[source] == place[target] for source, target in left_out)


@given(EDGE_LISTS)
def test_no_more_than_half_of_the_weight_of_a_component_is_left_out(draw_edges):
    """Either this order or its reverse keeps half; that of Eades, Lin and Smyth never does worse."""
    edges = weighted(draw_edges)
    whole, kept = network(edges), network(kept_edges(edges))
    for members in nx.strongly_connected_components(whole):
        inside = whole.subgraph(members).size("weight")
        assert kept.subgraph(members).size("weight") >= inside / 2


@given(EDGE_LISTS)
def test_components_are_those_of_networkx_in_reverse_topological_order(draw_edges):
    edges = weighted(draw_edges)
    found = components(adjacency(edges))

    assert {frozenset(members) for members in found} == {
        frozenset(members) for members in nx.strongly_connected_components(network(edges))
    }
    place = {vertex: number for number, members in enumerate(found) for vertex in members}
    assert all(place[target] <= place[source] for source, target in network(edges).edges)


@given(EDGE_LISTS)
def test_the_heaviest_path_weighs_what_networkx_says(draw_edges):
    edges = kept_edges(weighted(draw_edges))
    found = list(heaviest_paths(edges, most=5))
    graph = network(edges)

    if not graph.edges:
        assert found == []
    else:
        assert found[0][1] == nx.dag_longest_path_length(graph, weight="weight")


@given(EDGE_LISTS, st.integers(1, 7))
@settings(max_examples=200)
def test_the_paths_are_the_heaviest_of_all_maximal_paths(draw_edges, most):
    edges = kept_edges(weighted(draw_edges))
    graph = network(edges)
    starts = [vertex for vertex in graph if not graph.in_degree(vertex) and graph.out_degree(vertex)]
    every = sorted(
        (-nx.path_weight(graph, path, "weight"), tuple(path))
        for start in starts
        for end in graph
        if not graph.out_degree(end)
        for path in nx.all_simple_paths(graph, start, end)
    )

    found = list(heaviest_paths(edges, most=most))

    assert [(-weight, path) for path, weight in found] == every[:most]


def test_ten_thousand_nodes_with_all_ties_take_no_longer_than_a_second():
    """A ladder of 5,000 rungs has 2^5000 paths of one weight."""
    ladder = [(side + 2 * rung, end + 2 * rung, 1) for rung in range(4_999) for side in (0, 1) for end in (2, 3)]
    random = np.random.default_rng(7)
    dense = [(source, target, 1) for source, target in random.integers(0, 10_000, (30_000, 2)).tolist()]
    rungs, edges = weighted(ladder, 10_000), weighted(dense, 10_000)
    begun = time.process_time()
    found = list(heaviest_paths(rungs, most=5))
    kept = kept_edges(edges)

    assert time.process_time() - begun < 1.0
    assert [weight for _, weight in found] == [4_999] * 5
    assert len({path for path, _ in found}) == 5
    assert [path for path, _ in found] == sorted(path for path, _ in found)
    assert all(later - earlier in {1, 2, 3} for path, _ in found for earlier, later in pairwise(path))
    assert len(edges) / 2 < len(kept) < len(edges)
