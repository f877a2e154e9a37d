"""Lines to the live graph: calls that always end.

The driver alone may hang: a server that takes the connection and says nothing, or a name server that is away, held a
call for more than 45 s in spite of every timeout of the driver. So each call runs in a thread of its own, on a driver
(of one connection) of its own; when its time is over the caller gets the error at once, and that one driver is closed
behind it. Idle drivers are kept for the next calls.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeVar

import neo4j

from snapgraph.adapters.livegraph.failures import RETRY_AFTER_SECONDS, is_foreign, translate
from snapgraph.errors import ConfigurationError, LiveGraphUnavailableError

__all__ = ["GREETING_SECONDS", "Lines"]

Result = TypeVar("Result")

GREETING_SECONDS = 4.0
"""Within this the server must have answered at all: a request that finds it away has to end in 5 s."""

IDLE_LINES = 4
"""Drivers kept open between calls: captures, looks and the live stream rarely overlap more."""


class Lines:
    """Drivers of one connection each, lent out call by call.

    Attributes:
        database: Name of the database in the server.
    """

    def __init__(self, *, uri: str, username: str, password: str, database: str) -> None:
        self.database = database
        self._uri = uri
        self._auth = (username, password)
        self._idle: list[neo4j.Driver] = []
        self._lock = Lock()
        self._closed = False
        self._give_back(self._open())  # a URI that makes no sense is told at once; nothing is connected yet

    def run(self, work: Callable[[neo4j.Driver], Result], *, seconds: float) -> Result:
        """Carry out work on a driver, and end in time whatever the server does.

        Args:
            work: What to do; it may take as long as ``seconds``, and runs in another thread.
            seconds: Deadline of the whole call.

        Returns:
            What ``work`` returned.

        Raises:
            SnapgraphError: What the failure means; ``LiveGraphUnavailableError`` when there is no answer in time.
        """
        driver = self._take()
        greeted = Event()
        answer: Future[Result] = Future()
        arguments = (driver, work, greeted, answer)
        Thread(target=contextvars.copy_context().run, args=(_labour, *arguments), daemon=True).start()
        begun = monotonic()
        wait([answer], timeout=min(GREETING_SECONDS, seconds))
        if not answer.done() and greeted.is_set():
            wait([answer], timeout=max(0.0, begun + seconds - monotonic()))
        if not answer.done():
            self._abandon(driver)
            raise LiveGraphUnavailableError(
                "The live graph took the call and did not answer in time: look at the load of Neo4j.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
        failure = answer.exception()
        if failure is not None:
            self._abandon(driver)
            if isinstance(failure, Exception) and (is_foreign(failure) or not greeted.is_set()):
                raise translate(failure, seconds=seconds) from failure
            raise failure
        self._give_back(driver)
        return answer.result()

    def close(self) -> None:
        """Close what is idle; what is lent out is closed when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for driver in idle:
            driver.close()

    def _open(self) -> neo4j.Driver:
        try:
            return neo4j.GraphDatabase.driver(
                self._uri,
                auth=self._auth,
                max_connection_pool_size=1,
                connection_timeout=3.0,
                connection_acquisition_timeout=5.0,
                max_transaction_retry_time=0.0,
                notifications_min_severity="OFF",  # id() is deprecated, and a notice per query costs its bytes
            )
        except Exception as error:
            raise ConfigurationError(
                "The address of the live graph makes no sense: NEO4J_URI should look like bolt://localhost:7687."
            ) from error

    def _take(self) -> neo4j.Driver:
        with self._lock:
            if self._closed:
                raise LiveGraphUnavailableError("The connection to the live graph has been closed.")
            if self._idle:
                return self._idle.pop()
        return self._open()

    def _give_back(self, driver: neo4j.Driver) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < IDLE_LINES:
                self._idle.append(driver)
                return
        driver.close()

    def _abandon(self, driver: neo4j.Driver) -> None:
        """Close a driver that failed, without waiting: closing sends a goodbye, which may hang as well."""
        Thread(target=driver.close, daemon=True).start()


def _labour(
    driver: neo4j.Driver, work: Callable[[neo4j.Driver], Result], greeted: Event, answer: Future[Result]
) -> None:
    try:
        driver.verify_connectivity()  # replaces a connection that died while idle
        greeted.set()
        answer.set_result(work(driver))
    except BaseException as error:  # noqa: BLE001 - it is raised again in the calling thread
        answer.set_exception(error)
