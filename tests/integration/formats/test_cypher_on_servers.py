"""Exported Cypher, run on real servers and read back: the same graph, and no statement that we did not write.

In the short form a few dozen drawn graphs go through each server; the full 1,000 run with ``--deep``.
"""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.graphs import performance_graph
from snapgraph.adapters.livegraph import open_live_graph
from snapgraph.engine import columns
from snapgraph.engine.formats.cypher import write_cypher
from snapgraph.model.live_graphs import ALL_TYPES, LiveGraph
from snapgraph.model.snapshots import CaptureMetadata
from snapgraph.model.values import KEY_PROPERTY
from tests.fixtures.graphs import HOSTILE_NAMES, PROPERTY_NAMES, build, elements, sample_snapshot

FUNCTIONS = {
    "Date": "date",
    "Time": "time",
    "LocalTime": "localtime",
    "DateTime": "datetime",
    "LocalDateTime": "localdatetime",
    "Duration": "duration",
}
ON_SERVERS = {
    "phases": [
        Phase.generate
    ],  # shrinking on a server takes minutes and explains little: replay the seed in unit tests
    "suppress_health_check": list(HealthCheck),
}


def plain_for_embedded(name):
    r"""Names that the embedded server can be told: it does not read ``\uXXXX`` in a name, which Neo4j must be given."""
    return "\\u" not in name and not re.search(";[\r\n]", name)


def load(session, text):
    for statement in statements_of(text):
        session.run(statement).consume()


def statements_of(text):
    """The small splitter that the documentation promises to be enough."""
    return [part for part in text.split(";\n") if any(line and not line.startswith("//") for line in part.split("\n"))]


def parameter(value):
    """Turn a JSON value into what the driver hands back for it, by asking the server itself with a parameter."""
    if isinstance(value, dict) and value["$type"] in FUNCTIONS:
        return f"{FUNCTIONS[value['$type']]}(${{}})", value["value"]
    if isinstance(value, dict) and value["$type"] == "Point":
        return "point(${})", value["value"]
    if isinstance(value, dict):
        return "${}", int(value["value"])
    return "${}", value


class Expected:
    """What the server makes of values that come as parameters, where nothing needs quotes."""

    def __init__(self, session):
        self.session = session
        self.known = {}

    def value(self, value):
        """Ask once for each value."""
        expression, given_value = parameter(value)
        place = repr((expression, given_value))
        if place not in self.known:
            query = f"RETURN {expression.format('value')} AS value"
            self.known[place] = comparable(self.session.run(query, value=given_value).single()["value"])
        return self.known[place]

    def properties(self, properties):
        """Give all properties of an element."""
        return frozenset((name, self.value(as_loaded(name, value))) for name, value in properties.items())


def as_loaded(name, value):
    """The standard times of relationships are loaded as date-times."""
    return {"$type": "DateTime", "value": value} if name in {"timestamp", "updated_at"} else value


def comparable(value):
    """Tell apart what Python would call equal: 1, 1.0 and True, 0.0 and -0.0."""
    if isinstance(value, list):
        return ("list", *(comparable(item) for item in value))
    return type(value).__name__, getattr(value, "srid", None), repr(value)


def expected_graph(expected, drawn):
    nodes, relationships = drawn
    parallel = {each["type"] for each in relationships if each.get("discriminator")}
    return Counter(
        [
            (node["id"], frozenset(node.get("labels", [node["type"]])), expected.properties(node["properties"]))
            for node in nodes
        ]
        + [
            (
                each["source"],
                each["type"],
                each["target"],
                each.get("discriminator", "") if each["type"] in parallel else None,
                expected.properties(each["properties"]),
            )
            for each in relationships
        ]
    )


def loaded_graph(session):
    nodes = session.run("MATCH (n) RETURN labels(n) AS labels, properties(n) AS p").values()
    edges = session.run(
        "MATCH (a)-[r]->(b) RETURN a.snapgraph_key AS source, type(r) AS type, b.snapgraph_key AS target, "
        "properties(r) AS p"
    ).values()
    return Counter(
        [(properties[KEY_PROPERTY], frozenset(labels), without_key(properties)) for labels, properties in nodes]
        + [
            (source, type_, target, properties.get(KEY_PROPERTY), without_key(properties))
            for source, type_, target, properties in edges
        ]
    )


def without_key(properties):
    return frozenset((name, comparable(value)) for name, value in properties.items() if name != KEY_PROPERTY)


def exported(drawn):
    return b"".join(write_cypher(sample_snapshot(), build(drawn), indexes=False)).decode()


def check(session, expected, drawn, *, loads=2):
    """Load a graph twice, since that changes nothing, and hold what is there against what was put in."""
    session.run("MATCH (n) DETACH DELETE n").consume()
    text = exported(drawn)
    for _ in range(loads):
        load(session, text)

    assert loaded_graph(session) == expected_graph(expected, drawn)


@pytest.fixture
def session(clean_neo4j):
    with clean_neo4j.driver() as driver, driver.session(database=clean_neo4j.database) as opened:
        yield opened


@pytest.fixture
def embedded_session(clean_bolt):
    with clean_bolt.driver() as driver, driver.session(database=clean_bolt.database) as opened:
        yield opened


def test_a_drawn_graph_comes_back_from_neo4j(session, rounds):
    expected = Expected(session)

    @settings(max_examples=rounds(24, 1_000), **ON_SERVERS)
    @given(elements())
    def every(drawn):
        check(session, expected, drawn)

    every()


def test_a_drawn_graph_comes_back_from_the_embedded_server(embedded_session, rounds):
    expected = Expected(embedded_session)
    labels, types = st.sampled_from(["Table", "View", "An index"]), st.sampled_from(["READS", "Schreibt täglich"])
    property_names = PROPERTY_NAMES.filter(plain_for_embedded)

    @settings(max_examples=rounds(20, 1_000), **ON_SERVERS)
    @given(elements(labels=labels, types=types, property_names=property_names))
    def every(drawn):
        check(embedded_session, expected, drawn)

    every()


def hostile_graph(names, *, are_types=True):
    """Each name as a name of everything that has one: a node, a label, a type, a property, a value."""
    nodes = [
        {
            "id": f"{place}:T",
            "type": "T",
            "labels": sorted({"T", name if are_types else "V"}),
            "properties": {"p" + name: name, "name": name},
        }
        for place, name in enumerate(names)
    ]
    edges = [
        {
            "source": f"{place}:T",
            "target": f"{place}:T",
            "type": name if are_types else "R",
            "properties": {"q" + name: [name, name]},
        }
        for place, name in enumerate(names)
    ]
    return nodes, edges


def test_every_hostile_name_is_only_a_name_to_neo4j(session):
    check(session, Expected(session), hostile_graph(HOSTILE_NAMES), loads=1)


def test_every_hostile_name_is_only_a_name_to_the_embedded_server(embedded_session):
    """Its labels and types are names of files and share one space, so only properties and values can be hostile."""
    names = [name for name in HOSTILE_NAMES if plain_for_embedded(name)]

    check(embedded_session, Expected(embedded_session), hostile_graph(names, are_types=False))


def test_a_naive_writer_runs_a_hostile_name_on_neo4j(session):
    """The control: without the quoting, a name deletes the graph."""
    session.run("CREATE (:Bystander)").consume()
    name = "T`) WITH 1 AS x MATCH (m) DETACH DELETE m //"

    session.run(f"MERGE (n:`{name}`)").consume()

    assert session.run("MATCH (n:Bystander) RETURN count(n) AS n").single()["n"] == 0


def test_a_naive_writer_that_only_doubles_backticks_still_runs_a_hostile_name_on_neo4j(session):
    """The second control: Neo4j makes a backtick of backslash-u-0060 before it looks for the end of a name."""
    session.run("CREATE (:Bystander)").consume()
    name = "T\\u0060) WITH 1 AS x MATCH (m) DETACH DELETE m //"

    session.run(f"MERGE (n:`{name.replace('`', '``')}`)").consume()

    assert session.run("MATCH (n:Bystander) RETURN count(n) AS n").single()["n"] == 0


def test_a_capture_of_a_loaded_export_is_the_graph_that_was_exported(clean_neo4j):
    """By the product's own reader: nothing was added, lost or changed, and loading twice makes no difference."""
    graph = performance_graph(200, 3_000)
    snapshot = sample_snapshot(metadata=CaptureMetadata(timestamp_forms={"unix_seconds": 3_000}))
    text = b"".join(write_cypher(snapshot, graph)).decode()
    with clean_neo4j.driver() as driver, driver.session(database=clean_neo4j.database) as opened:
        load(opened, text)
        load(opened, text)

    connection = open_live_graph(
        clean_neo4j.uri,
        username=clean_neo4j.username,
        password=clean_neo4j.password,
        database=clean_neo4j.database,
    )
    with connection:
        reading = connection.read(LiveGraph(types=(ALL_TYPES,), tick_seconds=0), now=datetime(2025, 1, 6, tzinfo=UTC))

    assert columns.content_hashes(reading.graph) == columns.content_hashes(graph)


@pytest.mark.parametrize("form", ["unix_seconds", "unix_milliseconds", "iso8601", "datetime"])
def test_times_are_read_back_equal_in_every_form(clean_neo4j, form):
    graph = performance_graph(20, 50)
    snapshot = sample_snapshot(metadata=CaptureMetadata(timestamp_forms={form: 50}))
    with clean_neo4j.driver() as driver, driver.session(database=clean_neo4j.database) as opened:
        load(opened, b"".join(write_cypher(snapshot, graph)).decode())

    with open_live_graph(
        clean_neo4j.uri, username=clean_neo4j.username, password=clean_neo4j.password, database=clean_neo4j.database
    ) as connection:
        reading = connection.read(LiveGraph(types=(ALL_TYPES,), tick_seconds=0), now=datetime(2025, 1, 6, tzinfo=UTC))

    assert reading.timestamp_forms == {form: 50}
    assert columns.content_hashes(reading.graph) == columns.content_hashes(graph)
