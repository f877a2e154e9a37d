"""One tick: the state before and a new sample make the state after, and what to write to the live graph.

No calls in a tick is an observation: the rates and the load become 0. Averages are not observed then and keep their
value and its timestamp, so that they grow stale. A pair without calls for 24 hours is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from snapgraph.engine.attribution.catalogue import Pair
from snapgraph.engine.attribution.differences import Differences, differences, gap_between
from snapgraph.engine.attribution.remember import drop_missing, forget, idle_edges, observe_activity, observe_values
from snapgraph.engine.attribution.state import ObserverState, learn
from snapgraph.engine.attribution.totals import EdgeKey, TickTotals, hotspots, pair_values, total_up
from snapgraph.engine.attribution.writes import database_node, edge_writes, forgotten, table_nodes
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS, ERROR_RATE, MetricDefinition, Thresholds
from snapgraph.model.observations import GraphTick, ObservedSample

__all__ = ["TickOptions", "tick"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TickOptions:
    """How to turn a sample into a graph.

    Attributes:
        tick_seconds: How often samples are taken.
        metrics: Relationship type -> definition; its ``decimals`` are kept.
        thresholds: From which values on an edge is severe.
    """

    tick_seconds: float = 5.0
    metrics: Mapping[str, MetricDefinition] = field(default_factory=lambda: dict(DEFAULT_METRICS))
    thresholds: Thresholds = DEFAULT_THRESHOLDS


def tick(
    state: ObserverState, sample: ObservedSample, *, taken_at: datetime, options: TickOptions
) -> tuple[GraphTick, ObserverState]:
    """Take a new sample in.

    Args:
        state: After the tick before; ``ObserverState()`` at first.
        sample: What was just read.
        taken_at: Time of the tick by the clock of whoever reads the live graph; aware.
        options: Tick length, rounding, levels.

    Returns:
        What to write, and the state for the next tick. The first tick, and one across a restart or a reset, has nodes
        and no edges.
    """
    before = state.sample
    gap = gap_between(before, sample, tick_seconds=options.tick_seconds)
    at = round(taken_at.timestamp(), 3)
    state = drop_missing(learn(state, sample))
    if before is None or gap is not None:
        nodes = (
            database_node(sample, state, None, None, at, options.tick_seconds),
            *table_nodes(sample, state, None, at, options.tick_seconds),
        )
        return GraphTick(taken_at=taken_at, database=sample.database.name, nodes=nodes, gap=gap), state
    work = differences(before, sample)
    totals = total_up(work, state.shapes, state.attributions)
    state = _remember(state, work, totals, at, options)
    idle = idle_edges(state, at)
    state = forget(state, idle)
    nodes = (
        database_node(sample, state, work, totals, at, options.tick_seconds),
        *table_nodes(sample, state, work, at, options.tick_seconds),
    )
    edges = edge_writes(state, at, options.thresholds)
    written = GraphTick(
        taken_at=taken_at, database=sample.database.name, nodes=nodes, edges=edges, forgotten=forgotten(idle)
    )
    return written, state


def _remember(
    state: ObserverState, work: Differences, totals: TickTotals, at: float, options: TickOptions
) -> ObserverState:
    values = pair_values(totals, work) | hotspots(totals, work)
    if work.transactions > 0 and state.sample is not None:
        name = state.sample.database.name
        values[EdgeKey(ERROR_RATE, Pair(name, name))] = 100 * work.rollbacks / work.transactions
    return replace(
        state,
        edges=observe_values(state.edges, values, at, options.metrics),
        pairs=observe_activity(state.pairs, totals.pairs, at),
        tables=observe_activity(state.tables, totals.tables, at),
        transactions=state.transactions.add(work.transactions, at),
    )
