"""The shop as a running thing: a Postgres of its own, its workers, and the incident on request."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import TracebackType

import psycopg

from snapgraph.adapters.embedded.postgres import RunningPostgres, start_postgres
from snapgraph.adapters.embedded.shop.roles import INCIDENT_ROLES, USUAL_ROLES, Role, Worker
from snapgraph.errors import ObservedUnavailableError

__all__ = ["RunningShop", "start_shop"]

DATABASE = "shop"
SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "fsync": "off",  # its data are made anew each time
    "synchronous_commit": "off",  # a slow disk of this machine is not what the demo is about
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # latencies that do not depend on who else is on the machine
    "max_wal_size": "2GB",
}
COUNT_ROWS = "SELECT sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
"""Exact just after ANALYZE."""
END_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class RunningShop(AbstractContextManager["RunningShop"]):
    """The shop, open for business until :meth:`stop`.

    Attributes:
        url: Of its database.
        note: What a person should know about where its Postgres runs; mostly empty.
        row_count: Rows in all tables when it opened.
    """

    postgres: RunningPostgres
    url: str
    row_count: int
    _stop: threading.Event = field(default_factory=threading.Event)
    _work: list[tuple[Worker, threading.Thread]] = field(default_factory=list)

    @property
    def note(self) -> str:
        """What a person should know about where its Postgres runs."""
        return self.postgres.note

    @property
    def connections(self) -> int:
        """How many connections work."""
        return len(self._work)

    def hire(self, roles: Sequence[Role]) -> None:
        """Start the workers of these roles."""
        for role in roles:
            for _ in range(role.workers):
                worker = Worker(role=role, url=self.url, seed=len(self._work), stop=self._stop)
                thread = threading.Thread(target=worker.run, name=f"shop {role.name}", daemon=True)
                self._work.append((worker, thread))
                thread.start()

    def begin_incident(self) -> None:
        """Drop an index that a hot join needs, and start a job that locks much."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_script("incident.sql"))
        self.hire(INCIDENT_ROLES)

    def check(self) -> None:
        """Make sure that everybody still works.

        Raises:
            ObservedUnavailableError: Somebody failed; with the reason.
        """
        for worker, _ in self._work:
            if worker.failure is not None:
                raise ObservedUnavailableError(
                    f"The shop's {worker.role.name} failed: {worker.failure}"
                ) from worker.failure

    def stop(self) -> None:
        """Send everybody home, and stop its Postgres."""
        self._stop.set()
        for _, thread in self._work:
            thread.join(END_SECONDS)
        self.postgres.stop()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_shop(directory: Path) -> RunningShop:
    """Start a Postgres in ``directory``, fill it with a new shop, and open it.

    Raises:
        ConfigurationError: The embedded servers are not installed.
        UnavailableError: Its Postgres does not start.
    """
    postgres = start_postgres(directory, settings=SETTINGS)
    try:
        url, row_count = _build(postgres)
        shop = RunningShop(postgres=postgres, url=url, row_count=row_count)
        shop.hire(USUAL_ROLES)
    except BaseException:
        postgres.stop()
        raise
    return shop


def _build(postgres: RunningPostgres) -> tuple[str, int]:
    """Make the database anew; gives its address and its rows."""
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS shop WITH (FORCE)")
    url = postgres.ensure_database(DATABASE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_script("schema.sql"))
        connection.execute("VACUUM ANALYZE")
        counted = connection.execute(COUNT_ROWS).fetchone()
        connection.execute("SELECT pg_stat_statements_reset()")
    return url, int(counted[0]) if counted else 0


def _script(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
