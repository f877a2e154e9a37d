"""CSV: RFC 4180, no cell a spreadsheet would run, and everything comes back."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given

from bench.graphs import performance_graph
from snapgraph.engine import columns
from snapgraph.engine.formats.csv import (
    NODES_HEADER,
    RELATIONSHIPS_HEADER,
    write_csv_archive,
    write_nodes_csv,
    write_relationships_csv,
)
from snapgraph.engine.formats.csv_graphs import graph_from_csv
from snapgraph.engine.formats.formulas import guarded, unguarded
from snapgraph.engine.formats.labels import relationship_labels
from snapgraph.errors import InvalidInputError
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind
from tests.fixtures.graphs import HOSTILE_NAMES, NAMES, TEXT, VALUES, build, elements

FORMULA_STARTS = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")


def cells(blocks):
    return list(csv.reader(io.StringIO(b"".join(blocks).decode(), newline=""), strict=True))


def read_back(graph):
    return graph_from_csv(
        nodes=b"".join(write_nodes_csv(graph)), relationships=b"".join(write_relationships_csv(graph))
    )


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def formula_cells(rows):
    """Cells that a spreadsheet would take for a formula; a number may begin with a minus."""
    return [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS) and not is_number(cell)]


def naive_rows(graph):
    """What a writer without the guard gives."""
    return [[unguarded(cell) for cell in row] for row in cells(write_nodes_csv(graph))]


@given(elements(values=VALUES))
def test_no_cell_starts_a_formula(drawn):
    graph = build(drawn)

    assert formula_cells(cells(write_nodes_csv(graph))) == []
    assert formula_cells(cells(write_relationships_csv(graph))) == []


def test_the_guard_is_what_keeps_formulas_out():
    node = {"id": "=cmd|' /C calc'!A0:Table", "type": "Table", "properties": {"name": "=cmd|' /C calc'!A0"}}

    assert formula_cells(naive_rows(build(([node], [])))) == ["=cmd|' /C calc'!A0:Table", "=cmd|' /C calc'!A0"]


@given(elements())
def test_a_graph_comes_back_with_the_same_content(drawn):
    graph = build(drawn)

    read = read_back(graph)

    assert columns.content_hashes(read) == columns.content_hashes(graph)


@pytest.mark.parametrize("mixed", [False, True])
def test_a_large_graph_comes_back_with_the_same_content(mixed):
    graph = performance_graph(300, 5_000, mixed=mixed)

    read = read_back(graph)

    assert columns.content_hashes(read) == columns.content_hashes(graph)


@pytest.mark.parametrize("steps", [[0], [0, 1], [0, 7, 70_000_000], [0, 1_000_000, 5_000_000], [0, 1, 10**15]])
@pytest.mark.parametrize("absent", [0, 3])
def test_few_distinct_times_are_each_written_where_they_stand(steps, absent):
    graph = performance_graph(20, 300)
    times = 1_736_173_385_000_000 + np.resize(np.array(steps), 300)
    present = np.arange(300) % absent != 0 if absent else None
    timestamp = Column(kind=ColumnKind.TIME, values=times, present=present)
    edges = replace(graph.edges, columns={**graph.edges.columns, "timestamp": timestamp})
    written = cells(write_relationships_csv(replace(graph, edges=edges)))
    place = RELATIONSHIPS_HEADER.index("timestamp")
    expected = [
        "" if present is not None and not present[row] else datetime.fromtimestamp(time / 1e6, UTC)
        for row, time in enumerate(times.tolist())
    ]
    assert [cell and datetime.fromisoformat(cell) for cell in (row[place] for row in written[1:])] == expected


@given(TEXT)
def test_the_guard_is_undone(text):
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t", "\r", "\n", "\0", "'=1", "''=1", "\uff1d1"])
def test_what_looks_like_a_formula_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'", "'tis", "users", "1-1", " =1", "a=b"])
def test_what_does_not_stays_as_it_is(text):
    assert guarded(text) == text


def test_numbers_stay_numbers():
    nodes = [{"id": "a:T", "type": "T", "properties": {}}]
    edges = [{"source": "a:T", "target": "a:T", "type": "R", "properties": {"value": -5.25}}]

    assert cells(write_relationships_csv(build((nodes, edges))))[1][4] == "-5.25"


def test_the_columns_are_those_of_the_specification():
    graph = performance_graph(3, 5)

    nodes, relationships = cells(write_nodes_csv(graph)), cells(write_relationships_csv(graph))

    assert ",".join(relationships[0]) == "id,source,target,type,value,timestamp,trend,severity,properties"
    assert ",".join(nodes[0]) == "id,type,name,properties"
    assert [row[0] for row in relationships[1:]] == relationship_labels(graph)
    assert nodes[1][:3] == ["table_0:Table", "Table", "table_0"]


@given(NAMES)
def test_ids_are_the_labels_of_the_contract(name):
    nodes = [{"id": f"{key}:T", "type": "T", "properties": {}} for key in ("a", "b")]
    edges = [{"source": "a:T", "target": "b:T", "type": name, "properties": {}}]
    graph = build((nodes, edges))

    assert unguarded(cells(write_relationships_csv(graph))[1][0]) == relationship_labels(graph)[0]


def test_every_line_ends_with_cr_lf_and_only_lines_do():
    rows = b"".join(write_relationships_csv(performance_graph(30, 2_000))).split(b"\r\n")

    assert len(rows) == 2_002
    assert rows[-1] == b""


def test_an_empty_graph_is_two_headers():
    graph = build(([], []))

    assert cells(write_nodes_csv(graph)) == [list(NODES_HEADER)]
    assert cells(write_relationships_csv(graph)) == [list(RELATIONSHIPS_HEADER)]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_one_cell(name):
    nodes = [{"id": "a:T", "type": "T", "properties": {"name": name, f"p{name}": name}}]

    row = cells(write_nodes_csv(build((nodes, []))))[1]

    assert len(row) == 4
    assert unguarded(row[2]) == name


def test_the_archive_holds_both_files_and_is_the_same_twice():
    graph = performance_graph(50, 3_000)
    moment = datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC)
    archives = [b"".join(write_csv_archive(graph, modified=moment)) for _ in range(2)]

    with zipfile.ZipFile(io.BytesIO(archives[0])) as archive:
        assert archive.testzip() is None
        assert archive.read("nodes.csv") == b"".join(write_nodes_csv(graph))
        assert archive.read("relationships.csv") == b"".join(write_relationships_csv(graph))
    assert archives[0] == archives[1]


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (b"", "first line"),
        (b"id,type\r\n", "first line"),
        (b"id,type,name,properties\r\na:T,T\r\n", "4 cells"),
        (b'id,type,name,properties\r\na:T,T,a,"[1]"\r\n', "JSON object"),
        (b"id,type,name,properties\r\na:T,T,a,{\r\n", "cannot be read"),
        (b'id,type,name,properties\r\n"a:T,T,a,{}\r\n', "no CSV"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(nodes, message):
    with pytest.raises(InvalidInputError, match=message):
        graph_from_csv(nodes=nodes, relationships=b"")
