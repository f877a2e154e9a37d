"""What an observer remembers between ticks. All of it are values: a tick makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from snapgraph.engine.attribution.catalogue import Attribution, Catalogue, Pair, attribute, catalogue_of
from snapgraph.engine.attribution.statements import shape_of
from snapgraph.engine.attribution.totals import EdgeKey
from snapgraph.engine.attribution.trend import WINDOW
from snapgraph.model.observations import ObservedSample, StatementKind, StatementShape

__all__ = ["Activity", "EdgeMemory", "ObserverState", "learn"]


class EdgeMemory(NamedTuple):
    """The last observations of one edge.

    Attributes:
        values: At most twelve, oldest first, as rounded for the live graph.
        observed_at: Unix seconds of the last one.
    """

    values: tuple[float, ...] = ()
    observed_at: float = 0.0

    def observe(self, value: float, at: float) -> EdgeMemory:
        """Add an observation."""
        return EdgeMemory((*self.values[1 - WINDOW :], value), at)


class Activity(NamedTuple):
    """How often something was called, tick by tick.

    Attributes:
        recent: Of each of the last twelve ticks, oldest first.
        total: Since observing began.
        last_at: Unix seconds of the last tick with calls.
    """

    recent: tuple[int, ...] = ()
    total: int = 0
    last_at: float = 0.0

    def add(self, calls: int, at: float) -> Activity:
        """Add the calls of one tick, which may be none."""
        return Activity((*self.recent[1 - WINDOW :], calls), self.total + calls, at if calls else self.last_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverState:
    """What is remembered.

    Attributes:
        sample: The last one.
        shapes: Query id -> shape, of the statements in ``sample``. A text is parsed once, when its id is new.
        attributions: Query id -> nodes and edges, as long as ``catalogue`` holds.
        catalogue: Tables and views, as of the last sample.
        edges: The last observations of every edge.
        pairs: Ends of an edge -> calls of the statements that touch both.
        tables: Node name -> calls of the statements that touch it.
        transactions: Transactions of the database.
    """

    sample: ObservedSample | None = None
    shapes: Mapping[int, StatementShape] = field(default_factory=dict)
    attributions: Mapping[int, Attribution] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)
    edges: Mapping[EdgeKey, EdgeMemory] = field(default_factory=dict)
    pairs: Mapping[Pair, Activity] = field(default_factory=dict)
    tables: Mapping[str, Activity] = field(default_factory=dict)
    transactions: Activity = field(default_factory=Activity)

    @property
    def unparsed(self) -> int:
        """How many of the statements that are there now could not be parsed."""
        return sum(shape.kind is StatementKind.UNPARSED for shape in self.shapes.values())


def learn(state: ObserverState, sample: ObservedSample) -> ObserverState:
    """Take the texts and the catalogue of a sample into the state, and make it the last sample.

    The shape of a statement that was evicted is forgotten: PostgreSQL 18 makes the query id from the aliases of the
    tables, not from the tables, so what comes back under the same id may be another statement.
    """
    present = {key.query_id for key in sample.statements}
    shapes = {query_id: state.shapes[query_id] for query_id in present & state.shapes.keys()}
    shapes |= {query_id: shape_of(text) for query_id, text in sample.texts.items()}
    catalogue, known = state.catalogue, state.attributions
    if _has_new_names(state.sample, sample):
        catalogue, known = catalogue_of(sample.tables, sample.views), {}
    attributions = {
        query_id: known[query_id] if query_id in known else attribute(shapes[query_id], catalogue)
        for query_id in shapes
    }
    return replace(state, sample=sample, shapes=shapes, attributions=attributions, catalogue=catalogue)


def _has_new_names(before: ObservedSample | None, after: ObservedSample) -> bool:
    if before is None or before.views != after.views or len(before.tables) != len(after.tables):
        return True
    return any(
        (then.schema, then.name, then.partitions) != (now.schema, now.name, now.partitions)
        for then, now in zip(before.tables, after.tables, strict=True)
    )
