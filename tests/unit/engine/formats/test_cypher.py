"""Cypher: nothing that was captured is ever code, by the rules of both servers.

Loading into real servers is tested in tests/integration/formats.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from bench.graphs import performance_graph
from snapgraph.engine.formats.cypher import ROWS_PER_STATEMENT, write_cypher
from snapgraph.engine.formats.cypher_texts import cypher_name, cypher_value
from snapgraph.model.snapshots import CaptureMetadata
from tests.fixtures.graphs import HOSTILE_NAMES, build, elements, sample_snapshot

TOKENS = re.compile(r'//[^\n]*|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`', re.DOTALL)
ESCAPES = re.compile(r"\\(\\|u[0-9a-fA-F]{4})")
KEYWORDS = frozenset(
    {"AS", "CREATE", "EXISTS", "FOR", "IF", "INDEX", "MATCH", "MERGE", "NOT", "ON", "SET", "UNWIND", "WITH"}
    | {"CASE", "WHEN", "THEN", "ELSE", "END", "range", "split", "toFloat", "toInteger", "toBoolean"}
    | {"a", "b", "n", "r", "i", "k", "s", "t", "snapgraph_key", "null", "true", "false", "e"}
    | {"date", "time", "localtime", "datetime", "localdatetime", "duration", "point", "srid", "x", "y", "z"}
    | {f"{kind}{number}" for kind in "cv" for number in range(20)}
)
PLAIN_NAMES = [name for name in HOSTILE_NAMES if "\\u" not in name and not re.search(";[\r\n]", name)]


def text_of(graph, snapshot=None, **options):
    return b"".join(write_cypher(snapshot or sample_snapshot(), graph, **options)).decode()


def as_neo4j_reads_it(text):
    """Neo4j puts in what backslash-u stands for before it looks at anything else; a pair of backslashes is skipped."""
    return ESCAPES.sub(lambda found: found[0] if found[1] == "\\" else chr(int(found[1][1:], 16)), text)


def words_outside_quotes(text):
    return set(re.findall(r"[^\W\d]\w*", TOKENS.sub(" ", text)))


def naive(graph):
    """What most writers do."""
    return "".join(
        f"MERGE (n:`{key.rpartition(':')[2]}` {{name: '{key.rpartition(':')[0]}'}});\n" for key in graph.nodes.keys
    )


@given(elements())
def test_only_our_own_words_stand_outside_quotes(drawn):
    text = text_of(build(drawn))

    assert words_outside_quotes(text) <= KEYWORDS
    assert words_outside_quotes(as_neo4j_reads_it(text)) <= KEYWORDS


def test_a_naive_writer_lets_code_out_of_its_quotes():
    nodes = [{"id": "a:x`}) DETACH DELETE n //", "type": "x`}) DETACH DELETE n //", "properties": {}}]

    assert not words_outside_quotes(naive(build((nodes, [])))) <= KEYWORDS


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_quoted_name_is_one_token_for_both_servers(name):
    quoted = cypher_name(name)

    assert TOKENS.fullmatch(quoted)
    assert TOKENS.fullmatch(as_neo4j_reads_it(quoted))
    assert as_neo4j_reads_it(quoted)[1:-1].replace("``", "`") == name


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE_NAMES if "\\u" not in name and not re.search(";[\r\n]", name)]
)
def test_a_name_without_backslash_u_is_written_in_the_one_way_that_all_servers_read_alike(name):
    assert cypher_name(name)[1:-1].replace("``", "`") == name


@given(elements())
def test_a_statement_ends_at_a_semicolon_with_a_line_end_and_nowhere_else(drawn):
    graph = build(drawn)
    statements = text_of(graph).split(";\n")

    assert statements.pop().strip().startswith("//") if not drawn[0] else statements.pop() == ""
    assert all("UNWIND" in statement or "CREATE INDEX" in statement for statement in statements)


@pytest.mark.parametrize("field", ["id", "graph"])
@pytest.mark.parametrize("text", ["a\nMATCH (n) DETACH DELETE n;\n", "a\\u000AMATCH (n) DETACH DELETE n"])
def test_nothing_leaves_the_comment(field, text):
    written = text_of(performance_graph(2, 2), replace(sample_snapshot(), **{field: text}))

    assert words_outside_quotes(as_neo4j_reads_it(written)) <= KEYWORDS


def test_rows_go_in_batches_by_type():
    graph = performance_graph(100, 20_000)
    text = text_of(graph)
    batches = [int(last) + 1 for last in re.findall(r"UNWIND range\(0, ([0-9]+)\) AS i", text)]

    assert sum(batches) == 100 + 20_000
    assert max(batches) == ROWS_PER_STATEMENT
    assert len(batches) == 1 + 7 * 3
    assert text.count("CREATE INDEX") == 1


def test_indexes_may_be_left_out():
    assert "INDEX" not in text_of(performance_graph(2, 2), indexes=False)


@pytest.mark.parametrize(
    ("forms", "written"),
    [
        ({"datetime": 3}, "`timestamp`: datetime(c0[i])"),
        ({"iso8601": 3}, "`timestamp`: c0[i]"),
        ({"unix_seconds": 3}, 'split("1736173385",",") AS c0'),
        ({"unix_milliseconds": 3}, 'split("1736173385000",",") AS c0'),
        ({"unix_seconds": 2, "iso8601": 1}, "`timestamp`: datetime(c0[i])"),
        ({}, "`timestamp`: datetime(c0[i])"),
    ],
)
def test_times_get_back_the_form_in_which_all_of_them_stood(forms, written):
    nodes = [{"id": "a:T", "type": "T", "properties": {"timestamp": "2025-01-06T14:23:05Z"}}]
    snapshot = sample_snapshot(metadata=CaptureMetadata(timestamp_forms=forms))

    assert written in text_of(build((nodes, [])), snapshot)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (-(2**53), "-9007199254740992"),
        (1e-7, "1e-7"),
        ("it's", '"it\'s"'),
        ('say "no"\n', '"say \\"no\\"\\n"'),
        ([], "[]"),
        ([1.0, None], "[1.0,(0.0/0.0)]"),
        ({"$type": "Integer", "value": "9223372036854775807"}, "9223372036854775807"),
        ({"$type": "Duration", "value": "P1D"}, 'duration("P1D")'),
        ({"$type": "Point", "value": {"srid": 4326, "x": 1, "y": 2.5}}, "point({srid:4326,x:1.0,y:2.5})"),
        ({"$type": "Bytes", "value": "3q2+7w=="}, '"3q2+7w=="'),
        ({"$type": "Vector", "value": {"dtype": "f32", "values": [1.0]}}, "[1.0]"),
        ({"$type": "Date", "value": 1}, '"{\\"$type\\":\\"Date\\",\\"value\\":1}"'),
        ({"a": [1]}, '"{\\"a\\":[1]}"'),
        ([[1]], '"[[1]]"'),
    ],
)
def test_values_as_cypher_says_them(value, written):
    assert cypher_value(value) == written


def test_a_property_that_was_marked_gets_its_own_name_back():
    nodes = [{"id": "a:T", "type": "T", "properties": {"@@stale": 1}}]

    assert "`@stale`: toInteger(c0[i])" in text_of(build((nodes, [])))


def test_derived_columns_are_not_loaded():
    nodes = [{"id": "a:T", "type": "T", "stale": True, "properties": {}}]

    assert "stale" not in text_of(build((nodes, [])))
