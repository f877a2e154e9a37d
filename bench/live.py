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

ROUNDS = 10
SECONDS = 0.4
"""Between two broadcasts; at 10,000 clients 2 s."""
REPEATS = 3
STALLED = 3
"""Readers that take nothing: each asks for the same 16 times over, so that its buffers are full after four rounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one crowd met on one server, in ms; memory in KiB for each client."""

    p99: float
    missing: int
    bad: int
    threads: int
    kib_each: float


def run() -> list[dict[str, Any]]:
    """Measure 100 and 1,000 clients on all three servers, stalled readers among 1,000, and 10,000 on the hub."""
    rows = [*_fan_out(100, judged=False), *_fan_out(1_000, judged=True), *_many()]
    return [row.as_dict() for row in rows]


def _fan_out(clients: int, *, judged: bool) -> list[Figure]:
    """Let the servers take turns, so that what else the machine does meets all of them."""
    met: dict[str, list[Run]] = {kind: [] for kind in ("floor", "hub", "threads", "stalled")}
    for _ in range(REPEATS):
        for kind, runs in met.items():
            stalled = STALLED if kind == "stalled" else 0
            runs.append(crowd("hub" if stalled else kind, clients, stalled=stalled))
    p99 = {kind: [each.p99 for each in runs] for kind, runs in met.items()}
    best = {kind: min(each) for kind, each in p99.items()}
    ours = [*met["hub"], *met["stalled"]]
    name = f"live.{clients}"

    def goal(most: float) -> float | None:
        return most if judged else None

    threads = "flask-sock, a thread and a queue for each socket"
    return [
        Figure.of(f"{name}.p99_to_floor", p99["hub"], best["floor"], goal=goal(1.3), unit="ms", note="pre-framed"),
        Figure.of(f"{name}.p99_to_threads", p99["hub"], best["threads"], goal=goal(0.1), unit="ms", note=threads),
        Figure.of(f"{name}.stalled_p99", p99["stalled"], best["hub"], goal=goal(1.3), unit="ms", note="without them"),
        *_faults(name, ours),
    ]


def _faults(name: str, runs: list[Run]) -> list[Figure]:
    bad, missing = sum(each.bad for each in runs), sum(each.missing for each in runs)
    return [
        Figure.of(f"{name}.bad_frames", [float(bad)], 1.0, goal=0.0, unit="frames", note="none"),
        Figure.of(f"{name}.undelivered", [float(missing)], 1.0, goal=0.0, unit="messages", note="none"),
    ]


def _many() -> list[Figure]:
    floor = crowd("floor", 10_000, seconds=2.0, rounds=4)
    held = crowd("hub", 10_000, seconds=2.0, rounds=4)
    return [
        Figure.of("live.10000.p99_to_floor", [held.p99], floor.p99, goal=None, unit="ms", note="pre-framed"),
        Figure.of("live.10000.threads", [float(held.threads)], 16.0, goal=1.0, unit="threads", note="16 threads"),
        Figure.of("live.10000.memory_each", [held.kib_each], 4.0, goal=1.0, unit="KiB", note="4 KiB"),
        *_faults("live.10000", [held]),
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
    return Run(p99=cuts[98], missing=missing, bad=told["bad"], threads=threads, kib_each=kib)


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
