"""The demo from beginning to end: a shop under load, nine captures, an incident, what changed."""

from __future__ import annotations

import socket
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from snapgraph.app import create_app
from snapgraph.cli.demo.display import Display
from snapgraph.cli.demo.results import worst_of, write_results
from snapgraph.cli.demo.ticking import Ticks, ticking
from snapgraph.cli.observing import stopped_by_signals
from snapgraph.client import Client
from snapgraph.errors import ServerUnavailableError, UnavailableError
from snapgraph.model.changes import Comparison
from snapgraph.model.snapshots import Snapshot
from snapgraph.runtime import Runtime, open_runtime
from snapgraph.settings import Settings
from snapgraph.usecases.attach import Attachment, attach
from snapgraph.usecases.stage import Companion, RunningShop, companion, stage_shop

__all__ = ["Plan", "play"]

CAPTURES_BEFORE = 9
"""Eight differences between them: with fewer, every change would be ``too_little_data``."""
WARM_UP_TICKS = 3
"""The first gives nodes only, and every statement shall have been seen."""
INCIDENT_TICKS = 4
"""Until the tick that began before the incident is history, and people would call."""
ALL_CHANGES = 50_000
TAG = "demo"
HOST = "127.0.0.1"
USUAL_PORT = 8000
SERVER_SECONDS = 60.0
CAPTURE_EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the demo is to go.

    Attributes:
        data_dir: Folder of the embedded servers.
        output_dir: Folder of the results.
        tick_seconds: From tick to tick of the observer, and from capture to capture.
        once: End when the story is told.
    """

    data_dir: Path = Path(".snapgraph")
    output_dir: Path = Path("demo-output")
    tick_seconds: float = 2.5
    once: bool = False


def play(plan: Plan, display: Display) -> None:
    """Play it.

    Raises:
        SnapgraphError: A server does not start, or something failed on the way.
    """
    with ExitStack() as stack:
        runtime = stack.enter_context(_open(plan, display))
        shop = _open_shop(plan, display, stack)
        ends = stack.enter_context(_attach(shop, runtime))
        ticks = stack.enter_context(ticking(ends, tick_seconds=plan.tick_seconds, check=shop.check))
        client = stack.enter_context(Client.of_app(create_app(runtime)))
        comparison = _tell_story(client, shop, ticks, display)
        with display.step("Exporting") as done:
            files = write_results(client, comparison, plan.output_dir)
            done.append(f"Wrote {len(files)} files into {plan.output_dir}/")
        display.answer(comparison, worst_of(comparison))
        if not plan.once:
            _go_on(plan, client, ticks, comparison, display)


def _open(plan: Plan, display: Display) -> Runtime:
    """Open the store and the live graph, embedded whatever the environment says about other databases."""
    with display.step("Starting a store (PostgreSQL) and a live graph (Bolt)") as done:
        settings = Settings.model_validate(
            {"data_dir": plan.data_dir, "live_graphs": {"default": {"tick_seconds": plan.tick_seconds}}}
        )
        runtime = open_runtime(settings)
        done.append("The store (PostgreSQL) and the live graph (Bolt) are up")
    for note in runtime.notes:
        display.say(f"    {note}")
    return runtime


def _open_shop(plan: Plan, display: Display, stack: ExitStack) -> RunningShop:
    with display.step("Opening a shop on a PostgreSQL of its own") as done:
        shop = stack.enter_context(stage_shop(plan.data_dir / "shop"))
        done.append(f"A shop is open: {shop.row_count:,} rows, {shop.connections} connections at work")
    return shop


def _attach(shop: RunningShop, runtime: Runtime) -> AbstractContextManager[Attachment]:
    server = runtime.settings.live_graph_servers()["default"]
    return attach(
        shop.url, uri=server.uri, username=server.username, password=server.password, database=server.database
    )


def _tell_story(client: Client, shop: RunningShop, ticks: Ticks, display: Display) -> Comparison:
    with display.step("Observing: its statistics become the live graph") as done:
        ticks.wait_for(WARM_UP_TICKS)
        done.append("Observing: every statement becomes part of the live graph")
    before = _capture_before(client, ticks, display)
    with display.step("The incident: an index is dropped, and a job that locks much begins"):
        shop.begin_incident()
        ticks.wait_for(INCIDENT_TICKS)
    after = client.capture("after the incident", tags=(TAG,))
    display.say(f"    captured v{after.version} {after.id}")
    with display.step("Comparing") as done:
        comparison = client.compare(before.id, after.id, limit=ALL_CHANGES)
        done.append(f"Compared v{before.version} with v{after.version}: {comparison.totals.total} changes")
    return comparison


def _capture_before(client: Client, ticks: Ticks, display: Display) -> Snapshot:
    """Capture a tick apart, so that the noise of every edge is known; gives the last one."""
    doing = f"Capturing {CAPTURES_BEFORE} times, a tick apart, to learn what is usual"
    with display.counting(doing, CAPTURES_BEFORE) as bar:
        for number in range(1, CAPTURES_BEFORE + 1):
            ticks.wait_for(1)
            last = client.capture(f"usual business {number}", tags=(TAG,))
            bar.advance(bar.task_ids[0])
    display.say(f"    captured v{last.version - CAPTURES_BEFORE + 1} to v{last.version}")
    return last


def _go_on(plan: Plan, client: Client, ticks: Ticks, comparison: Comparison, display: Display) -> None:
    """Capture every minute and serve, until a signal comes."""
    folder, port = plan.data_dir.resolve(), _port()
    address, log = f"http://{HOST}:{port}", folder / "demo-server.log"
    server = companion("snapgraph.cli.demo.server", [str(folder), str(port)], log=log, folder=folder)
    with stopped_by_signals() as stop, server as process:
        with display.step("Starting the server"):
            _wait_until_served(address, process)
        display.say(f"\n  The shop goes on, and is captured every {CAPTURE_EVERY_SECONDS:.0f} s. Ctrl-C ends it all.\n")
        display.say(f"  What changed       {address}/?a={comparison.before.id}&b={comparison.after.id}")
        display.say(f"  API documentation  {address}/docs")
        display.say(f"  The comparison     {_comparison_at(address, comparison.before, comparison.after)}\n")
        while not stop.wait(CAPTURE_EVERY_SECONDS):
            ticks.check()
            _capture_again(client, comparison.before, address, display)


def _port() -> int:
    """Take the usual port, or a free one when somebody listens there."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise ServerUnavailableError("There is no free port for the server.")


def _wait_until_served(address: str, process: Companion) -> None:
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline and not process.wait(0.2):
        try:
            with Client(address) as client:
                client.version()
        except ServerUnavailableError:
            continue
        return
    raise ServerUnavailableError(f"The server does not start:\n{process.last_words()}")


def _comparison_at(address: str, before: Snapshot, after: Snapshot) -> str:
    return f"{address}/api/performance/snapshots/compare?baseline={before.id}&target={after.id}"


def _capture_again(client: Client, before: Snapshot, address: str, display: Display) -> None:
    try:
        latest = client.capture("the shop goes on", tags=(TAG,))
    except UnavailableError as error:
        display.say(f"  Not captured this time: {error}")
    else:
        display.say(f"  Captured v{latest.version}: {_comparison_at(address, before, latest)}")
