"""What observing costs the client: CPU of a tick with 500 distinct statements, on real servers.

The goal is absolute: 1 % of one core at a tick of 5 s, which is 50 ms. Reading, attribution and writing count together;
texts are parsed in the first tick only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from itertools import islice, product

import psycopg

from bench.measuring import Figure
from snapgraph.adapters.livegraph import open_live_graph
from snapgraph.adapters.observed import open_observed
from snapgraph.usecases.observe import Observation
from tests.fixtures import live_graphs, postgres  # noqa: F401 - they register the starters
from tests.fixtures.postgres import lend_database
from tests.fixtures.servers import SessionServers

__all__ = ["run"]

TABLES = 40
COLUMNS = "abcdefgh"
STATEMENTS = 500
ROUNDS, TICKS = 4, 5
"""A figure is the mean of five ticks, since the work of some is put off to others."""
CPU_SECONDS = 0.05
"""1 % of one core in 5 s."""


def run() -> list[dict[str, object]]:
    """Measure the tick that sees the statements for the first time, and steady ones, into a real Neo4j."""
    with SessionServers() as servers:
        login = servers.get("neo4j")
        with contextmanager(lend_database)(servers.get("postgres-18")["url"], "template0") as url:
            return measure(url, login)


def measure(url: str, login: dict[str, str]) -> list[dict[str, object]]:
    """Run the workload before each tick, and time the ticks only."""
    statements = workload()
    with (
        psycopg.connect(url, autocommit=True, prepare_threshold=None) as client,
        open_observed(url) as observed,
        open_live_graph(**login) as live_graph,
    ):
        make_tables(client)
        observation = Observation(observed=observed, writer=live_graph)
        observation.tick()
        first, *steady = [ticked(observation, client, statements) for _ in range(1 + ROUNDS * TICKS)]
        sample = observation.state.sample
        assert sample is not None
        note = f"1 % of one core in 5 s; {len(sample.statements)} statements, {len(observation.state.edges)} edges"
    means = [sum(steady[start : start + TICKS]) / TICKS for start in range(0, len(steady), TICKS)]
    rows = [
        Figure.of("observe.cpu_per_tick", means, CPU_SECONDS, goal=1.0, note=note),
        Figure.of("observe.cpu_first_tick", [first], CPU_SECONDS, goal=None, note="the same, and all texts are parsed"),
    ]
    return [row.as_dict() for row in rows]


def ticked(observation: Observation, client: psycopg.Connection, statements: list[str]) -> float:
    """Run the workload once, then a tick; give the CPU of the tick."""
    for statement in statements:
        client.execute(statement)
    return cpu_seconds(observation.tick)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Give the CPU of all threads of this process; the servers are others."""
    began = time.process_time()
    work()
    return time.process_time() - began


def make_tables(client: psycopg.Connection) -> None:
    """Make forty small tables with two indexes each, and the extension."""
    columns = ", ".join(f"{name} int" for name in COLUMNS)
    client.execute("CREATE EXTENSION pg_stat_statements")
    for number in range(TABLES):
        client.execute(f"CREATE TABLE t{number} (id int PRIMARY KEY, parent int, {columns})")
        client.execute(f"CREATE INDEX ON t{number} (parent)")
        client.execute(f"INSERT INTO t{number} SELECT i, i FROM generate_series(1, 50) AS i")


def workload() -> list[str]:
    """Give 500 statements that pg_stat_statements tells apart: lookups, joins of two and three, updates.

    Without aliases: PostgreSQL 18 would take statements on other tables under the same aliases for one.
    """
    kinds = (
        "SELECT {c} FROM t{a} WHERE id = 7",
        "SELECT t{a}.{c} FROM t{a} JOIN t{b} ON t{b}.parent = t{a}.id WHERE t{a}.id = 7",
        "SELECT t{a}.{c} FROM t{a} JOIN t{b} ON t{b}.parent = t{a}.id JOIN t{d} ON t{d}.parent = t{b}.id",
        "UPDATE t{a} SET {c} = 1 WHERE id = 7",
    )
    every = (
        kind.format(a=table, b=(table + 1) % TABLES, d=(table + 2) % TABLES, c=column)
        for column, table, kind in product(COLUMNS, range(TABLES), kinds)
    )
    return list(islice(every, STATEMENTS))
