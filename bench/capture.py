"""How long a capture of 100,000 relationships takes, from Neo4j to the commit, against bare reads of the same."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import neo4j
import structlog

from bench.graphs import performance_graph
from bench.measuring import Figure
from bench.stored_graphs import EDGES, NODES, migrated_database, opened
from snapgraph.adapters.livegraph import LiveGraphConnection, open_live_graph
from snapgraph.adapters.livegraph.fetching import CHUNK
from snapgraph.adapters.store import Store
from snapgraph.engine.formats.values import column_values
from snapgraph.model.columns import GraphColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.usecases.capture import CaptureRequest, capture
from tests.fixtures import live_graphs
from tests.fixtures.servers import SessionServers

__all__ = ["run"]

WALL_TO_LISTS, WALL_TO_SCALARS, CPU_US = 1.4, 0.20, 1.0
RUNS = 9
BATCH = 5_000
PROPERTIES = ("value", "timestamp", "trend", "severity", "updated_at", "calls")
LISTS = """
MATCH (a)-[r]->(b) WHERE type(r) IN $types
WITH collect([id(a), id(b), type(r)] + [k IN $props | r[k]] + [size(keys(r))]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
"""
"""The bare list read that the goals stand beside. Our own scan asks for columns: it may be faster than this."""
SCALARS = f"""
MATCH (a)-[r]->(b) WHERE type(r) IN $types
RETURN id(a), id(b), type(r), {", ".join(f"r.{name}" for name in PROPERTIES)}
"""
TICK = """
MATCH ()-[r]->() WITH r, rand() < 0.1 AS changed
SET r.timestamp = timestamp() / 1000.0, r.value = CASE WHEN changed THEN round(1000 * rand(), 3) ELSE r.value END
"""


def run() -> list[dict[str, object]]:
    """Measure, with a tick of the writer (10 % of the values, all timestamps) before each capture."""
    samples: dict[str, list[tuple[float, float]]] = {"lists": [], "scalars": [], "capture": []}
    with _servers() as (server, connection, store), _driver(server) as driver:
        _fill(driver, server.database, performance_graph(NODES, EDGES))
        works: dict[str, Callable[[], object]] = {
            "lists": lambda: _read_lists(driver, server.database),
            "scalars": lambda: _read_scalars(driver, server.database),
            "capture": lambda: capture(CaptureRequest(), connection=connection, live_graph=LiveGraph(), store=store),
        }
        for work in (*works.values(), *works.values()):  # the server's plans and caches, and ours
            work()
        for _ in range(RUNS):
            for name, work in works.items():
                driver.execute_query(TICK, database_=server.database)
                samples[name].append(_measured(work))
    return [figure.as_dict() for figure in _figures(samples)]


@contextmanager
def _servers() -> Iterator[tuple[live_graphs.LiveGraphServer, LiveGraphConnection, Store]]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with SessionServers() as servers, migrated_database(servers) as url, opened(url) as store:
        server = live_graphs.LiveGraphServer(**servers.get("neo4j"))
        with open_live_graph(
            server.uri, username=server.username, password=server.password, database=server.database
        ) as connection:
            yield server, connection, store


def _driver(server: live_graphs.LiveGraphServer) -> neo4j.Driver:
    auth = (server.username, server.password)
    return neo4j.GraphDatabase.driver(server.uri, auth=auth, notifications_min_severity="OFF")


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    """Give wall and CPU seconds of one call."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _figures(samples: dict[str, list[tuple[float, float]]]) -> list[Figure]:
    wall = {name: [pair[0] for pair in pairs] for name, pairs in samples.items()}
    cpu = {name: [pair[1] * 1e6 / EDGES for pair in pairs] for name, pairs in samples.items()}
    return [
        Figure.of(
            "capture.100k_to_list_read",
            wall["capture"],
            min(wall["lists"]),
            goal=WALL_TO_LISTS,
            note="bare read of the same lists, nothing kept",
        ),
        Figure.of(
            "capture.100k_to_scalar_read",
            wall["capture"],
            min(wall["scalars"]),
            goal=WALL_TO_SCALARS,
            note="bare read as one record per relationship",
        ),
        Figure.of(
            "capture.100k_cpu",
            cpu["capture"],
            1.0,
            goal=CPU_US,
            unit="us",
            note="all CPU of the process per relationship, receiving from Neo4j and sending to Postgres included",
        ),
        Figure.of(
            "capture.100k_cpu_beyond_list_read",
            [max(0.0, sample - min(cpu["lists"])) for sample in cpu["capture"]],
            1.0,
            goal=None,
            unit="us",
            note="the same without what receiving and decoding the lists takes by itself",
        ),
    ]


def _read_lists(driver: neo4j.Driver, database: str) -> int:
    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        types = list(LiveGraph().types)
        result = session.run(LISTS, types=types, props=list(PROPERTIES), chunk=CHUNK)
        return sum(len(record[0]) for record in result)


def _read_scalars(driver: neo4j.Driver, database: str) -> int:
    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        return sum(1 for _ in session.run(SCALARS, types=list(LiveGraph().types)))


def _fill(driver: neo4j.Driver, database: str, graph: GraphColumns) -> None:
    """Write a graph, as another writer than ours would."""
    driver.execute_query(live_graphs.WIPE.replace(" IN TRANSACTIONS OF 10000 ROWS", ""), database_=database)
    driver.execute_query("CREATE INDEX bench IF NOT EXISTS FOR (n:Table) ON (n.row)", database_=database)
    nodes, edges = graph.nodes, graph.edges
    plain = {name: column_values(column) for name, column in nodes.columns.items()}
    rows = [{"row": row, **{name: plain[name][row] for name in plain}} for row in range(len(nodes))]
    _in_batches(driver, database, "UNWIND $rows AS row CREATE (n:Table) SET n = row", rows)
    driver.execute_query("CALL db.awaitIndexes()", database_=database)
    plain = {name: column_values(edges.columns[name]) for name in PROPERTIES if name not in {"timestamp", "updated_at"}}
    for name in ("timestamp", "updated_at"):
        plain[name] = (edges.columns[name].values / 1e6).tolist()  # type: ignore[operator]
    sources, targets = edges.sources.tolist(), edges.targets.tolist()
    for code, type_ in enumerate(edges.types):
        text = (
            "UNWIND $rows AS row MATCH (a:Table {row: row.a}) MATCH (b:Table {row: row.b})"
            f" CREATE (a)-[r:{type_}]->(b) SET r = row.p"
        )
        rows = [
            {"a": sources[row], "b": targets[row], "p": {name: plain[name][row] for name in plain}}
            for row in (edges.type_codes == code).nonzero()[0].tolist()
        ]
        _in_batches(driver, database, text, rows)


def _in_batches(driver: neo4j.Driver, database: str, text: str, rows: list[dict[str, object]]) -> None:
    for begin in range(0, len(rows), BATCH):
        driver.execute_query(text, rows=rows[begin : begin + BATCH], database_=database)  # type: ignore[arg-type]
