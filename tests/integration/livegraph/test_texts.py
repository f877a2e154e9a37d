"""What is sent to the server: a finite set of texts, values never in them, and nothing that writes."""

import re
from importlib.resources import files

import neo4j as driver_library
import pytest

from snapgraph.adapters.livegraph import queries
from snapgraph.adapters.livegraph.fetching import nobody_records, reading
from snapgraph.errors import LiveGraphUnavailableError
from snapgraph.model.live_graphs import LiveGraph, PropertyNames

CODE = "') //; MATCH (n) DETACH DELETE n //"
PAYLOADS = [
    f"{quote}{ending}{CODE}"
    for quote in ("", "'", '"', "`", "``", "\\", r"\u0060", r"\\u0060", "\n", "//", "/*")
    for ending in ("", "})", "]->() CALL db.labels() YIELD label ")
]
READ_TEXTS = {
    "count_all",
    "labelled_nodes",
    "nodes",
    "property_names",
    "relationship_types",
    "rest",
    "scan",
    "scan_slice",
    "sources",
}
WRITES = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|LOAD|FOREACH|INSERT)\b", re.IGNORECASE)


def test_payloads_in_every_name_reach_no_text_and_the_texts_are_those_of_the_code(clean_neo4j, connect, now):
    texts = []
    connection = connect(clean_neo4j, record=texts.append)
    with clean_neo4j.driver() as driver:
        for position, payload in enumerate(PAYLOADS):
            quoted = payload.replace("\\u", "\\u005Cu").replace("`", "``")
            driver.execute_query(
                f"CREATE (n:`{quoted}` {{name: $payload, `{quoted}`: $payload}})"
                f"-[:`{quoted}` {{value: 1.0, `{quoted}`: $payload}}]->(n), (:Table {{name: $payload}})",
                payload=f"{payload}{position}",
                database_=clean_neo4j.database,
            )
    for payload in PAYLOADS:
        connection.read(
            LiveGraph(
                types=(payload, "LOAD_FACTOR"),
                node_labels=(payload,),
                name_properties={payload: payload},
                discriminators={payload: payload},
                properties=PropertyNames(value=payload),
            ),
            now=now,
        )
    graph = connection.read(LiveGraph(types=("*",)), now=now).graph

    assert len(graph.edges) == len(PAYLOADS)
    expected = {queries.query(name) for name in READ_TEXTS} | {queries.count_by_type(["LOAD_FACTOR"])}
    assert set(texts) <= expected
    assert not any(CODE in text for text in texts)


def test_only_names_of_the_strict_pattern_stand_in_the_count_query():
    for payload in [*PAYLOADS, "", "1A", "A B", "A`", "Ä", "A" * 256, "A\n"]:
        with pytest.raises(ValueError, match="strict pattern"):
            queries.count_by_type(["LOAD_FACTOR", payload])


def test_no_text_of_the_read_path_writes_or_reaches_out():
    for name in READ_TEXTS | {"count_of_type"}:
        assert not WRITES.search(queries.query(name)), name


def test_every_text_in_the_folder_either_is_known_here_or_belongs_to_the_write_side():
    folder = files("snapgraph.adapters.livegraph")
    found = {entry.name.removesuffix(".cypher") for entry in folder.iterdir() if entry.name.endswith(".cypher")}

    unknown = found - READ_TEXTS - {"count_of_type"}
    assert all(WRITES.search(queries.query(name)) for name in unknown), unknown


@pytest.mark.parametrize(
    "text", ["CREATE (:Written)", "MATCH (n) SET n.written = true", "CREATE INDEX FOR (n:X) ON (n.y)"]
)
def test_the_server_refuses_a_write_in_a_transaction_of_the_read_path(clean_neo4j, text):
    clean_neo4j.run("CREATE (:Table {name: 'users'})")
    with (
        clean_neo4j.driver() as driver,
        pytest.raises(LiveGraphUnavailableError) as caught,
        reading(driver, database=clean_neo4j.database, seconds=5, record=nobody_records) as transaction,
    ):
        transaction.items(text)

    assert isinstance(caught.value.__cause__, driver_library.exceptions.ClientError)
    assert clean_neo4j.run("MATCH (n) RETURN count(n) AS nodes, count(n.written) AS written") == [
        {"nodes": 1, "written": 0}
    ]
