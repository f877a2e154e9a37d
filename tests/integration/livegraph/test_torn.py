"""Torn reads: a writer that deletes and re-creates while the graph is read, and a control that is fooled by it."""

import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from snapgraph.adapters.livegraph import passes
from snapgraph.adapters.livegraph import reading as repeated
from snapgraph.adapters.livegraph.fetching import EntityVanishedError
from snapgraph.errors import LiveGraphUnavailableError, TooLargeError
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.vocabulary import QualityGrade

TABLES = 60
EDGES = TABLES * (TABLES - 1)
FILL = """
UNWIND range(0, $tables - 1) AS i CREATE (:Table {name: 't' + i})
WITH count(*) AS _ MATCH (a:Table), (b:Table) WHERE a <> b CREATE (a)-[:LOAD_FACTOR {value: 1.0, timestamp: 1}]->(b)
"""
RECREATE = """
MATCH (a:Table {name: 't' + $i})-[r:LOAD_FACTOR]->(b) WITH a, b, r, r.value AS value DELETE r
CREATE (a)-[:LOAD_FACTOR {value: value + 1, timestamp: 1}]->(b)
"""
NAIVE = "MATCH (a)-[r:LOAD_FACTOR]->(b) RETURN a.name, b.name"


@contextmanager
def writer(server, text):
    """Delete and re-create the relationships of one table after the other, as fast as it goes."""
    stop = threading.Event()

    def write():
        with server.driver() as driver, driver.session(database=server.database) as session:
            ticks = 0
            while not stop.is_set():
                session.run(text, i=ticks % TABLES).consume()
                ticks += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def naive_read(driver, server):
    """Read as everybody would: one scan, no counts."""
    records, _, _ = driver.execute_query(NAIVE, database_=server.database)
    return Counter(tuple(record) for record in records)


def is_fooled(edges):
    return len(edges) != EDGES or max(edges.values()) > 1


def was_retried(reading):
    return reading.quality.retries > 0


def test_what_is_called_clean_or_retried_is_whole_while_a_naive_reader_is_fooled(clean_neo4j, connect, now, rounds):
    clean_neo4j.run(FILL, tables=TABLES)
    connection = connect(clean_neo4j)
    naive, readings = [], []
    end = time.monotonic() + 60
    with writer(clean_neo4j, RECREATE), clean_neo4j.driver() as driver:
        while len(naive) < rounds(40, 200) or not (any(map(is_fooled, naive)) or time.monotonic() > end):
            naive.append(naive_read(driver, clean_neo4j))
        while len(readings) < rounds(15, 100) or not (any(map(was_retried, readings)) or time.monotonic() > end):
            readings.append(connection.read(LiveGraph(), now=now))

    assert any(map(is_fooled, naive)), "the control saw no torn read: the writer proves nothing"
    whole = {QualityGrade.CLEAN, QualityGrade.RETRIED}
    for reading in readings:
        assert (len(reading.graph.edges) == EDGES) == (reading.quality.grade in whole), reading.quality
    assert any(map(was_retried, readings))


def test_a_read_that_stays_torn_is_kept_and_called_torn(clean_neo4j, connect, now, monkeypatch):
    clean_neo4j.run(FILL, tables=3)
    true_counts = passes._counts

    def counts_of_a_bigger_graph(transaction, types):
        counted = true_counts(transaction, types)
        return passes.Counts(by_type={**counted.by_type, "LOAD_FACTOR": counted.by_type["LOAD_FACTOR"] + 2})

    monkeypatch.setattr(passes, "_counts", counts_of_a_bigger_graph)

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert reading.quality.grade is QualityGrade.TORN
    assert reading.quality.retries == 3
    assert "2 relationships are counted and not seen by the scan." in reading.quality.reasons
    assert len(reading.graph.edges) == 6


@pytest.mark.parametrize("failure", [TooLargeError, LiveGraphUnavailableError])
def test_a_torn_read_is_kept_when_its_repetition_fails(clean_neo4j, connect, now, monkeypatch, failure):
    clean_neo4j.run(FILL, tables=3)
    true_pass, true_counts = repeated.make_pass, passes._counts
    passed = []

    def fails_when_repeated(transaction, live_graph):
        if passed:
            raise failure
        passed.append(true_pass(transaction, live_graph))
        return passed[0]

    def one_more(transaction, types):
        counted = true_counts(transaction, types)
        return passes.Counts(by_type={**counted.by_type, "LOAD_FACTOR": counted.by_type["LOAD_FACTOR"] + 1})

    monkeypatch.setattr(repeated, "make_pass", fails_when_repeated)
    monkeypatch.setattr(passes, "_counts", one_more)

    kept = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert (kept.quality.grade, kept.quality.retries, len(kept.graph.edges)) == (QualityGrade.TORN, 1, 6)


def test_a_read_under_which_something_vanishes_more_than_three_times_is_repeated_until_there_is_one(
    clean_neo4j, connect, now, monkeypatch
):
    clean_neo4j.run(FILL, tables=3)
    true_scan, left = passes._scan, iter(range(6))

    def scan_that_loses_something(transaction, scan, counts):
        if next(left, None) is not None:
            raise EntityVanishedError
        return true_scan(transaction, scan, counts)

    monkeypatch.setattr(passes, "_scan", scan_that_loses_something)

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert (reading.quality.grade, reading.quality.retries) == (QualityGrade.RETRIED, 6)
    assert len(reading.graph.edges) == 6


def test_a_graph_under_which_something_always_vanishes_is_refused_and_the_error_says_what_to_do(
    clean_neo4j, connect, now, monkeypatch
):
    def scan_that_loses_something(_transaction, _scan, _counts):
        raise EntityVanishedError

    monkeypatch.setattr(passes, "_scan", scan_that_loses_something)

    with pytest.raises(LiveGraphUnavailableError, match="Let the writer update them in place"):
        connect(clean_neo4j).read(LiveGraph(), now=now)


def test_an_edge_whose_end_is_deleted_meanwhile_never_dangles(clean_neo4j, connect, now, rounds):
    clean_neo4j.run("UNWIND range(0, 19) AS i CREATE (a:Table {name: 't' + i})-[:LOAD_FACTOR {value: 1.0}]->(a)")
    pairs = (
        "CREATE (a:Table {name: 'new' + $i})-[:LOAD_FACTOR {value: 1.0}]->(b:Table {name: 'end' + $i})"
        " WITH a MATCH (old:Table) WHERE old.name STARTS WITH 'new' OR old.name STARTS WITH 'end'"
        " WITH old LIMIT 20 DETACH DELETE old"
    )
    connection = connect(clean_neo4j)
    with writer(clean_neo4j, pairs):
        for _ in range(rounds(20, 100)):
            graph = connection.read(LiveGraph(), now=now).graph
            ends = {*graph.edges.sources.tolist(), *graph.edges.targets.tolist()}
            assert ends <= set(range(len(graph.nodes)))


def test_what_vanishes_in_the_middle_of_a_scan_is_one_more_way_to_be_torn(clean_neo4j, connect, now, monkeypatch):
    clean_neo4j.run(FILL, tables=3)
    true_scan, scans = passes._scan, []

    def scan_under_a_writer(transaction, scan, counts):
        chunks = list(true_scan(transaction, scan, counts))
        if not scans:
            scans.append(1)
            clean_neo4j.run("MATCH (a:Table {name: 't0'}) DETACH DELETE a CREATE (:Table {name: 't0'})")
        yield from chunks

    monkeypatch.setattr(passes, "_scan", scan_under_a_writer)

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert reading.quality.grade is QualityGrade.RETRIED
    assert reading.quality.retries == 1
    assert len(reading.graph.edges) == 2


@pytest.mark.parametrize("parallel", [2, 3])
def test_parallel_edges_that_stay_are_real_and_make_the_capture_partial(clean_neo4j, connect, now, parallel):
    clean_neo4j.run(FILL, tables=3)
    clean_neo4j.run(
        "MATCH (a:Table {name: 't0'}), (b:Table {name: 't1'}) UNWIND range(2, $parallel) AS i"
        " CREATE (a)-[:LOAD_FACTOR {value: toFloat(i)}]->(b)",
        parallel=parallel,
    )

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert reading.quality.grade is QualityGrade.PARTIAL
    assert reading.quality.ordinals == parallel
    assert len(reading.graph.edges) == 6 + parallel - 1
