"""The numpy diff equals the networkx reference on random graphs, and keeps the laws of a difference."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.diff import changes, compare_columns, content_hash, page
from snapgraph.engine.diff.terms import Terms
from snapgraph.engine.formats.values import column_from_values
from snapgraph.model.changes import Change
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.metrics import DEFAULT_METRICS
from snapgraph.model.queries import ChangeFilter
from snapgraph.model.vocabulary import Operation
from tests.unit.engine.diff.reference import Difference, frozen, reference_diff

Properties = Mapping[str, Any]
Raw = tuple[Mapping[str, Properties], Mapping[tuple[str, str, str, str], Properties]]
"""Nodes by key, edges by (source, type, target, discriminator)."""

NODES = ("a:Table", "b:Table", "b:View", "c%3Ad:Table", "d:Table")
TYPES = ("AVG_LATENCY_MS", "CALLS", "QUERIES_PER_SEC")
numbers = st.sampled_from([0.0, -0.0, 1.0, 1.5, -2.25, 1e300, -1e300, 5e-324]) | st.floats(
    allow_nan=False, allow_infinity=False
)
integers = st.sampled_from([0, 1, 2, -3, 2**53, 2**62, -(2**63), 2**63 - 1])
scalars = numbers | integers | st.booleans() | st.sampled_from(["", "1", "true", "é", "stable"])
values = scalars | st.lists(st.sampled_from([1, 2, "x"]), max_size=2)
# a column of one kind in most graphs, and of many in some: both paths are taken
properties = st.fixed_dictionaries(
    {},
    optional={
        "value": numbers,
        "count": integers,
        "flag": st.booleans(),
        "trend": st.sampled_from(["stable", "up"]),
        "any": values,
        "mixed": scalars,
    },
)


@st.composite
def raw_graphs(draw: st.DrawFn) -> Raw:
    nodes = draw(st.dictionaries(st.sampled_from(NODES), properties))
    if not nodes:
        return {}, {}
    ends = st.sampled_from(sorted(nodes))
    identities = st.tuples(ends, st.sampled_from(TYPES), ends, st.sampled_from(["", "", "hash", "|"]))
    return nodes, draw(st.dictionaries(identities, properties, max_size=8))


def columns(elements: list[Properties]) -> dict[str, Column]:
    names = {name for element in elements for name in element}
    # json_value would tag these: here the columns are what a live graph gives, integers of 64 bits
    found = {name: column_from_values([element.get(name) for element in elements]) for name in names}
    return {name: column for name, column in found.items() if column is not None}


def columnar(raw: Raw, order: int = 0, ids: Mapping[Any, int] | None = None) -> GraphColumns:
    """Build columns, rows in the order that a seed gives."""
    nodes, edges = raw
    random = np.random.default_rng(order)
    keys = [sorted(nodes)[row] for row in random.permutation(len(nodes))]
    identities = [sorted(edges)[row] for row in random.permutation(len(edges))]
    types = tuple(sorted({identity[1] for identity in identities}))
    discriminators = [identity[3] for identity in identities]
    return GraphColumns(
        nodes=NodeColumns(
            keys=np.array(keys, dtype=object),
            columns=columns([nodes[key] for key in keys]),
            ids=None if ids is None else np.array([ids[key] for key in keys], dtype=np.int64),
        ),
        edges=EdgeColumns(
            sources=np.array([keys.index(identity[0]) for identity in identities], dtype=np.int32),
            targets=np.array([keys.index(identity[2]) for identity in identities], dtype=np.int32),
            type_codes=np.array([types.index(identity[1]) for identity in identities], dtype=np.int32),
            types=types,
            discriminators=column_from_values(discriminators) if any(discriminators) else None,
            columns=columns([edges[identity] for identity in identities]),
            ids=None if ids is None else np.array([ids[identity] for identity in identities], dtype=np.int64),
        ),
    )


def network(raw: Raw) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(raw[0].items())
    for (source, type_, target, discriminator), attributes in raw[1].items():
        graph.add_edge(source, target, key=(type_, discriminator))
        graph.edges[source, target, (type_, discriminator)].update(attributes)
    return graph


def all_changes(before: GraphColumns, after: GraphColumns, terms: Terms | None = None) -> tuple[Change, ...]:
    diff = compare_columns(before, after, terms or Terms())
    return changes(diff, np.arange(len(diff)), DEFAULT_METRICS)


def differences(found: tuple[Change, ...]) -> set[Difference]:
    as_set = {
        (change.kind.value, change.op.value, change.element.key, change.field, thaw(change.before), thaw(change.after))
        for change in found
    }
    assert len(as_set) == len(found), "a change stands twice"
    return as_set


def unlabelled(found: tuple[Change, ...]) -> list[Change]:
    """Leave out the label: which of two equal ones gets ``_2`` is a matter of the canonical row order."""
    return [replace(change, element=replace(change.element, id="")) for change in found]


def thaw(value: Any) -> Any:
    """Take a tagged integer for the integer it is, as the reference has it."""
    tagged = isinstance(value, dict) and value.get("$type") == "Integer"
    return frozen(int(value["value"]) if tagged else value)


@given(raw_graphs(), raw_graphs(), st.integers(0, 3))
def test_numpy_finds_what_networkx_finds(before: Raw, after: Raw, order: int) -> None:
    found = all_changes(columnar(before, order), columnar(after))

    assert differences(found) == reference_diff(network(before), network(after))


@given(raw_graphs(), raw_graphs(), st.integers(0, 3), st.sampled_from([1, 10**15]))
def test_ids_align_as_keys_do(before: Raw, after: Raw, order: int, step: int) -> None:
    everything = [*before[0], *after[0], *before[1], *after[1]]
    ids = {element: 7 + step * place for place, element in enumerate(dict.fromkeys(everything))}

    with_ids = all_changes(columnar(before, order, ids), columnar(after, 0, ids), Terms(shared_ids=True))

    assert unlabelled(with_ids) == unlabelled(all_changes(columnar(before), columnar(after)))


@given(raw_graphs(), raw_graphs())
def test_swapping_the_sides_swaps_every_change(before: Raw, after: Raw) -> None:
    opposite = {Operation.ADDED: Operation.REMOVED, Operation.REMOVED: Operation.ADDED}

    there, back = all_changes(columnar(before), columnar(after)), all_changes(columnar(after), columnar(before))

    mirrored = {
        (change.element.key, opposite.get(change.op, change.op), change.field, thaw(change.after), thaw(change.before))
        for change in back
    }
    assert mirrored == {
        (change.element.key, change.op, change.field, thaw(change.before), thaw(change.after)) for change in there
    }
    deltas = {(change.element.key, change.field): change.delta for change in back}
    for change in there:
        other = deltas[change.element.key, change.field]
        assert (change.delta is None and other is None) or change.delta == -other


@given(raw_graphs(), st.integers(0, 3))
def test_a_graph_does_not_differ_from_itself(raw: Raw, order: int) -> None:
    assert all_changes(columnar(raw, order), columnar(raw)) == ()


@given(raw_graphs(), raw_graphs(), st.integers(1, 3))
def test_the_hash_depends_on_neither_row_order_nor_ids(before: Raw, after: Raw, order: int) -> None:
    plain = compare_columns(columnar(before), columnar(after))
    shuffled = compare_columns(columnar(before, order), columnar(after, order + 1))

    assert content_hash(plain) == content_hash(shuffled)
    whole = np.arange(len(plain))
    assert unlabelled(changes(plain, whole, {})) == unlabelled(changes(shuffled, whole, {}))


@given(raw_graphs(), raw_graphs(), raw_graphs())
def test_different_changes_have_different_hashes(before: Raw, after: Raw, other: Raw) -> None:
    one, two = compare_columns(columnar(before), columnar(after)), compare_columns(columnar(before), columnar(other))
    same = differences(changes(one, np.arange(len(one)), {})) == differences(changes(two, np.arange(len(two)), {}))

    assert (content_hash(one) == content_hash(two)) is same


@given(raw_graphs(), raw_graphs(), st.integers(1, 5), st.sampled_from(["default", "delta", "canonical"]))
def test_the_pages_together_are_the_whole(before: Raw, after: Raw, limit: int, sort: str) -> None:
    diff = compare_columns(columnar(before), columnar(after))
    wanted, cursor, collected = ChangeFilter(sort=sort), None, []

    while True:
        part = page(diff, content_hash(diff), wanted, limit, cursor)
        collected += part.items
        if (cursor := part.next) is None:
            break

    assert collected == list(page(diff, content_hash(diff), wanted, 10_000, None).items)
    assert sorted(collected) == list(range(len(diff)))
