"""The short way of nearly all clients: one subscription, up to date so far, and a delta of one frame."""

from __future__ import annotations

from snapgraph.live.clients import Client
from snapgraph.live.ring import Ring
from snapgraph.live.topics import Topic

__all__ = ["UsualFrames"]


class UsualFrames:
    """What one tick brings to those who have the tick before; each frame is written once for all of its topic.

    Args:
        ring: Of the live graph; its newest is the tick.
        before: ``seq`` of the tick before; ``None``: there was none.
    """

    __slots__ = ("_before", "_frames", "_newest", "_ring")

    def __init__(self, ring: Ring, before: int | None) -> None:
        self._ring = ring
        self._before = before
        self._newest = None if ring.newest is None else ring.newest.tick.seq
        self._frames: dict[str, bytes | None] = {}

    def __call__(self, client: Client) -> bytes | None:
        """Give what to send to a client to whom nothing is under way, after moving its cursor.

        Returns:
            ``None`` when the long way is to be taken.
        """
        subscriptions = client.subscriptions
        if self._before is None or len(subscriptions) != 1 or client.is_stream or client.closing_at is not None:
            return None
        for subscription in subscriptions.values():
            if subscription.cursor != self._before or subscription.reason:
                return None
            topic = subscription.topic
            try:
                frame = self._frames[topic.name]
            except KeyError:
                frame = self._frames[topic.name] = self._written(topic)
            if frame is not None:
                subscription.cursor = self._newest
            return frame
        return None

    def _written(self, topic: Topic) -> bytes | None:
        before, head = None if self._before is None else self._ring.at(self._before), self._ring.newest
        if before is None or head is None or before is head:
            return None
        messages = topic.deltas(before, head)
        return messages[0].frame if len(messages) == 1 else None
