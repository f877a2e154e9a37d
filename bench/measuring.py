"""How a figure is taken: the thing and its reference alternate in one run, and only their ratio is worth keeping."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Figure", "compare_figures", "percentile_95", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table.

    Attributes:
        name: What was measured: ``capture.wall_to_list_read``.
        figure: The measured value, in ``unit``.
        reference: What it is held against, in the same unit; 1 for an absolute goal.
        ratio: ``figure / reference``.
        goal: The ratio must not be above it; ``None`` when the row is only a report.
        met: Whether it is; ``None`` without a goal.
        runs: How many runs the figure is the best of.
        spread: (maximum - minimum) / minimum of the runs of the figure.
        unit: Of figure and reference.
        note: What the reference is.
    """

    name: str
    figure: float
    reference: float
    ratio: float
    goal: float | None
    met: bool | None
    runs: int
    spread: float
    unit: str = "s"
    note: str = ""

    @classmethod
    def of(
        cls, name: str, samples: list[float], reference: float, *, goal: float | None, unit: str = "s", note: str = ""
    ) -> Figure:
        """Make a row from the samples of the figure: the best of them counts."""
        best = min(samples)
        ratio = best / reference
        return cls(
            name=name,
            figure=best,
            reference=reference,
            ratio=ratio,
            goal=goal,
            met=None if goal is None else ratio <= goal,
            runs=len(samples),
            spread=(max(samples) - best) / best if best else 0.0,
            unit=unit,
            note=note,
        )

    def as_dict(self) -> dict[str, Any]:
        """Give the row as a JSON line wants it."""
        return asdict(self)


def seconds(work: Callable[[], object]) -> float:
    """Time one call, with the garbage collector held back as timeit does."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def compare_figures(works: Mapping[str, Callable[[], object]], *, runs: int = 5) -> dict[str, list[float]]:
    """Time several works in turn, ``runs`` rounds, so that a noisy minute hits all of them alike.

    Returns:
        Name -> the seconds of each round, in order. One untimed round goes before.
    """
    for work in works.values():
        work()
    samples: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            samples[name].append(seconds(work))
    return samples


def percentile_95(samples: list[float]) -> float:
    """Give the 95th percentile of at least 20 samples."""
    return statistics.quantiles(samples, n=20)[-1]
