"""Serve snapgraph in a process that kills itself at a named point: the product has no such thing, its tests do.

``python -m tests.faults.launcher POINT PASSAGE [--naive]`` reads the settings from the environment, prints its port on
stdout, and sends itself SIGKILL at the PASSAGE-th passage of POINT. With ``--naive`` each stage of a capture is
committed by itself, as a service without rule R1 would do it: the control of the crash test.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from snapgraph.adapters.store import Store, Transaction
from snapgraph.app import create_app
from snapgraph.model.events import CrashPoint
from snapgraph.runtime import open_runtime
from snapgraph.settings import load_settings

NAIVE_COMMITS = {"after_header", "mid_copy"}


def killer(point: str, passage: int) -> CrashPoint:
    """Make the crash point that kills."""
    left = passage

    def at(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


def naive(at: CrashPoint) -> CrashPoint:
    """Commit at every stage before the point is passed."""
    open_transactions: list[Transaction] = []
    begin = Store.begin

    @contextmanager
    def remembered(store: Store) -> Iterator[Transaction]:
        with begin(store) as tx:
            open_transactions.append(tx)
            try:
                yield tx
            finally:
                open_transactions.remove(tx)

    Store.begin = remembered  # type: ignore[method-assign]

    def commit_then(name: str) -> None:
        if name in NAIVE_COMMITS:
            for tx in open_transactions:
                tx._driver.execute("COMMIT")
                tx._driver.execute("BEGIN")
        at(name)

    return commit_then


def main() -> None:
    """Serve until killed."""
    point, passage, *rest = sys.argv[1:]
    at = killer(point, int(passage))
    if "--naive" in rest:
        at = naive(at)
    with open_runtime(load_settings()) as runtime:
        server = make_server("127.0.0.1", 0, create_app(runtime, at=at), threaded=True)
        print(server.port, flush=True)  # noqa: T201 - the test reads it
        server.serve_forever()


if __name__ == "__main__":
    main()
