"""The connection to a live graph: read it, write to it, ask whether it answers."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self

from snapgraph.adapters.livegraph.fetching import Recorder, nobody_records
from snapgraph.adapters.livegraph.lines import GREETING_SECONDS, Lines
from snapgraph.adapters.livegraph.reading import read
from snapgraph.adapters.livegraph.writing import write_tick
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.observations import GraphTick
from snapgraph.model.readings import LiveReading

__all__ = ["LiveGraphConnection", "open_live_graph"]


WRITE_SECONDS = 30.0
"""Deadline of the write of one tick: six ticks of the default length."""


class LiveGraphConnection:
    """One Neo4j, or anything that speaks Bolt as it does; a context manager.

    Nothing is connected before the first call, and a server that comes back is found again by the next one. Calls from
    several threads run side by side.
    """

    def __init__(self, lines: Lines, *, record: Recorder = nobody_records) -> None:
        self._lines = lines
        self._record = record

    def read(self, live_graph: LiveGraph, *, now: datetime) -> LiveReading:
        """Read a whole graph, in READ mode, by a finite set of texts.

        Args:
            live_graph: Types, labels, names and limits.
            now: When the capture began, aware; the ages in the quality are measured from here.

        Raises:
            TooLargeError: Over ``limits.elements``, ``limits.bytes`` or ``limits.seconds``; nothing is kept.
            LiveGraphUnavailableError: Away, or refuses us.
        """
        return read(self._lines, live_graph, now=now, record=self._record)

    def write(self, tick: GraphTick) -> None:
        """Write one tick of the observed database.

        Raises:
            LiveGraphUnavailableError: Away, or refuses us.
        """
        database = self._lines.database
        self._lines.run(lambda driver: write_tick(driver, database, tick), seconds=WRITE_SECONDS)

    def check(self) -> None:
        """Ask whether the server answers and lets us in, within 4 s.

        Raises:
            LiveGraphUnavailableError: It does not.
        """
        database = self._lines.database
        self._lines.run(
            lambda driver: driver.execute_query("RETURN 1", database_=database, routing_="r"),
            seconds=GREETING_SECONDS,
        )

    def close(self) -> None:
        """Close the connection; calls under way end with an error or their answer."""
        self._lines.close()

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def open_live_graph(
    uri: str,
    *,
    username: str,
    password: str,
    database: str,
    record: Recorder = nobody_records,
) -> LiveGraphConnection:
    """Open a live graph; nothing is connected before the first call.

    Args:
        uri: ``bolt://``, ``neo4j://`` or one of these with ``+s``.
        username: User of the server.
        password: Never repeated in any message.
        database: Name of the database in the server.
        record: Told every Cypher text that a read sends, for tests and for the curious.

    Raises:
        ConfigurationError: The address makes no sense.
    """
    lines = Lines(uri=uri, username=username, password=password, database=database)
    return LiveGraphConnection(lines, record=record)
