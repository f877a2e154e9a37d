"""Readiness: every part that the service needs is asked, side by side, within a bounded time, and not too often."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

import structlog

from snapgraph import meters
from snapgraph.errors import SnapgraphError

__all__ = ["CheckResult", "Readiness"]

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check said.

    Attributes:
        name: Which part: ``postgres``, ``live_graph default`` …
        detail: What is wrong and what to do; empty when all is well.
    """

    name: str
    detail: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the part is usable."""
        return not self.detail


@dataclass(slots=True, kw_only=True, eq=False)
class Readiness:
    """The checks and what they said last.

    Attributes:
        checks: Name -> callable that raises what is wrong.
        cache_seconds: How long an answer holds: probes of a whole cluster then cost one query.
        deadline_seconds: After that a check that has not answered counts as failed.
    """

    checks: Mapping[str, Callable[[], None]]
    cache_seconds: float = 1.5
    deadline_seconds: float = 4.0
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _results: tuple[CheckResult, ...] = field(default=(), init=False, repr=False)
    _asked_at: float = field(default=float("-inf"), init=False, repr=False)
    _pool: ThreadPoolExecutor | None = field(default=None, init=False, repr=False)

    def results(self) -> tuple[CheckResult, ...]:
        """Ask every part, or repeat what was said just now. One caller asks, the others wait for its answer."""
        with self._lock:
            if time.monotonic() - self._asked_at >= self.cache_seconds:
                self._results = self._ask()
                self._asked_at = time.monotonic()
            return self._results

    def _ask(self) -> tuple[CheckResult, ...]:
        # A check that hangs keeps its thread; twice as many threads as checks let the next round ask all the same.
        self._pool = self._pool or ThreadPoolExecutor(2 * len(self.checks) or 1, thread_name_prefix="readiness")
        futures = {name: self._pool.submit(_outcome, check) for name, check in self.checks.items()}
        wait(futures.values(), timeout=self.deadline_seconds)
        late = f"no answer within {self.deadline_seconds:g} s"
        results = tuple(
            CheckResult(name=name, detail=future.result() if future.done() else late)
            for name, future in futures.items()
        )
        for result in results:
            meters.set_ready(result.name, is_ready=result.is_ready)
        return results


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except SnapgraphError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever it was, the probe has to be answered
        _LOG.exception("readiness_check_failed")
        return f"the check itself failed ({type(error).__name__}): see the log"
    return ""
