"""Fan-out of the live stream: from the start of a broadcast in the server to the last byte in each client."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil

from bench.measuring import Figure

__all__ = ["run"]

ROUNDS = 20
SECONDS = 0.5
"""Between two broadcasts; at 10,000 clients 2 s."""
REPEATS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one crowd met on one server, in ms; memory in KiB for each client."""

    p50: float
    p99: float
    missing: int
    threads: int
    kib_each: float


def run() -> list[dict[str, Any]]:
    """Measure 100 and 1,000 clients on all three servers, a stalled reader among 1,000, and 10,000 on the hub."""
    rows: list[Figure] = []
    for clients in (100, 1_000):
        met: dict[str, list[Run]] = {kind: [] for kind in ("floor", "hub", "threads")}
        for _ in range(REPEATS):
            for kind, runs in met.items():
                runs.append(crowd(kind, clients))
        p99 = {kind: [each.p99 for each in runs] for kind, runs in met.items()}
        goal = 1.3 if clients == 1_000 else None
        name = f"live.{clients}"
        best = {kind: min(each) for kind, each in p99.items()}
        rows += [
            Figure.of(
                f"{name}.p99_to_floor", p99["hub"], best["floor"], goal=goal, unit="ms", note="asyncio, pre-framed"
            ),
            Figure.of(
                f"{name}.p99_to_threads",
                p99["hub"],
                best["threads"],
                goal=0.1 if clients == 1_000 else None,
                unit="ms",
                note="flask-sock, a thread and a queue for each socket",
            ),
        ]
    stalled = [crowd("hub", 1_000, stalled=1).p99 for _ in range(REPEATS)]
    rows.append(
        Figure.of("live.stalled_reader_p99", stalled, best["hub"], goal=1.3, unit="ms", note="the same without")
    )
    rows += _many()
    return [row.as_dict() for row in rows]


def _many() -> list[Figure]:
    held = crowd("hub", 10_000, seconds=2.0, rounds=5)
    floor = crowd("floor", 10_000, seconds=2.0, rounds=5)
    return [
        Figure.of("live.10000.p99_to_floor", [held.p99], floor.p99, goal=None, unit="ms", note="asyncio, pre-framed"),
        Figure.of("live.10000.undelivered", [float(held.missing)], 1.0, goal=0.0, unit="messages", note="none"),
        Figure.of("live.10000.threads", [float(held.threads)], 16.0, goal=1.0, unit="threads", note="16 threads"),
        Figure.of("live.10000.memory_each", [held.kib_each], 4.0, goal=1.0, unit="KiB", note="4 KiB"),
    ]


def crowd(kind: str, clients: int, *, stalled: int = 0, seconds: float = SECONDS, rounds: int = ROUNDS) -> Run:
    """Let a crowd listen to a server of its own."""
    with _started("bench.live_servers", kind, clients, seconds) as server:
        port, pid = map(int, _line(server).split())
        process = psutil.Process(pid)
        before = process.memory_info().rss
        with _started("bench.live_client", port, clients, rounds, stalled) as listeners:
            if _line(listeners) != "connected":
                raise RuntimeError(f"{clients} clients did not get in")
            threads = process.num_threads()
            kib = (process.memory_info().rss - before) / 1024 / clients
            listeners.stdin.write("\n")
            listeners.stdin.flush()
            told = json.loads(_line(listeners))
    latencies = sorted(told["latencies"])
    cuts = statistics.quantiles(latencies, n=100)
    missing = told["expected"] - len(latencies)
    return Run(p50=cuts[49], p99=cuts[98], missing=missing, threads=threads, kib_each=kib)


@contextlib.contextmanager
def _started(module: str, *arguments: object) -> Iterator[Any]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()
        process.stdout.close()


def _line(process: Any) -> str:
    line: str = process.stdout.readline().strip()
    if not line:
        raise RuntimeError("the process ended before it said anything")
    return line
