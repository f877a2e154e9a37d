"""Limits: what is over one of them ends as too large, and says which and by how much."""

import tracemalloc

import pytest

from snapgraph.errors import TooLargeError
from snapgraph.model.live_graphs import CaptureLimits, LiveGraph

FILL = """
UNWIND range(1, $tables) AS i CREATE (a:Table {name: 't' + i})
CREATE (a)-[:LOAD_FACTOR {value: 1.0, text: toString(i) + $padding}]->(a)
"""


def limited(**limits):
    return LiveGraph(limits=CaptureLimits(**limits))


def test_too_many_relationships_are_refused_by_their_count_before_anything_is_read(clean_neo4j, connect, now):
    clean_neo4j.run(FILL, tables=50, padding="")
    texts = []

    with pytest.raises(TooLargeError, match=r"at least 50 nodes and relationships, limits.elements is 49"):
        connect(clean_neo4j, record=texts.append).read(limited(elements=49), now=now)

    assert len(texts) == 1
    assert "count(r)" in texts[0]


def test_too_many_nodes_are_refused(clean_neo4j, connect, now):
    clean_neo4j.run(FILL, tables=5, padding="")
    clean_neo4j.run("UNWIND range(1, 100) AS i CREATE (:Table {name: 'idle' + i})")
    connection = connect(clean_neo4j)

    with pytest.raises(TooLargeError, match=r"limits.elements is 9"):
        connection.read(limited(elements=9), now=now)
    with pytest.raises(TooLargeError, match=r"limits.elements is 109"):
        connection.read(limited(elements=109), now=now)
    assert len(connection.read(limited(elements=110), now=now).graph.nodes) == 105


def peak_of(action):
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def share_held(connection, now, *, most_bytes):
    """How much of the memory that a whole read takes a refused one does."""

    def refused():
        with pytest.raises(TooLargeError, match=f"limits.bytes is {most_bytes}"):
            connection.read(limited(bytes=most_bytes), now=now)

    return peak_of(refused) / peak_of(lambda: connection.read(LiveGraph(), now=now))


def test_too_many_bytes_are_refused_with_bounded_memory(clean_neo4j, connect, now):
    clean_neo4j.run(
        "UNWIND range(1, 200) AS i CREATE (:Table {name: 't' + i}) WITH count(*) AS _ MATCH (a:Table), (b:Table)"
        " CREATE (a)-[:LOAD_FACTOR {value: 1.0, text: a.name + b.name + $padding}]->(b)",
        padding="x" * 500,
    )
    assert share_held(connect(clean_neo4j), now, most_bytes=1_000_000) < 0.4


def test_too_many_bytes_in_nodes_are_refused(clean_neo4j, connect, now):
    clean_neo4j.run(
        "UNWIND range(1, 100) AS i CREATE (:Table {name: 't' + i, text: toString(i) + $padding})", padding="x" * 10_000
    )

    with pytest.raises(TooLargeError, match=r"limits.bytes is 500000"):
        connect(clean_neo4j).read(limited(bytes=500_000), now=now)


def test_too_many_bytes_in_nodes_are_refused_before_all_of_them_are_held(clean_neo4j, connect, now):
    clean_neo4j.run(
        "UNWIND range(1, 10000) AS i CREATE (:Table {name: 't' + i, text: toString(i) + $padding})", padding="x" * 2_000
    )
    assert share_held(connect(clean_neo4j), now, most_bytes=3_000_000) < 0.4


def test_too_many_bytes_in_properties_of_few_relationships_are_refused(clean_neo4j, connect, now):
    clean_neo4j.run(FILL, tables=1500, padding="")
    clean_neo4j.run(
        "MATCH ()-[r:LOAD_FACTOR]->() WITH r ORDER BY id(r) DESC LIMIT 40 SET r.plan = $plan", plan=["x" * 10_000] * 10
    )

    with pytest.raises(TooLargeError, match=r"limits.bytes is 1000000"):
        connect(clean_neo4j).read(limited(bytes=1_000_000), now=now)


def test_a_read_that_takes_too_long_is_ended_by_the_server(clean_neo4j, connect, now):
    clean_neo4j.run("UNWIND range(1, 300) AS i CREATE (:Table {name: 't' + i})")
    clean_neo4j.run("MATCH (a:Table), (b:Table) CREATE (a)-[:LOAD_FACTOR {value: 1.0}]->(b)")

    with pytest.raises(TooLargeError, match=r"within 0.05 s: raise limits.seconds"):
        connect(clean_neo4j).read(limited(seconds=0.05), now=now)


def test_a_connection_is_of_use_after_a_refusal(clean_neo4j, connect, now):
    clean_neo4j.run(FILL, tables=50, padding="")
    connection = connect(clean_neo4j)
    with pytest.raises(TooLargeError):
        connection.read(limited(bytes=10), now=now)

    assert len(connection.read(LiveGraph(), now=now).graph.edges) == 50
