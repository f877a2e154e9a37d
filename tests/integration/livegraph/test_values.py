"""Values of every type that Neo4j has, and timestamps in every form."""

import numpy as np
import pytest

from snapgraph.engine.formats.values import column_values
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.vocabulary import ColumnKind, QualityGrade

EVERY_TYPE = {
    "true": True,
    "42": 42,
    "-9223372036854775808": -(2**63),
    "1.5": 1.5,
    "'text'": "text",
    "''": "",
    "date('2025-01-06')": {"$type": "Date", "value": "2025-01-06"},
    "localtime('14:23:05.123456789')": {"$type": "LocalTime", "value": "14:23:05.123456789"},
    "time('14:23:05+01:00')": {"$type": "Time", "value": "14:23:05+01:00"},
    "localdatetime('2025-01-06T14:23:05.5')": {"$type": "LocalDateTime", "value": "2025-01-06T14:23:05.5"},
    "datetime('2025-01-06T14:23:05Z')": {"$type": "DateTime", "value": "2025-01-06T14:23:05Z"},
    "datetime('2025-07-06T14:23:05.000000001+02:00[Europe/Prague]')": {
        "$type": "DateTime",
        "value": "2025-07-06T14:23:05.000000001+02:00[Europe/Prague]",
    },
    "duration('P1Y2M3DT4H5M6.5S')": {"$type": "Duration", "value": "P1Y2M3DT4H5M6.5S"},
    "point({longitude: 14.4, latitude: 50.1})": {"$type": "Point", "value": {"srid": 4326, "x": 14.4, "y": 50.1}},
    "point({x: 1, y: 2, z: 3})": {"$type": "Point", "value": {"srid": 9157, "x": 1.0, "y": 2.0, "z": 3.0}},
    "[1, 2, 3]": [1, 2, 3],
    "[9007199254740993]": [{"$type": "Integer", "value": "9007199254740993"}],
    "['a', 'b']": ["a", "b"],
    "[1.5, 0.0/0.0]": [1.5, None],
    "[true]": [True],
    "[date('2025-01-06')]": [{"$type": "Date", "value": "2025-01-06"}],
    "[]": [],
}


@pytest.mark.parametrize("element", ["edges", "nodes"])
def test_every_property_type_is_captured(clean_neo4j, connect, now, element):
    for position, text in enumerate(EVERY_TYPE):
        node, edge = (text, "null") if element == "nodes" else ("null", text)
        clean_neo4j.run(
            f"CREATE (n:Table {{name: $name, p{position}: {node}, mixed: {node}}})"
            f"-[:LOAD_FACTOR {{value: 1.0, p{position}: {edge}, mixed: {edge}}}]->(n)",
            name=f"t{position:02}",
        )
    clean_neo4j.run(
        "MATCH (n:Table {name: 't00'})-[r]->(n)"
        " WITH CASE $element WHEN 'nodes' THEN n ELSE r END AS element SET element.raw = $raw",
        element=element,
        raw=b"\xde\xad\xbe\xef",
    )

    columns = getattr(connect(clean_neo4j).read(LiveGraph(), now=now).graph, element).columns

    for position, expected in enumerate(EVERY_TYPE.values()):
        values = [value for value in column_values(columns[f"p{position}"]) if value is not None]
        if isinstance(expected, int) and abs(expected) > 2**53:
            assert columns[f"p{position}"].values.min() == expected
        else:
            assert values == [expected]
            assert type(values[0]) is type(expected)
    mixed = column_values(columns["mixed"])
    assert columns["mixed"].kind is ColumnKind.JSON
    assert mixed == [
        value if not isinstance(value, int) or abs(value) < 2**53 else {"$type": "Integer", "value": str(value)}
        for value in EVERY_TYPE.values()
    ]
    assert [value for value in column_values(columns["raw"]) if value] == [{"$type": "Bytes", "value": "3q2+7w=="}]


def test_uniform_columns_are_typed(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (n:Table {name: 'n'}) WITH n UNWIND [1, 2, 3] AS i CREATE (n)-[:LOAD_FACTOR {value: i, whole: i,"
        " real: i / 2.0, flag: i > 1, text: 't' + i, kind: 'k' + i}]->(n) "
    )

    graph = connect(clean_neo4j).read(LiveGraph(discriminators={"LOAD_FACTOR": "kind"}), now=now).graph

    columns = graph.edges.columns
    assert {name: column.kind for name, column in columns.items()} == {
        "value": ColumnKind.FLOAT,
        "whole": ColumnKind.INTEGER,
        "real": ColumnKind.FLOAT,
        "flag": ColumnKind.BOOLEAN,
        "text": ColumnKind.TEXT,
        "kind": ColumnKind.TEXT,
    }
    assert all(column.present is None for column in columns.values())
    assert columns["value"].values.dtype == np.float64


def test_numbers_that_are_none_become_absent_and_are_counted(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (n:Table {name: 'n', size: 0.0/0.0}) WITH n UNWIND [[0, 0.0/0.0], [1, 1.0/0.0], [2, 'x'], [3, 5]] AS p"
        " CREATE (n)-[:LOAD_FACTOR {value: p[1], other: CASE p[0] WHEN 0 THEN 0.0/0.0 ELSE 1.5 END, k: p[0]}]->(n)"
    )

    reading = connect(clean_neo4j).read(LiveGraph(discriminators={"LOAD_FACTOR": "k"}), now=now)

    columns = reading.graph.edges.columns
    assert column_values(columns["value"]) == [None, None, None, 5.0]
    assert column_values(columns["other"]) == [None, 1.5, 1.5, 1.5]
    assert "size" not in reading.graph.nodes.columns
    assert reading.quality.non_finite_values == 4
    assert any("1 value is left out because it is no number" in reason for reason in reading.quality.reasons)
    assert all(np.isfinite(column.values).all() for column in columns.values() if column.kind is ColumnKind.FLOAT)


FORMS = {
    "1736173385": ("unix_seconds", 1736173385_000000),
    "1736173385.25": ("unix_seconds", 1736173385_250000),
    "1736173385250": ("unix_milliseconds", 1736173385_250000),
    "'2025-01-06T14:23:05Z'": ("iso8601", 1736173385_000000),
    "'2025-01-06T15:23:05.5+01:00'": ("iso8601", 1736173385_500000),
    "'2025-01-06T14:23:05'": ("iso8601", 1736173385_000000),
    "datetime('2025-01-06T14:23:05Z')": ("datetime", 1736173385_000000),
    "datetime('2025-01-06T15:23:05.000001[Europe/Prague]')": ("datetime", 1736173385_000001),
    "localdatetime('2025-01-06T14:23:05')": ("datetime", 1736173385_000000),
    "date('2025-01-06')": ("datetime", 1736121600_000000),
    "'yesterday'": (None, None),
    "true": (None, None),
    "[1736173385]": (None, None),
    "-1e300": (None, None),
    "0.0/0.0": (None, None),
}


def test_timestamps_are_read_in_every_form(clean_neo4j, connect, now):
    for position, text in enumerate(FORMS):
        clean_neo4j.run(
            "CREATE (n:Table {name: $name})"
            f"-[:LOAD_FACTOR {{value: 1.0, timestamp: {text}, updated_at: {text}}}]->(n)",
            name=f"t{position:02}",
        )

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    for name in ("timestamp", "updated_at"):
        column = reading.graph.edges.columns[name]
        assert column.kind is ColumnKind.TIME
        times = np.where(column.present, column.values, -1).tolist()
        assert times == [-1 if time is None else time for _, time in FORMS.values()]
    assert reading.timestamp_forms == {"unix_seconds": 2, "unix_milliseconds": 1, "iso8601": 3, "datetime": 4}
    assert reading.quality.unreadable_timestamps == 10
    assert reading.quality.freshness.oldest_seconds == 51785.0


@pytest.mark.parametrize(("text", "expected"), [("1736173385", 1736173385_000000), ("datetime(2025)", None)])
def test_a_uniform_column_of_times_is_read(clean_neo4j, connect, now, text, expected):
    clean_neo4j.run(
        f"UNWIND range(1, 9) AS i CREATE (n:Table {{name: 't' + i}})-[:ERROR_RATE {{timestamp: {text}}}]->(n)"
        if expected
        else "CREATE (n:Table {name: 't'})-[:ERROR_RATE {timestamp: 'no'}]->(n)"
    )

    columns = connect(clean_neo4j).read(LiveGraph(), now=now).graph.edges.columns

    if expected is None:
        assert "timestamp" not in columns
    else:
        assert columns["timestamp"].values.tolist() == [expected] * 9
        assert columns["timestamp"].present is None


def test_node_times_are_times_only_when_all_can_be_read(clean_neo4j, connect, now):
    clean_neo4j.run(
        "CREATE (:Table {name: 'a', updated_at: 1736173385, timestamp: 'long ago'}), (:Table {name: 'b', updated_at:"
        " datetime('2025-01-06T14:23:05Z')})"
    )

    columns = connect(clean_neo4j).read(LiveGraph(), now=now).graph.nodes.columns

    assert columns["updated_at"].kind is ColumnKind.TIME
    assert column_values(columns["timestamp"]) == ["long ago", None]


def test_properties_that_the_sample_does_not_show_are_read_as_maps(clean_neo4j, connect, now, monkeypatch):
    clean_neo4j.run(
        "UNWIND range(0, 2999) AS i CREATE (a:Table {name: 't' + i}) WITH i, a"
        " CREATE (a)-[r:LOAD_FACTOR {value: toFloat(i)}]->(a) SET r.rare = CASE WHEN i = 2500 THEN [1, 2] END,"
        " r.snapgraph_key = 'of an export'"
    )
    texts = []
    monkeypatch.setattr("snapgraph.adapters.livegraph.passes._SAMPLE", 0)  # which rows it shows depends on the server

    graph = connect(clean_neo4j, record=texts.append).read(LiveGraph(), now=now).graph

    rare = graph.edges.columns["rare"]
    assert np.count_nonzero(rare.present) == 1
    row = int(np.flatnonzero(rare.present)[0])
    assert graph.edges.columns["value"].values[row] == 2500.0
    assert rare.categories[rare.values[row]] == "[1,2]"
    assert "snapgraph_key" not in graph.edges.columns
    assert sum("properties(r)" in text for text in texts) >= 1


def test_the_marks_of_an_export_are_left_out(clean_neo4j, connect, now):
    clean_neo4j.run("CREATE (n:Table {name: 'n', snapgraph_key: 'n:Table'})-[:ERROR_RATE {value: 1.0}]->(n)")

    reading = connect(clean_neo4j).read(LiveGraph(), now=now)

    assert "snapgraph_key" not in reading.graph.nodes.columns
    assert reading.quality.grade is QualityGrade.CLEAN
