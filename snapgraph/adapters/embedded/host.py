"""The process that owns the shared embedded servers of a folder: ``python -m snapgraph.adapters.embedded.host FOLDER``.

It gives way when the folder has a host already, and ends when nobody holds the folder's ``users`` lock. The servers are
its direct children, so that they die with it in any case.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import IO

from snapgraph.adapters.embedded.bolt import RunningBolt, start_bolt
from snapgraph.adapters.embedded.postgres import RunningPostgres, start_postgres
from snapgraph.adapters.embedded.servers import ADDRESSES_FILE, HOST_LOCK_FILE, USERS_LOCK_FILE, Addresses

__all__ = ["main"]

STORE_DATABASE = "snapgraph"
LOOK_SECONDS = 0.25
"""How often it looks whether anybody uses the servers."""
IDLE_SECONDS = 1.0
"""How long nobody must have: a restarted worker comes back within it."""


def main(folder: Path) -> None:
    """Serve the folder until nobody uses it, or SIGTERM."""
    lock = _try_exclusive(folder / HOST_LOCK_FILE)
    if lock is None:
        return
    (folder / ADDRESSES_FILE).unlink(missing_ok=True)  # left by a host that was killed
    asked_to_end = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    with lock, ExitStack() as stack:
        bolt = stack.enter_context(start_bolt(folder / "bolt"))
        postgres = stack.enter_context(start_postgres(folder / "postgres"))
        _publish(folder, postgres, bolt)
        stack.callback((folder / ADDRESSES_FILE).unlink, missing_ok=True)
        users_lock = _wait_until_unused(folder / USERS_LOCK_FILE, asked_to_end)
        if users_lock is not None:
            stack.push(users_lock)  # a newcomer waits for our end, and starts anew


def _try_exclusive(path: Path) -> IO[bytes] | None:
    """Take a lock for ourselves alone, or give ``None`` at once."""
    file = path.open("ab")
    path.chmod(0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _publish(folder: Path, postgres: RunningPostgres, bolt: RunningBolt) -> None:
    """Write the addresses, readable by us only, complete or not at all."""
    addresses = Addresses(
        host_pid=os.getpid(),
        database_url=postgres.ensure_database(STORE_DATABASE),
        neo4j_uri=bolt.uri,
        neo4j_username=bolt.username,
        neo4j_password=bolt.password,
        neo4j_database=bolt.database,
        notes=(postgres.note,) if postgres.note else (),
    )
    partial = folder / f"{ADDRESSES_FILE}.partial"
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(addresses), file, indent=2)
    partial.rename(folder / ADDRESSES_FILE)


def _wait_until_unused(users: Path, asked_to_end: Event) -> IO[bytes] | None:
    """Wait until nobody has held the lock for a while; give it, held by us, or ``None`` when asked to end."""
    unused_since: float | None = None
    while not asked_to_end.wait(LOOK_SECONDS):
        lock = _try_exclusive(users)
        if lock is None:
            unused_since = None
            continue
        unused_since = unused_since or time.monotonic()
        if time.monotonic() - unused_since >= IDLE_SECONDS:
            return lock
        lock.close()
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
