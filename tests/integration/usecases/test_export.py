"""Exports from a real store: whole, with a digest, leaving nothing behind, and clear about what went wrong."""

import base64
import errno
import gzip
import hashlib
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import orjson
import psycopg
import pytest

from bench.graphs import performance_graph
from snapgraph.adapters import store as stores
from snapgraph.engine import columns
from snapgraph.engine.formats.csv_graphs import graph_from_csv
from snapgraph.engine.formats.documents import graph_state_from_json
from snapgraph.engine.formats.headers import snapshot_from_json
from snapgraph.errors import ConfigurationError, GoneError, InvalidInputError, NotFoundError, UnavailableError
from snapgraph.model.exports import ExportFormat, ExportPart
from snapgraph.model.snapshots import HistoryEntry, PerformanceSummary, SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass, TriggerType
from snapgraph.usecases.export import ExportRequest, export

GRAPH = performance_graph(50, 2_000)


@pytest.fixture(scope="module")
def store(store_url):
    opened = stores.open_store(store_url, codec=columns)
    yield opened
    opened.close()


@pytest.fixture
def capture(store):
    """Store a snapshot of a graph."""

    def insert(graph=GRAPH, history=()):
        with store.begin() as tx:
            draft = SnapshotDraft(
                captured_at=stores.clock.now(tx),
                trigger=TriggerType.MANUAL,
                trigger_reason="manual",
                slug="manual",
                retention_class=RetentionClass.MANUAL,
            )
            return stores.snapshots.insert(tx, draft, graph, history=history)

    return insert


@pytest.fixture
def snapshot(capture):
    return capture()


def exported(store, reference, **options):
    with export(ExportRequest(reference=reference, **options), store=store) as file:
        body = b"".join(file.chunks())
    return file, body


def open_files():
    """Targets of this process' open files."""
    targets = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists the folder is closed by now
            targets.append(str(descriptor.readlink()))
    return sorted(target for target in targets if target.startswith(tempfile.gettempdir()))


def test_a_json_export_is_the_snapshot(store, snapshot):
    file, body = exported(store, snapshot.id)
    document = orjson.loads(body)

    assert snapshot_from_json(document) == snapshot
    assert columns.content_hashes(graph_state_from_json(document["graph_state"])) == columns.content_hashes(GRAPH)
    assert (file.name, file.content_type) == (f"{snapshot.id}.json", "application/json")
    assert "history" not in document


def test_a_csv_export_is_the_snapshot(store, snapshot):
    _, nodes = exported(store, snapshot.id, format=ExportFormat.CSV, part=ExportPart.NODES)
    file, relationships = exported(store, snapshot.id, format=ExportFormat.CSV)

    read = graph_from_csv(nodes=nodes, relationships=relationships)

    assert columns.content_hashes(read) == columns.content_hashes(GRAPH)
    assert file.name == f"{snapshot.id}_relationships.csv"
    assert file.content_type.startswith("text/csv")


def test_all_of_a_csv_export_is_a_zip_of_both(store, snapshot, tmp_path):
    file, body = exported(store, snapshot.id, format=ExportFormat.CSV, part=ExportPart.ALL, gzip=True)
    (tmp_path / file.name).write_bytes(body)

    with zipfile.ZipFile(tmp_path / file.name) as archive:
        assert archive.namelist() == ["nodes.csv", "relationships.csv"]
        assert archive.testzip() is None
    assert (file.name, file.content_type, file.content_encoding) == (f"{snapshot.id}.zip", "application/zip", None)


def test_a_cypher_export_names_the_snapshot_and_holds_every_element(store, snapshot):
    file, body = exported(store, snapshot.id, format=ExportFormat.CYPHER)

    assert snapshot.id in body.decode().split("\n", 1)[0]
    assert body.count(b"MERGE (n:`Table`") == 1
    assert file.name == f"{snapshot.id}.cypher"


def test_history_goes_with_it(store, capture, snapshot):
    entry = HistoryEntry(
        snapshot_id=snapshot.id,
        captured_at=snapshot.captured_at,
        summary=PerformanceSummary(total_qps=1.0),
        edge_values={"table_00:Table|ERROR_RATE|table_01:Table": 1.5},
    )
    later = capture(history=(entry,))

    _, body = exported(store, later.id)

    assert [each["snapshot_id"] for each in orjson.loads(body)["history"]] == [snapshot.id]


@pytest.mark.parametrize("format_", ExportFormat)
@pytest.mark.parametrize("is_gzip", [False, True])
def test_size_and_digest_are_those_of_the_bytes_that_leave(store, snapshot, format_, is_gzip):
    file, body = exported(store, snapshot.id, format=format_, gzip=is_gzip)

    assert file.size == len(body)
    assert file.sha256 == hashlib.sha256(body).digest()
    assert file.repr_digest == f"sha-256=:{base64.b64encode(file.sha256).decode()}:"
    assert file.content_encoding == ("gzip" if is_gzip else None)


@pytest.mark.parametrize("format_", ExportFormat)
def test_gzip_holds_the_same_bytes_and_is_the_same_twice(store, snapshot, format_):
    _, plain = exported(store, snapshot.id, format=format_)
    _, once = exported(store, snapshot.id, format=format_, gzip=True)
    _, twice = exported(store, snapshot.id, format=format_, gzip=True)

    assert gzip.decompress(once) == plain
    assert once == twice
    assert len(once) < len(plain) / 2


@pytest.mark.parametrize("reference", ["latest", "v{version}", "{id}"])
def test_a_reference_is_taken_where_an_id_is(store, snapshot, reference):
    file, _ = exported(store, reference.format(version=snapshot.version, id=snapshot.id))

    assert file.snapshot == snapshot


def test_nothing_is_left_of_a_file_that_was_read_or_closed_or_given_up(store, snapshot):
    before = open_files()
    exported(store, snapshot.id)
    export(ExportRequest(reference=snapshot.id), store=store).close()
    chunks = export(ExportRequest(reference=snapshot.id), store=store).chunks()
    next(chunks)
    chunks.close()

    assert open_files() == before


def test_the_file_has_no_name_while_it_waits(store, snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with export(ExportRequest(reference=snapshot.id), store=store):
        assert list(tmp_path.iterdir()) == []


def test_an_unknown_snapshot_is_not_found(store):
    with pytest.raises(NotFoundError):
        exported(store, "snap_20200101_000000_none")


def test_a_deleted_snapshot_is_gone(store, snapshot):
    with store.begin() as tx:
        stores.snapshots.delete(tx, snapshot.id, actor="test")

    with pytest.raises(GoneError):
        exported(store, snapshot.id)


def test_a_payload_that_went_meanwhile_is_gone_and_never_a_short_file(store_url, capture):
    snapshot, before = capture(), open_files()
    with psycopg.connect(store_url, autocommit=True) as connection:
        connection.execute("DELETE FROM chunk")
    reader = stores.open_store(store_url, codec=columns)  # another process, which has nothing of it in its cache
    try:
        with pytest.raises(GoneError):
            exported(reader, snapshot.id)
    finally:
        reader.close()
        with psycopg.connect(store_url, autocommit=True) as connection:
            connection.execute("TRUNCATE chunk, manifest")

    assert open_files() == before


@pytest.mark.parametrize("format_", [ExportFormat.JSON, ExportFormat.CYPHER])
def test_a_part_of_what_has_none_is_refused(store, snapshot, format_):
    with pytest.raises(InvalidInputError) as caught:
        exported(store, snapshot.id, format=format_, part=ExportPart.NODES)

    assert caught.value.problems[0].pointer == "?part"
    assert caught.value.problems[0].allowed == ("relationships",)


def test_a_full_disk_is_said_and_nothing_is_left(store, snapshot):
    """Nothing fits: a file that may not grow beyond 4 KiB, by the kernel's own limit."""
    import resource  # noqa: PLC0415 - only this test needs it
    import signal  # noqa: PLC0415 - as above

    before = open_files()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, limits[1]))
    try:
        with pytest.raises(UnavailableError, match="no room") as caught:
            export(ExportRequest(reference=snapshot.id), store=store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    assert caught.value.__cause__.errno == errno.EFBIG
    assert caught.value.retry_after_seconds == 60
    assert open_files() == before


def test_a_missing_temporary_folder_is_a_matter_of_settings(store, snapshot, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    with pytest.raises(ConfigurationError, match="TMPDIR"):
        export(ExportRequest(reference=snapshot.id), store=store)


def test_the_members_of_a_zip_are_dated_by_the_capture(store, snapshot, tmp_path):
    _, body = exported(store, snapshot.id, format=ExportFormat.CSV, part=ExportPart.ALL)
    (tmp_path / "a.zip").write_bytes(body)

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.infolist()[0].date_time[:5] == snapshot.captured_at.timetuple()[:5]
