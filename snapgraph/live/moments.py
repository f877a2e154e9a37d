"""A tick with what is worked out of it once, however many topics ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.documents import element_lines
from snapgraph.engine.formats.headers import summary_to_json
from snapgraph.engine.formats.labels import label_ordinals
from snapgraph.engine.formats.values import time_to_text
from snapgraph.engine.summary import bottleneck_masks, bottlenecks
from snapgraph.model.columns import EdgeColumns, GraphColumns, Mask, NodeColumns
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.ticks import Tick

__all__ = ["Moment", "Rows", "ends"]

Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Moment:
    """A tick with what is worked out of it once for all topics.

    Attributes:
        tick: The tick.
        definition: How the live graph is read.
    """

    tick: Tick
    definition: LiveGraph

    def forget(self) -> None:
        """Let go of what was worked out, which no ring counts; a reader that is that far behind has it worked out anew.

        A bottleneck takes 170 bytes: ten minutes of a graph with 10,000 of them would be 1 GB.
        """
        for name in ("bad", "worst", "ordinals", "summary"):
            self.__dict__.pop(name, None)

    @cached_property
    def bad(self) -> tuple[Mask, Mask]:
        """Which nodes and which edges are bottlenecks."""
        definition = self.definition
        return bottleneck_masks(self.tick.columns, metrics=definition.metrics, thresholds=definition.thresholds)

    @cached_property
    def worst(self) -> Sequence[Bottleneck]:
        """All bottlenecks, the worst first."""
        definition = self.definition
        return bottlenecks(self.tick.columns, metrics=definition.metrics, thresholds=definition.thresholds)

    @cached_property
    def ordinals(self) -> NDArray[np.int32]:
        """Of the relationship ids that repeat."""
        return label_ordinals(self.tick.columns, self.definition.metrics)

    @cached_property
    def head(self) -> bytes:
        """The members ``at`` and ``interval_seconds``."""
        members = {"at": time_to_text(self.tick.at), "interval_seconds": self.tick.interval_seconds}
        return orjson.dumps(members)[1:-1]

    @cached_property
    def summary(self) -> bytes:
        """The member ``summary``."""
        return b'"summary":' + orjson.dumps(summary_to_json(self.tick.summary))

    def nodes(self, rows: Rows) -> list[bytes]:
        """Write nodes."""
        return element_lines(_only_nodes(self.tick.columns, rows))[0] if len(rows) else []

    def edges(self, rows: Rows) -> list[bytes]:
        """Write relationships."""
        if not len(rows):
            return []
        part = ends(self.tick.columns, rows)
        return element_lines(part, metrics=self.definition.metrics, ordinals=self.ordinals[rows])[1]


def _only_nodes(columns: GraphColumns, rows: Rows) -> GraphColumns:
    """Cut out nodes, without any edge."""
    none = np.zeros(0, dtype=np.int32)
    nodes = columns.nodes
    return GraphColumns(
        nodes=NodeColumns(
            keys=nodes.keys[rows], columns={name: column.take(rows) for name, column in nodes.columns.items()}
        ),
        edges=EdgeColumns(sources=none, targets=none, type_codes=none, types=()),
    )


def ends(columns: GraphColumns, rows: Rows) -> GraphColumns:
    """Cut out edges with the nodes at their ends, which keep nothing but their keys."""
    edges = columns.edges
    sources, targets = edges.sources[rows], edges.targets[rows]
    used = np.unique(np.concatenate([sources, targets]))
    return GraphColumns(
        nodes=NodeColumns(keys=columns.nodes.keys[used]),
        edges=EdgeColumns(
            sources=np.searchsorted(used, sources).astype(np.int32),
            targets=np.searchsorted(used, targets).astype(np.int32),
            type_codes=edges.type_codes[rows],
            types=edges.types,
            discriminators=None if edges.discriminators is None else edges.discriminators.take(rows),
            columns={name: column.take(rows) for name, column in edges.columns.items()},
        ),
    )
