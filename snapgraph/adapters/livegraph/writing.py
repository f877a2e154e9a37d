"""The write side: one tick of ``observe``, in one transaction.

Nodes and relationships are merged and changed, never deleted and made anew, so that a reader always finds them. Each of
the seven relationship types has a text of its own, since not every server can merge a type that is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import neo4j
from neo4j.exceptions import AuthError, ClientError, DatabaseError, DriverError, Neo4jError

from snapgraph.adapters.livegraph.queries import query
from snapgraph.errors import LiveGraphUnavailableError, SnapgraphError
from snapgraph.model.metrics import DEFAULT_METRICS
from snapgraph.model.observations import EdgeWrite, GraphTick, NodeWrite

__all__ = ["write_tick"]

TRANSACTION_SECONDS = 10.0
"""Limit of a tick's transaction on the server; 1,000 relationships take about 50 ms."""
RETRY_AFTER_SECONDS = 5

_TEXTS = {type_: f"write_{type_.lower()}" for type_ in DEFAULT_METRICS}
_NODE_TEXTS = {"Database": "write_databases", "Table": "write_tables"}

_Statement = tuple[str, dict[str, Any]]


def write_tick(driver: neo4j.Driver, database: str, tick: GraphTick) -> None:
    """Write one tick in one transaction; where it sweeps, make the index on the names of tables first.

    Raises:
        LiveGraphUnavailableError: It does not answer, or refuses; nothing of the tick is written.
    """
    try:
        if tick.sweep_before is not None:
            _make_index(driver, database)
        with (
            driver.session(database=database, default_access_mode=neo4j.WRITE_ACCESS) as session,
            session.begin_transaction(timeout=TRANSACTION_SECONDS) as transaction,
        ):
            for name, parameters in _statements(tick):
                transaction.run(query(name), parameters).consume()
            transaction.commit()
    except (Neo4jError, DriverError) as error:
        raise _translated(error) from error


def _make_index(driver: neo4j.Driver, database: str) -> None:
    """Make the index by which nodes are found, where the server lets us.

    The embedded server takes no such statement, and a user may lack the right: writing works without, only slower.
    """
    try:
        with driver.session(database=database) as session:
            session.run(query("write_index")).consume()
    except (ClientError, DatabaseError) as error:
        if isinstance(error, AuthError):
            raise


def _statements(tick: GraphTick) -> Iterator[_Statement]:
    """Yield the texts of a tick with their parameters: nodes, dropped tables, then relationships by type."""
    for label, name in _NODE_TEXTS.items():
        yield from _batch(name, _node_rows(tick.nodes, label))
    names = [write.node.name for write in tick.nodes if write.node.label == "Table"]
    yield "write_drop", {"database": tick.database, "names": names}
    for type_, edges in tick.edges.items():
        yield from _batch(_TEXTS[type_], [_edge_row(edge) | {"properties": edge.properties} for edge in edges])
    for type_, edges in tick.forgotten.items():
        yield from _batch("write_forget", [_edge_row(edge) | {"type": type_} for edge in edges])
    if tick.sweep_before is not None:
        yield "write_sweep", {"database": tick.database, "before": tick.sweep_before}


def _batch(name: str, rows: list[dict[str, Any]]) -> Iterator[_Statement]:
    if rows:
        yield name, {"rows": rows}


def _node_rows(nodes: Iterable[NodeWrite], label: str) -> list[dict[str, Any]]:
    return [
        {"name": write.node.name, "properties": dict(write.properties)} for write in nodes if write.node.label == label
    ]


def _edge_row(edge: EdgeWrite) -> dict[str, Any]:
    return {"source": edge.source.name, "target": edge.target.name}


def _translated(error: Neo4jError | DriverError) -> SnapgraphError:
    """Make one of our errors; the server's own text is only chained, since it may carry an address with a password."""
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    if isinstance(error, AuthError):
        message = "The live graph refuses the user name or the password: check NEO4J_USERNAME and NEO4J_PASSWORD."
    elif code.endswith("DatabaseNotFound"):
        message = "The live graph has no database of that name: check NEO4J_DATABASE."
    elif code.endswith("Forbidden"):
        message = "The user of the live graph may not write it: give it the role publisher."
    elif code and not error.is_retryable():
        message = f"The live graph cannot carry out the write ({code}): look into the log of Neo4j."
    else:
        message = "The live graph does not answer: check that Neo4j runs and that NEO4J_URI names it."
    return LiveGraphUnavailableError(message, retry_after_seconds=RETRY_AFTER_SECONDS)
