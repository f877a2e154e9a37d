"""A topic: one filter on one live graph, and the messages that all its subscribers share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import numpy as np
import orjson

from snapgraph.engine.formats.documents import edge_keys
from snapgraph.engine.formats.records import record_to_json
from snapgraph.live.deltas import Movement, views
from snapgraph.live.differences import Differences
from snapgraph.live.filters import Selection, TopicFilter
from snapgraph.live.moments import Moment, ends
from snapgraph.live.protocol import MAX_FRAME_BYTES, Message

__all__ = ["STATE_PATH", "Topic"]

STATE_PATH = "/api/performance/live/state"
"""Where a state is fetched that is too large for a frame."""

LEAST_NODE_BYTES = len('{"id":":T","type":"T","properties":{}},')
LEAST_EDGE_BYTES = len('{"id":"__T","key":":T|T|:T","source":":T","target":":T","type":"T","properties":{}},')
"""What an element takes at least in a state, whatever it is called."""
_KEPT = 8
"""Messages and selections that a topic keeps: clients that are up to date ask for the last one, slow ones for few."""


class Topic:
    """Writes state and deltas of one filter, each once however many ask.

    Args:
        filter_: What is shown.
        differences: Those of the live graph, shared with its other topics.
    """

    def __init__(self, filter_: TopicFilter, differences: Differences | None = None) -> None:
        self.filter = filter_
        self._differences = differences or Differences()
        self.name = filter_.topic
        self._selections: dict[int, Selection] = {}
        self._deltas: dict[tuple[int, int], tuple[Message, ...]] = {}
        self._state: tuple[int, Message] | None = None

    def state(self, moment: Moment) -> Message:
        """Write the whole topic at a moment; only its address when it is too large for a frame."""
        seq = moment.tick.seq
        if self._state is None or self._state[0] != seq:
            whole = None if self._is_surely_large(moment) else self.document(moment)
            text = whole if whole is not None and len(whole) <= MAX_FRAME_BYTES else self._elsewhere(moment)
            self._state = seq, Message(type="state", json=text, seq=seq)
        return self._state[1]

    def document(self, moment: Moment) -> bytes:
        """Write the whole topic at a moment, however large."""
        selection = self._selected(moment)
        nodes = moment.nodes(np.flatnonzero(selection.nodes))
        edges = moment.edges(np.flatnonzero(selection.edges))
        lists = b'"nodes":[' + b",".join(nodes) + b'],"relationships":[' + b",".join(edges) + b"],"
        return self._state_text(moment, lists)

    def _is_surely_large(self, moment: Moment) -> bool:
        """Say whether a state is too large for a frame, by the number of its elements: without writing all of it."""
        shown = self._selected(moment)
        nodes, edges = (int(np.count_nonzero(each)) for each in (shown.nodes, shown.edges))
        return nodes * LEAST_NODE_BYTES + edges * LEAST_EDGE_BYTES > MAX_FRAME_BYTES

    def deltas(self, before: Moment, after: Moment) -> tuple[Message, ...]:
        """Write what has happened between two moments, in as many parts as it takes."""
        span = before.tick.seq, after.tick.seq
        if span not in self._deltas:
            _forget(self._deltas)
            self._deltas[span] = tuple(self._written(before, after))
        return self._deltas[span]

    def _written(self, before: Moment, after: Moment) -> Iterator[Message]:
        found = self._differences(before, after)
        nodes, edges = views(found, self._selected(before), self._selected(after))
        head = b'{"type":"delta","topic":"%s","graph":%s,"seq_from":%d,"seq_to":%d,%s,' % (
            self.name.encode(),
            orjson.dumps(self.filter.graph),
            before.tick.seq,
            after.tick.seq,
            after.head,
        )
        room = MAX_FRAME_BYTES - len(head) - len(after.summary) - _LISTS_BYTES
        parts = list(_cut([*_lists(nodes, before, after, "nodes"), *_lists(edges, before, after, "edges")], room))
        for number, lists in enumerate(parts, 1):
            text = b'%s"part":%d,"parts":%d,%s,%s}' % (head, number, len(parts), _joined(lists), after.summary)
            yield Message(type="delta", json=text, seq=after.tick.seq if number == len(parts) else None)

    def _selected(self, moment: Moment) -> Selection:
        seq = moment.tick.seq
        if seq not in self._selections:
            _forget(self._selections)
            self._selections[seq] = self.filter.select(moment.tick.columns, lambda: moment.bad)
        return self._selections[seq]

    def _state_text(self, moment: Moment, lists: bytes) -> bytes:
        head = {"type": "state", "topic": self.name, "graph": self.filter.graph, "seq": moment.tick.seq}
        quality = orjson.dumps(record_to_json(moment.tick.quality))
        start = orjson.dumps(head)[:-1]
        return b'%s,%s,%s%s,"quality":%s}' % (start, moment.head, lists, moment.summary, quality)

    def _elsewhere(self, moment: Moment) -> bytes:
        conditions = self.filter.as_json()
        shown = [(name, value) for name, value in conditions.items() if value not in (None, False, [])]
        address = f"{STATE_PATH}?{urlencode([*shown, ('seq', moment.tick.seq)], doseq=True)}"
        return self._state_text(moment, b'"href":%s,' % orjson.dumps(address))


_LISTS = ("added", "changed", "removed")
_LISTS_BYTES = 256
"""The names of the six lists, the numbers of the parts, and the brackets around them."""
_PLACES = 6


def _lists(movement: Movement, before: Moment, after: Moment, kind: str) -> list[list[bytes]]:
    """Write added, changed and removed of the nodes or edges."""
    removed = movement.removed
    if kind == "nodes":
        keys = before.tick.columns.nodes.keys[removed].tolist()
        return [after.nodes(movement.added), after.nodes(movement.changed), [orjson.dumps(key) for key in keys]]
    gone = edge_keys(ends(before.tick.columns, removed)) if len(removed) else []
    return [after.edges(movement.added), after.edges(movement.changed), [orjson.dumps(key) for key in gone]]


def _cut(lists: Sequence[list[bytes]], room: int) -> Iterator[list[list[bytes]]]:
    """Share elements out over parts of at most ``room`` bytes; what is larger alone stands alone. At least one part."""
    part: list[list[bytes]] = [[] for _ in range(_PLACES)]
    used = 0
    for place, lines in enumerate(lists):
        for line in lines:
            if used and used + len(line) + 1 > room:
                yield part
                part, used = [[] for _ in range(_PLACES)], 0
            part[place].append(line)
            used += len(line) + 1
    yield part


def _joined(part: Sequence[Sequence[bytes]]) -> bytes:
    names = [f'"{name}":['.encode() for name in _LISTS]
    sides = [
        b",".join(name + b",".join(lines) + b"]" for name, lines in zip(names, part[start : start + 3], strict=True))
        for start in (0, 3)
    ]
    return b'"nodes":{%s},"relationships":{%s}' % (sides[0], sides[1])


def _forget(kept: dict[Any, Any]) -> None:
    while len(kept) >= _KEPT:
        del kept[next(iter(kept))]
