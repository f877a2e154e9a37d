"""Postgres clusters of our own for the tests that observe: they reset, restart and starve pg_stat_statements."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

from snapgraph.adapters.embedded import start_postgres
from tests.fixtures.postgres import programs_15
from tests.fixtures.tiers import IN_CI

VERSIONS = (18, 15) if IN_CI or programs_15() is not None else (18,)
"""15 where its programs are installed: the report header says when they are not."""

SHOP = """
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, total numeric NOT NULL DEFAULT 0);
CREATE INDEX orders_by_user ON orders (user_id);
INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 2000) AS i;
INSERT INTO orders SELECT i, i % 2000 + 1, i FROM generate_series(1, 20000) AS i;
ANALYZE users, orders;
"""

JOIN = "SELECT count(*) FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = %s"
LOOKUP = "SELECT name FROM users WHERE id = %s"


class Cluster:
    """One server with one folder, which may be stopped and started again on the same port."""

    def __init__(self, folder: Path, version: int, settings: dict[str, str]):
        self.folder = folder
        self.version = version
        self.settings = settings
        self.port: int | None = None
        self.start()

    def start(self):
        """Start the server, on its old port if it had one."""
        programs = programs_15() if self.version == 15 else None
        self.server = start_postgres(self.folder, port=self.port, settings=self.settings, programs=programs)
        self.port = self.server.port

    def stop(self):
        """Stop the server."""
        self.server.stop()

    def url(self, database: str = "postgres", *, username: str | None = None, port: int | None = None) -> str:
        """Give an address; another user has no password (see ``trust``)."""
        url = self.server.url(database)
        if username is not None:
            url = f"postgresql://{username}:secret@127.0.0.1:{self.port}/{database}"
        return url.replace(f":{self.port}/", f":{port}/") if port else url

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the superuser, in autocommit mode."""
        return psycopg.connect(self.url(database), autocommit=True)

    def run(self, query: str, database: str = "postgres"):
        """Run statements as the superuser, and give the rows of the last."""
        with self.connect(database) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def make_database(self, name: str, script: str = "", *, extension: bool = True) -> str:
        """Make a database anew, with pg_stat_statements unless told otherwise; give its address."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"CREATE DATABASE {name}")
        if extension:
            self.run("CREATE EXTENSION pg_stat_statements", name)
        if script:
            self.run(script, name)
        return self.url(name)


@contextmanager
def cluster(version: int, **settings: str):
    """Start a cluster; with ``shared_preload_libraries=""`` one that cannot be observed."""
    memory = Path("/dev/shm")  # noqa: S108 - in memory where there is such a place
    folder = Path(tempfile.mkdtemp(prefix="snapgraph-observed-", dir=memory if memory.is_dir() else None))
    folder.chmod(0o755)  # as root the server is another user
    given = {"fsync": "off", "shared_preload_libraries": "pg_stat_statements", "autovacuum": "off"} | settings
    running = Cluster(folder, version, given)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder)
