"""The embedded servers that every command on one folder shares: our Postgres and a Bolt server.

They are owned by one small *host* process (:mod:`snapgraph.adapters.embedded.host`), started by whoever comes first.
Each process that uses them holds a shared lock on ``users.lock``; the host goes when nobody does, and takes the servers
along. So it does not matter who ends first, nobody has to count, and a user that is killed with -9 leaves nothing
behind: the kernel gives up its lock.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from snapgraph.adapters.embedded.processes import is_alive
from snapgraph.errors import UnavailableError

__all__ = ["ADDRESSES_FILE", "HOST_LOCK_FILE", "USERS_LOCK_FILE", "Addresses", "Servers", "open_servers"]

ADDRESSES_FILE = "servers.json"
USERS_LOCK_FILE = "users.lock"
HOST_LOCK_FILE = "host.lock"
HOST_LOG_FILE = "host.log"
START_SECONDS = 150.0
"""Both servers on a busy machine; alone they take about 3 s."""
POLL_SECONDS = 0.05
LOG_TAIL_BYTES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the servers of a folder answer: the content of ``servers.json`` (mode 0600, it holds passwords)."""

    host_pid: int
    database_url: str
    neo4j_uri: str
    neo4j_username: str
    neo4j_password: str
    neo4j_database: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers(AbstractContextManager["Servers"]):
    """A hold on the shared servers, until :meth:`close` or the end of this process.

    Attributes:
        addresses: Where they answer.
        started: Whether it was this call that started them.
    """

    addresses: Addresses
    started: bool
    users_lock: IO[bytes]

    @property
    def database_url(self) -> str:
        """Address of the store's database."""
        return self.addresses.database_url

    @property
    def neo4j_uri(self) -> str:
        """Address of the live graph."""
        return self.addresses.neo4j_uri

    @property
    def neo4j_username(self) -> str:
        """User of the live graph."""
        return self.addresses.neo4j_username

    @property
    def neo4j_password(self) -> str:
        """Password of the live graph."""
        return self.addresses.neo4j_password

    @property
    def neo4j_database(self) -> str:
        """Database of the live graph."""
        return self.addresses.neo4j_database

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about where they run."""
        return self.addresses.notes

    def close(self) -> None:
        """Let go; the last one to do so ends the servers."""
        self.users_lock.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Servers(neo4j_uri={self.neo4j_uri!r}, started={self.started}, host_pid={self.addresses.host_pid})"


def open_servers(directory: Path) -> Servers:
    """Use the servers of a folder, and start them when nobody has.

    Args:
        directory: Such as ``.snapgraph``; its mode is set to 0700 (as root 0711, with every file in it 0600).

    Raises:
        UnavailableError: They do not start; the message has the end of the host's log.
    """
    folder = directory.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)  # Postgres then runs as another user and passes through
    users_lock = _hold(folder / USERS_LOCK_FILE)
    try:
        addresses = _living_addresses(folder)
        started = addresses is None
        if addresses is None:
            addresses = _start(folder)
    except BaseException:
        users_lock.close()
        raise
    return Servers(addresses=addresses, started=started, users_lock=users_lock)


def _hold(path: Path) -> IO[bytes]:
    """Take the shared lock; waits a second or so while a host is just ending."""
    file = path.open("ab")
    path.chmod(0o600)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _living_addresses(folder: Path) -> Addresses | None:
    """Read the addresses, unless the host that wrote them is gone."""
    try:
        fields = json.loads((folder / ADDRESSES_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    fields["notes"] = tuple(fields["notes"])
    addresses = Addresses(**fields)
    return addresses if is_alive(addresses.host_pid) else None


def _start(folder: Path) -> Addresses:
    """Start a host unless one is on its way, and wait for its addresses."""
    host: subprocess.Popen[bytes] | None = None
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        addresses = _living_addresses(folder)
        if addresses is not None:
            return addresses
        if host is not None and host.poll():
            raise UnavailableError(f"The embedded servers do not start:\n{_last_words(folder)}")
        if (host is None or host.poll() == 0) and not _has_host(folder):
            host = _spawn_host(folder)  # when two do this at once, one host gives way and ends with 0
        time.sleep(POLL_SECONDS)
    raise UnavailableError(f"The embedded servers did not start in {START_SECONDS:.0f} s:\n{_last_words(folder)}")


def _has_host(folder: Path) -> bool:
    """Whether a host holds its lock, with its servers up or still on their way."""
    with (folder / HOST_LOCK_FILE).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _spawn_host(folder: Path) -> subprocess.Popen[bytes]:
    log_file = folder / HOST_LOG_FILE
    log_file.touch(mode=0o600)
    with log_file.open("ab") as log:
        host = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-m", f"{__package__}.host", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it outlives us when others use the servers
            cwd=folder,
            umask=0o077,
        )
    threading.Thread(target=host.wait, name="reaper of the embedded host", daemon=True).start()
    return host


def _last_words(folder: Path) -> str:
    return (folder / HOST_LOG_FILE).read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
