"""What is answered to a client: subscriptions are made, changed and ended; nothing that it says closes its socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from snapgraph.errors import InvalidInputError, NotFoundError, Problem, SnapgraphError, TooManyMessagesError
from snapgraph.live import protocol
from snapgraph.live.clients import Client, Subscription
from snapgraph.live.followed import Followed
from snapgraph.live.protocol import (
    MAX_SUBSCRIPTIONS,
    MESSAGES_A_MINUTE,
    ClientMessage,
    Message,
    PingMessage,
    ResyncMessage,
    SubscribeMessage,
    UnsubscribeMessage,
)
from snapgraph.model.live_graphs import LiveGraph

__all__ = ["DEFAULT_GRAPH", "Conversation"]

DEFAULT_GRAPH = "default"
_TOKENS_A_SECOND = MESSAGES_A_MINUTE / 60.0


class Conversation:
    """Answers clients.

    Args:
        graphs: The live graphs that can be followed.
        followed: Those of them that are followed.
        follow: Begins to follow one.
    """

    def __init__(
        self, graphs: Mapping[str, LiveGraph], followed: Mapping[str, Followed], follow: Callable[[str], Followed]
    ) -> None:
        self._graphs = graphs
        self._followed = followed
        self._follow = follow

    def answer(self, client: Client, raw: bytes, now: float) -> Iterable[Message]:
        """Do what a message asks for.

        Args:
            client: Who sent it.
            raw: As it came.
            now: By the monotonic clock.
        """
        if not self._is_allowed(client, now):
            return ()
        if client.tokens < 0:
            return (protocol.error(TooManyMessagesError()),)
        id_ = None
        try:
            message = protocol.read_message(raw)
            id_ = getattr(message, "id", None)
            return self._done(client, message, now)
        except SnapgraphError as error:
            return (protocol.error(error, id_),)

    def _done(self, client: Client, message: ClientMessage, now: float) -> Iterable[Message]:
        match message:
            case SubscribeMessage():
                return self.subscribe(client, message, now)
            case UnsubscribeMessage():
                self._end(client, self._subscription(client, message.id))
                return (protocol.unsubscribed(message.id),)
            case ResyncMessage():
                subscription = self._subscription(client, message.id)
                subscription.cursor, subscription.reason = None, "asked for"
                return ()
            case PingMessage():
                return (protocol.pong(),)

    def subscribe(self, client: Client, message: SubscribeMessage, now: float) -> Iterable[Message]:
        """Make a subscription, or replace the one of that id.

        Args:
            client: Whose.
            message: What it asks for.
            now: By the monotonic clock.

        Raises:
            NotFoundError: There is no such live graph.
            InvalidInputError: The client has too many.
        """
        name = self.named(message.graph)
        before = client.subscriptions.get(message.id)
        if before is None and len(client.subscriptions) >= MAX_SUBSCRIPTIONS:
            detail = f"a socket has at most {MAX_SUBSCRIPTIONS} subscriptions: end one, or open another socket"
            raise InvalidInputError(detail, problems=(Problem(pointer="/id", detail=detail),))
        followed = self._follow(name)
        topic = followed.topic(message.filter(name))
        if before is not None:
            self._end(client, before)
        client.subscriptions[message.id] = Subscription(message.id, topic, message.since)
        followed.clients.add(client)
        beat = protocol.heartbeat(datetime.now(UTC), [followed.reading(now)])
        return (protocol.subscribed(message.id, topic.filter), beat)

    def leave(self, client: Client) -> None:
        """End all subscriptions of a client that is gone."""
        for subscription in list(client.subscriptions.values()):
            self._end(client, subscription)

    def _end(self, client: Client, subscription: Subscription) -> None:
        graph = subscription.topic.filter.graph
        followed = self._followed[graph]
        followed.leave(subscription.topic)
        del client.subscriptions[subscription.id]
        if all(each.topic.filter.graph != graph for each in client.subscriptions.values()):
            followed.clients.discard(client)

    def named(self, name: str | None) -> str:
        """Give the live graph that is meant.

        Raises:
            NotFoundError: There is none by that name.
        """
        if name is None:
            name = next(iter(self._graphs)) if len(self._graphs) == 1 else DEFAULT_GRAPH
        if name not in self._graphs:
            detail = f"there is no live graph {name!r}"
            raise NotFoundError(
                detail, problems=(Problem(pointer="/graph", detail=detail, allowed=tuple(self._graphs)),)
            )
        return name

    @staticmethod
    def _subscription(client: Client, id_: str) -> Subscription:
        if id_ not in client.subscriptions:
            detail = f"there is no subscription {id_!r} on this socket"
            raise NotFoundError(
                detail, problems=(Problem(pointer="/id", detail=detail, allowed=tuple(client.subscriptions)),)
            )
        return client.subscriptions[id_]

    @staticmethod
    def _is_allowed(client: Client, now: float) -> bool:
        """Count a message against the limit.

        Returns:
            Whether it is answered at all: beyond the limit one message a second is, with the refusal.
        """
        earned = (now - client.tokens_at) * _TOKENS_A_SECOND
        client.tokens = min(MESSAGES_A_MINUTE, client.tokens + earned) - 1.0
        client.tokens_at = now
        if client.tokens >= 0:
            return True
        client.tokens = max(client.tokens, -1.0)
        is_first = now - client.refused_at >= 1.0
        if is_first:
            client.refused_at = now
        return is_first
