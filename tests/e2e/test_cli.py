"""Capture, list, show, tag, pin, export, compare, remove: by the command line, without and with a server."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import zipfile

import pytest

from snapgraph.client import Client


def test_from_capture_to_removal_by_the_command_line_alone(graph, snapgraph, tmp_path):
    first = snapgraph("capture", "Before deployment", "--tag", "release", "--pin").stdout.strip()
    graph(latency=25.0, indexes=["users_pkey"])
    second = snapgraph("capture", "--json")
    second_id = json.loads(second.stdout)[0]["snapshot_id"]

    assert first.endswith("_before_deployment")
    assert "quality clean" in second.stderr

    listed = [json.loads(line) for line in snapgraph("snapshots", "ls", "-o", "ndjson").stdout.splitlines()]
    assert [each["snapshot_id"] for each in listed[:2]] == [second_id, first]
    assert snapgraph("snapshots", "ls", "--tag", "release", "--since", "1h", "-o", "csv").stdout.count("\n") == 2
    assert "total qps       120" in snapgraph("snapshots", "show", "release").stdout

    gate = snapgraph("compare", "release", "latest", "--fail-on", "high", code=3)
    assert "users→orders" in gate.stdout
    assert "within_noise" not in gate.stdout
    snapgraph("compare", "latest", "latest", "--fail-on", "medium")
    diff = json.loads(snapgraph("compare", first, second_id, "--json", "--field", "indexes").stdout)
    assert [(each["before"], each["after"]) for each in diff["changes"]] == [
        (["users_pkey", "users_email"], ["users_pkey"])
    ]

    snapgraph("snapshots", "export", first, "--to", "first.json")
    assert json.loads((tmp_path / "first.json").read_text())["snapshot_id"] == first
    assert "MERGE" in snapgraph("snapshots", "export", first, "-f", "cypher").stdout
    relationships = csv.DictReader(io.StringIO(snapgraph("snapshots", "export", "-f", "csv").stdout))
    assert {row["type"] for row in relationships} == {"QUERIES_PER_SEC", "AVG_LATENCY_MS"}
    snapgraph("snapshots", "export", "-f", "csv", "--part", "all", "--to", "all.zip")
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 2

    assert snapgraph("snapshots", "tag", first, "kept", "--remove", "release").stdout.split() == ["kept"]
    assert "pinned" in snapgraph("snapshots", "rm", first, "--yes", code=1).stderr
    snapgraph("snapshots", "pin", first, "--off")
    assert snapgraph("snapshots", "rm", first, "--dry-run").stdout.strip() == first
    assert "--yes" in snapgraph("snapshots", "rm", first, code=2).stderr
    snapgraph("snapshots", "rm", first, "--yes")
    assert "deleted" in snapgraph("snapshots", "show", first, code=1).stderr


@pytest.mark.parametrize("form", ["table", "md", "csv"])
def test_integers_that_no_double_holds_are_compared_before_the_gate_is_judged(graph, clean_bolt, snapgraph, form):
    clean_bolt.run("MATCH (t:Table {name: 'users'}) SET t.last_seen_ns = $ns", ns=2**60)
    before = snapgraph("capture").stdout.strip()
    graph(latency=25.0)
    clean_bolt.run("MATCH (t:Table {name: 'users'}) SET t.last_seen_ns = $ns", ns=2**60 * 3 // 2)
    after = snapgraph("capture").stdout.strip()

    gate = snapgraph("compare", before, after, "--fail-on", "high", "-o", form, code=3)

    (line,) = (line for line in gate.stdout.splitlines() if "last_seen_ns" in line)
    assert ("1152921504606846976" if form == "csv" else "1.15e+18") in line
    assert ("0.5" if form == "csv" else "+50") in line
    assert "$type" not in line


def test_a_terminal_obeys_nothing_that_was_written_into_a_snapshot_or_the_graph(graph, clean_bolt, snapgraph):
    del graph
    clean_bolt.run("MATCH (t:Table {name: 'orders'}) SET t.name = $name", name="or\x1b[2Jders")
    before = snapgraph("capture", "evil \x1b]0;pwned\x07", "--note", "two\nli\x9bnes").stdout.strip()
    clean_bolt.run("MATCH ()-[r:AVG_LATENCY_MS]->() SET r.value = 25.0")

    shown = [
        snapgraph("snapshots", "show", before).stdout,
        snapgraph("compare", before, "live").stdout,
        snapgraph("snapshots", "ls").stdout,
    ]

    assert r"evil \x1b]0;pwned\x07" in shown[0]
    assert r"or\x1b[2Jders" in shown[1]
    assert set("\x1b\x07\x9b").isdisjoint("".join(shown))


def test_a_text_that_no_request_carries_and_a_place_that_no_file_has_are_errors(graph, snapgraph):
    del graph
    assert "description" in snapgraph("capture", "half\udcff", code=2).stderr
    assert "Idempotency-Key" in snapgraph("capture", "--key", "\u00e9", code=2).stderr
    snapgraph("capture")
    told = snapgraph("snapshots", "export", "--to", "nowhere/x.json", code=1).stderr
    assert told.endswith("Error: nowhere/x.json: No such file or directory\n")


def test_what_is_asked_for_wrongly_is_said_and_graded(graph, snapgraph):
    del graph
    assert "v999" in snapgraph("snapshots", "show", "v999", code=1).stderr
    assert "nowhere" in snapgraph("capture", "--graph", "nowhere", code=1).stderr
    assert "at most 200 characters" in snapgraph("compare", "x" * 300, "latest", code=2).stderr
    snapgraph("snapshots", "show", "Überraschung→", code=1)


def test_an_empty_list_says_whether_there_is_nothing_or_nothing_like_that(snapgraph):
    assert "No snapshot is like that." in snapgraph("snapshots", "ls", "--tag", "nobody-has-this").stderr
    for snapshot_id in snapgraph("snapshots", "ls", "-o", "csv").stdout.splitlines()[1:]:
        snapgraph("snapshots", "rm", snapshot_id.split(",")[1], "--yes")
    assert "snapgraph capture makes one" in snapgraph("snapshots", "ls").stderr


def test_a_database_that_is_away_is_exit_code_4(snapgraph):
    assert "does not answer" in snapgraph("capture", code=4, NEO4J_URI="bolt://127.0.0.1:9").stderr
    snapgraph("snapshots", "ls", code=4, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")


def test_the_doctor_finds_all_well_and_what_is_not(graph, snapgraph):
    del graph
    well = [json.loads(line) for line in snapgraph("doctor", "-o", "ndjson").stdout.splitlines()]
    assert {each["state"] for each in well} == {"well", "unused"}

    ill = snapgraph("doctor", "-o", "ndjson", code=4, NEO4J_URI="bolt://127.0.0.1:9").stdout
    states = {each["what"]: each["state"] for each in map(json.loads, ill.splitlines())}
    assert states["live graph default"] == "away"
    assert states["store"] == "well"


def test_the_store_can_be_migrated_and_looked_at(snapgraph):
    head = snapgraph("db", "upgrade").stdout.strip()

    assert json.loads(snapgraph("db", "status", "-o", "json").stdout)["current"] == head
    partitions = snapgraph("db", "partitions", "-o", "csv").stdout.splitlines()
    assert len(partitions) > 8
    assert partitions[0] == "partition,of,class,since,until,bytes,rows,detach_pending"


@pytest.fixture
def server(environment, tmp_path):
    """A running ``snapgraph serve``: its process and its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "snapgraph", "serve", "--port", "0"],
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        line = ""
        while "Listening on " not in line:
            line = process.stderr.readline()
            assert line, "it ended before it listened"
        yield process, line.split("Listening on ")[1].split(",")[0]
        process.kill()


def test_a_migration_needs_the_store_alone_and_the_owners_address_is_enough(snapgraph, environment):
    alone = {"NEO4J_URI": "", "NEO4J_PASSWORD": ""}
    assert snapgraph("db", "upgrade", **alone).stdout
    owner = {**alone, "DATABASE_URL": "", "DATABASE_OWNER_URL": environment["DATABASE_URL"]}
    assert json.loads(snapgraph("db", "status", "-o", "json", **owner).stdout)["is_at_head"]


def test_a_server_answers_the_same_commands_and_ends_cleanly(graph, server, snapgraph, tmp_path):
    process, address = server
    graph(latency=12.0)

    captured = snapgraph("capture", "by url", "--url", address).stdout.strip()
    by_network = snapgraph("snapshots", "show", captured, "--json", "--url", address).stdout
    in_process = snapgraph("snapshots", "show", captured, "--json").stdout
    by_environment = snapgraph("snapshots", "show", captured, "--json", SNAPGRAPH_URL=address).stdout
    with Client(address) as client:
        document = client.get(captured)
        live = client.live()

    assert by_network == in_process == by_environment
    assert len(document.graph.edges) == len(live.graph.edges) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_socket() or "gunicorn" in path.name]


def test_no_server_is_opened_to_other_machines_without_a_token(snapgraph):
    refused = snapgraph("serve", "--host", "0.0.0.0", "--port", "0", code=1)  # noqa: S104 - it is refused

    assert "SNAPGRAPH_API_TOKEN" in refused.stderr


def test_nothing_configured_starts_embedded_servers_for_the_time_of_a_command(reachable):
    command = [sys.executable, "-m", "snapgraph", "capture", "alone"]

    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=reachable, env=dict(os.environ))

    assert ended.stdout.strip().endswith("_alone")
    assert "embedded servers" in ended.stderr
    assert "The live graph is empty: snapgraph observe fills it." in ended.stderr
    assert (reachable / ".snapgraph" / "postgres").is_dir()
