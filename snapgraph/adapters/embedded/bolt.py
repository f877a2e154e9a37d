"""A Bolt server of our own (ArcadeDB): a live graph for the demo, the default set-up and the smaller tests.

It speaks Bolt 5.4 to the neo4j driver. It does not refuse writes in READ mode, has no ``MERGE`` with a dynamic type,
and no apoc; the whole live-graph suite therefore runs on a real Neo4j.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from snapgraph.adapters.embedded import bolt_server
from snapgraph.adapters.embedded.children import ChildProcess, start_child
from snapgraph.adapters.embedded.passwords import keep_password
from snapgraph.adapters.embedded.ports import LOOPBACK, free_port
from snapgraph.errors import ConfigurationError, UnavailableError

__all__ = ["RunningBolt", "start_bolt"]

START_SECONDS = 90.0
"""A Java machine on a busy machine; alone it takes about 3 s."""
PORT_ATTEMPTS = 3
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBolt(AbstractContextManager["RunningBolt"]):
    """A Bolt server that runs until :meth:`stop`, or until this process ends in whatever way.

    Attributes:
        port: On 127.0.0.1.
        username: For the driver.
        password: For the driver.
        database: The one database that it serves.
    """

    port: int
    username: str
    password: str
    database: str
    process: ChildProcess

    @property
    def uri(self) -> str:
        """Address for the driver."""
        return f"bolt://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """Process id of the Java machine."""
        return self.process.pid

    def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL after 10 s."""
        self.process.stop((signal.SIGTERM, 10.0))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"RunningBolt(uri={self.uri!r}, pid={self.pid})"


def start_bolt(directory: Path, *, port: int | None = None, password: str | None = None) -> RunningBolt:
    """Start a Bolt server whose data lie in ``directory``.

    Args:
        directory: Its folder; one server at a time.
        port: Port; ``None``: a free one.
        password: Password for a new folder (an old one keeps its own); ``None``: a random one.

    Raises:
        ConfigurationError: The package ``arcadedb-embedded`` is not installed.
        UnavailableError: It does not start; the message has the end of its log.
    """
    if find_spec("arcadedb_embedded") is None:
        raise ConfigurationError(
            "No live graph is configured and none is embedded: set NEO4J_URI, "
            "or install the embedded servers with pip install 'snapgraph[embedded]'."
        )
    folder = directory.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = keep_password(folder, password)
    for attempt in range(PORT_ATTEMPTS):
        chosen = port or free_port()
        process = _start(folder, chosen)
        if _wait_until_ready(process, folder):
            return RunningBolt(
                port=chosen, username=bolt_server.USER, password=kept, database=bolt_server.DATABASE, process=process
            )
        process.stop()
        if port is not None or attempt == PORT_ATTEMPTS - 1 or "in use" not in process.last_words():
            break
    raise UnavailableError(f"The embedded Bolt server in {folder} does not start:\n{process.last_words()}")


def _start(folder: Path, port: int) -> ChildProcess:
    module = f"{__package__}.bolt_server"
    return start_child(
        [sys.executable, "-P", "-m", module, str(folder), str(port), str(free_port())],
        log=folder / "bolt.log",
        death_signal=signal.SIGTERM,
        folder=folder,
    )


def _wait_until_ready(process: ChildProcess, folder: Path) -> bool:
    """Wait for the server's own word that its database is there; say whether it came."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _ready_process(folder) == str(process.pid):
            return True
        if process.wait(POLL_SECONDS):
            return False
    return False


def _ready_process(folder: Path) -> str:
    try:
        return (folder / bolt_server.READY_FILE).read_text(encoding="ascii")
    except FileNotFoundError:
        return ""
