"""What a tick adds to the memory of an observer, and what it takes away."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from snapgraph.engine.attribution.state import Activity, EdgeMemory, ObserverState
from snapgraph.engine.attribution.totals import EdgeKey, Work
from snapgraph.model.metrics import (
    ERROR_RATE,
    HOTSPOT_SCORE,
    JOIN_FREQUENCY,
    LOAD_FACTOR,
    QUERIES_PER_SEC,
    MetricDefinition,
    unknown_metric,
)

__all__ = ["FORGET_SECONDS", "drop_missing", "forget", "idle_edges", "observe_activity", "observe_values"]

FORGET_SECONDS = 24 * 3600.0
_ZERO_WHEN_IDLE = frozenset({QUERIES_PER_SEC, JOIN_FREQUENCY, LOAD_FACTOR})

_Key = TypeVar("_Key", bound=Hashable)


def drop_missing(state: ObserverState) -> ObserverState:
    """Forget the edges of tables that are no longer there; their nodes are deleted with all relationships."""
    there = set(state.catalogue.tables.values())
    missing = {name for pair in state.pairs for name in pair if name not in there} | (state.tables.keys() - there)
    if not missing:
        return state
    return replace(
        state,
        pairs={pair: activity for pair, activity in state.pairs.items() if missing.isdisjoint(pair)},
        tables={name: activity for name, activity in state.tables.items() if name not in missing},
        edges={
            key: memory for key, memory in state.edges.items() if key.type == ERROR_RATE or missing.isdisjoint(key.pair)
        },
    )


def observe_activity(known: Mapping[_Key, Activity], work: Mapping[_Key, Work], at: float) -> dict[_Key, Activity]:
    """Add the calls of a tick to every pair, or table; those without calls had none."""
    nothing = Work()
    return {
        key: known.get(key, Activity()).add(work.get(key, nothing).calls, at) for key in dict.fromkeys([*known, *work])
    }


def observe_values(
    known: Mapping[EdgeKey, EdgeMemory],
    values: Mapping[EdgeKey, float],
    at: float,
    metrics: Mapping[str, MetricDefinition],
) -> dict[EdgeKey, EdgeMemory]:
    """Add the values of a tick, rounded as their metric says; rates and loads that are not among them are 0."""
    memory = dict(known)
    for key in known:
        if key.type in _ZERO_WHEN_IDLE and key not in values:
            memory[key] = memory[key].observe(0.0, at)
    for key, value in values.items():
        decimals = (metrics.get(key.type) or unknown_metric(key.type)).decimals
        memory[key] = memory.get(key, EdgeMemory()).observe(round(value, decimals), at)
    return memory


def idle_edges(state: ObserverState, at: float) -> frozenset[EdgeKey]:
    """Find the edges to forget: those of pairs, and hotspots of tables, without calls for 24 hours."""
    pairs = {pair for pair, activity in state.pairs.items() if at - activity.last_at >= FORGET_SECONDS}
    tables = {name for name, activity in state.tables.items() if at - activity.last_at >= FORGET_SECONDS}
    if not pairs and not tables:
        return frozenset()
    return frozenset(
        key
        for key in state.edges
        if key.type != ERROR_RATE and (key.pair.source in tables if key.type == HOTSPOT_SCORE else key.pair in pairs)
    )


def forget(state: ObserverState, idle: Iterable[EdgeKey]) -> ObserverState:
    """Take edges, and the pairs that they belong to, out of the memory; tables keep their count of calls."""
    gone = frozenset(idle)
    if not gone:
        return state
    pairs = {key.pair for key in gone if key.type != HOTSPOT_SCORE}
    return replace(
        state,
        edges={key: memory for key, memory in state.edges.items() if key not in gone},
        pairs={pair: activity for pair, activity in state.pairs.items() if pair not in pairs},
    )
