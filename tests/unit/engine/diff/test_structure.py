"""Components that split or joined, and new cycles: equal to networkx on the whole graphs."""

from collections.abc import Callable

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.diff import from_networkx, structure_change
from snapgraph.model.changes import ComponentChange, NodeGroup, StructureChange
from snapgraph.model.columns import GraphColumns

Build = Callable[..., GraphColumns]
NODES = "abcdefgh"


def linked(graph_of: Build, *pairs: str, nodes: str = "abcdef") -> GraphColumns:
    return graph_of(list(nodes), [(pair[0], "CALLS", pair[1], 1.0) for pair in pairs])


def group(names: str) -> NodeGroup:
    return NodeGroup(size=len(names), keys=tuple(f"{name}:Table" for name in names))


def test_a_component_that_loses_a_bridge_splits(graph_of: Build) -> None:
    found = structure_change(
        linked(graph_of, "ab", "bc", "cd", "de", nodes="abcde"), linked(graph_of, "ab", "cd", "de", nodes="abcde")
    )

    assert (found.components_before, found.components_after) == (1, 2)
    assert found.split == (ComponentChange(pieces=(group("cde"), group("ab")), pieces_count=2),)
    assert (found.split_count, found.joined_count, found.new_cycles_count) == (1, 0, 0)


def test_components_that_gain_a_bridge_join(graph_of: Build) -> None:
    found = structure_change(
        linked(graph_of, "ab", "cd", nodes="abcd"), linked(graph_of, "ab", "cd", "bc", nodes="abcd")
    )

    assert found.joined == (ComponentChange(pieces=(group("ab"), group("cd")), pieces_count=2),)
    assert (found.components_before, found.components_after, found.split) == (2, 1, ())


def test_a_component_that_loses_a_node_does_not_split(graph_of: Build) -> None:
    found = structure_change(linked(graph_of, "ab", "bc", nodes="abc"), linked(graph_of, "ab", nodes="ab"))

    assert found == StructureChange(components_before=1, components_after=1)


def test_an_edge_that_closes_a_circle_makes_a_new_cycle(graph_of: Build) -> None:
    found = structure_change(linked(graph_of, "ab", "bc"), linked(graph_of, "ab", "bc", "ca"))

    assert found.new_cycles == (group("abc"),)


def test_a_cycle_that_only_gets_shorter_is_not_new(graph_of: Build) -> None:
    found = structure_change(linked(graph_of, "ab", "bc", "ca"), linked(graph_of, "ab", "ba"))

    assert found.new_cycles == ()


def test_a_loop_is_no_cycle_and_another_type_no_other_arc(graph_of: Build) -> None:
    before = linked(graph_of, "ab")
    after = graph_of(list("abcdef"), [("a", "CALLS", "a", 1.0), ("a", "CALLS", "b", 1.0), ("a", "READS", "b", 1.0)])

    assert structure_change(before, after) == StructureChange(components_before=5, components_after=5)


def test_empty_graphs_have_no_shape(graph_of: Build) -> None:
    assert structure_change(graph_of([]), graph_of([])) == StructureChange()
    assert structure_change(graph_of([]), linked(graph_of, "ab", nodes="ab")).components_after == 1


def test_large_answers_are_bounded_and_counted(graph_of: Build) -> None:
    names = [f"n{number:02}" for number in range(60)]
    star = graph_of(names, [(names[0], "CALLS", name, 1.0) for name in names[1:]])
    dust = graph_of(names)

    (split,) = structure_change(star, dust).split
    (joined,) = structure_change(dust, star).joined

    assert (split.pieces_count, len(split.pieces)) == (60, 20)
    assert joined == split


def test_the_core_that_both_sides_share_is_no_new_cycle(generated, perturbed) -> None:
    graph = generated(300, 3000)
    fewer = perturbed(graph, changed=0.0, removed=0.02)

    found = structure_change(fewer, graph)

    assert found == expected(to_pairs(fewer), to_pairs(graph), graph.nodes.keys.tolist())


pairs = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)


@given(pairs, pairs, st.integers(0, 8), st.integers(0, 8))
def test_it_equals_networkx_on_the_whole_graphs(
    before: list[tuple[str, str]], after: list[tuple[str, str]], first: int, last: int
) -> None:
    networks = []
    for arcs, kept in ((before, NODES[:first]), (after, NODES[last:])):
        network = nx.DiGraph(arcs)
        network.add_nodes_from(kept)
        networks.append(network)
    found = structure_change(*(from_networkx(network) for network in networks))

    assert found == expected(*networks, sorted(f"{name}:Node" for name in NODES), suffix=":Node")


def to_pairs(graph: GraphColumns) -> nx.DiGraph:
    keys = graph.nodes.keys
    network = nx.DiGraph(zip(keys[graph.edges.sources].tolist(), keys[graph.edges.targets].tolist(), strict=True))
    network.add_nodes_from(keys.tolist())
    return network


def expected(before: nx.DiGraph, after: nx.DiGraph, keys: list[str], suffix: str = "") -> StructureChange:
    """Say the same with networkx alone."""
    rank = {key: place for place, key in enumerate(keys)}

    def named(nodes: set[str]) -> list[str]:
        return sorted((f"{node}{suffix}" for node in nodes), key=rank.__getitem__)

    def sets(graph: nx.DiGraph) -> list[set[str]]:
        return [set(each) for each in nx.weakly_connected_components(graph)]

    def fallen(whole: list[set[str]], parts: list[set[str]]) -> tuple[ComponentChange, ...]:
        both = set(before) & set(after)
        found = []
        for component in whole:
            pieces = [named(component & part & both) for part in parts if component & part & both]
            if len(pieces) > 1:
                pieces.sort(key=lambda piece: (-len(piece), rank[piece[0]]))
                found.append((rank[named(component)[0]], pieces))
        return tuple(
            ComponentChange(
                pieces=tuple(NodeGroup(size=len(piece), keys=tuple(piece[:20])) for piece in pieces[:20]),
                pieces_count=len(pieces),
            )
            for _, pieces in sorted(found)
        )

    was = [set(each) for each in nx.strongly_connected_components(before)]
    cycles = [
        named(each)
        for each in nx.strongly_connected_components(after)
        if len(each) > 1 and not any(each <= component for component in was)
    ]
    cycles.sort(key=lambda cycle: rank[cycle[0]])
    split, joined = fallen(sets(before), sets(after)), fallen(sets(after), sets(before))
    return StructureChange(
        components_before=len(sets(before)),
        components_after=len(sets(after)),
        split=split[:20],
        split_count=len(split),
        joined=joined[:20],
        joined_count=len(joined),
        new_cycles=tuple(NodeGroup(size=len(cycle), keys=tuple(cycle[:20])) for cycle in cycles[:20]),
        new_cycles_count=len(cycles),
    )


def test_the_order_of_rows_does_not_matter(graph_of: Build) -> None:
    before = linked(graph_of, "ab", "bc", nodes="abc")
    after = linked(graph_of, "bc", nodes="cba")

    found = structure_change(before, after)

    assert found.split == (ComponentChange(pieces=(group("bc"), group("a")), pieces_count=2),)
    assert np.array_equal(before.nodes.keys, sorted(before.nodes.keys))
