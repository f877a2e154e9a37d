"""A server as a direct child process that never outlives us, whatever kills us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snapgraph.adapters.embedded import launch
from snapgraph.errors import UnavailableError

__all__ = ["Account", "ChildProcess", "start_child"]

LOG_TAIL_BYTES = 2000
"""How much of a server's log an error message quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A system user that a server runs as instead of root."""

    name: str
    uid: int
    gid: int


@dataclass(slots=True, kw_only=True)
class ChildProcess:
    """A running child; made by :func:`start_child`.

    The kernel's death signal is tied to the *thread* that forked, not to the process. So a keeper thread forks the
    child and then waits for it, and lives as long as the child or this process does.

    Attributes:
        command: Program and arguments.
        log: File that takes its output.
        pid: Process id.
    """

    command: tuple[str, ...]
    log: Path
    pid: int = 0
    _started: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _failure: OSError | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end; say whether it has ended."""
        return self._ended.wait(seconds)

    def stop(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each signal in turn until it has ended, and SIGKILL at last.

        Args:
            steps: Signal, and how many seconds to wait after it.
        """
        for number, seconds in (*steps, (signal.SIGKILL, 5.0)):
            if self._ended.is_set():
                return
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return
            self._ended.wait(seconds)

    def last_words(self) -> str:
        """Give the end of its log, for an error message."""
        try:
            return self.log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
        except OSError as problem:
            return f"(its log cannot be read: {problem.strerror})"

    def _keep(self, launcher: Sequence[str], environment: Mapping[str, str] | None, folder: Path) -> None:
        """Fork and wait: the body of the keeper thread."""
        try:
            process = self._fork(launcher, environment, folder)
        except OSError as problem:
            self._failure = problem
            self._ended.set()
            self._started.set()
            return
        self.pid = process.pid
        self._started.set()
        process.wait()
        self._ended.set()

    def _fork(
        self, launcher: Sequence[str], environment: Mapping[str, str] | None, folder: Path
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - the command is our own, no shell
                [*launcher, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C at the terminal is for us, who then stop it in order
                cwd=folder,
                env=None if environment is None else {**os.environ, **environment},
            )

    def _keep_in_thread(self, launcher: Sequence[str], environment: Mapping[str, str] | None, folder: Path) -> None:
        name = f"keeper of {Path(self.command[0]).name}"
        threading.Thread(target=self._keep, args=(launcher, environment, folder), name=name, daemon=True).start()
        self._started.wait()
        if self._failure is not None:
            raise UnavailableError(f"cannot start {self.command[0]}: {self._failure.strerror}") from self._failure


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    death_signal: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path = Path("/"),
    tie: str = launch.KERNEL if sys.platform == "linux" else launch.WATCHER,
) -> ChildProcess:
    """Start a program that gets ``death_signal`` when we are gone, even by kill -9.

    Args:
        command: Absolute path of the program, and its arguments.
        log: File that its output is appended to.
        death_signal: What it is sent when we die.
        account: The user that it runs as; ``None``: ours.
        environment: Variables beside our own.
        folder: Its working folder; the account must be able to enter it.
        tie: Who sends the signal: the kernel, or a watcher process.

    Raises:
        UnavailableError: The program cannot be started.
    """
    uid, gid = (account.uid, account.gid) if account else (launch.KEEP, launch.KEEP)
    numbers = (os.getpid(), int(death_signal), uid, gid)
    launcher = [sys.executable, "-I", "-S", str(launch.__file__), tie, *map(str, numbers)]
    child = ChildProcess(command=tuple(command), log=log)
    child._keep_in_thread(launcher, environment, folder)  # noqa: SLF001 - one module, two halves of one thing
    return child
