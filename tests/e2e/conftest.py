"""The program as a person runs it: real processes, on a real store and a real Bolt server."""

import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from snapgraph.cli import main

GRAPH = """
MERGE (d:Database {name: 'shop'}) SET d.queries_per_sec = 120.0
MERGE (a:Table {name: 'users'}) SET a.indexes = $indexes
MERGE (b:Table {name: 'orders'})
MERGE (a)-[q:QUERIES_PER_SEC]->(b) SET q.value = 100.0, q.calls = 500, q.timestamp = timestamp() / 1000.0
MERGE (a)-[l:AVG_LATENCY_MS]->(b) SET l.value = $latency, l.calls = 500, l.timestamp = timestamp() / 1000.0
"""


@pytest.fixture(scope="module")
def reachable():
    """A folder that another user can enter (Postgres does not run as root); pytest's own ones are private."""
    with tempfile.TemporaryDirectory(prefix="snapgraph-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def graph(clean_bolt):
    """Write the little shop with a latency of one's choice."""

    def write(latency, indexes=("users_pkey", "users_email")):
        clean_bolt.run(GRAPH, latency=latency, indexes=list(indexes))

    write(10.0)
    return write


@pytest.fixture
def environment(store_url, bolt, tmp_path):
    """What a deployment sets."""
    return {
        **os.environ,
        "DATABASE_URL": store_url,
        "NEO4J_URI": bolt.uri,
        "NEO4J_USERNAME": bolt.username,
        "NEO4J_PASSWORD": bolt.password,
        "NEO4J_DATABASE": bolt.database,
        "HOME": str(tmp_path),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left behind."""

    stdout: str
    stderr: str


@pytest.fixture
def snapgraph(environment, tmp_path, monkeypatch, capsys):
    """Run a command to its end, in this process: a fresh one would spend two seconds on imports alone."""

    def run(*arguments, code=0, **more):
        with monkeypatch.context() as patch:
            for name, value in {**environment, **more}.items():
                patch.setenv(name, value)
            patch.chdir(tmp_path)
            patch.setattr("sys.argv", ["snapgraph", *arguments])
            patch.setattr("sys.stdin", io.StringIO())
            with pytest.raises(SystemExit) as ending:
                main()
        written = capsys.readouterr()
        assert ending.value.code == code, written.err
        return Ended(stdout=written.out, stderr=written.err)

    return run
