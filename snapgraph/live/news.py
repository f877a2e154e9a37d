"""The thread that hears what happens to snapshots and sessions: one a process, and only while somebody is connected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import Lock, Thread

import structlog

from snapgraph.errors import SnapgraphError
from snapgraph.live.feed import News
from snapgraph.model.events import Event

__all__ = ["Listener"]

IDLE_SECONDS = 30.0
"""It is listened on for so long after the last reader, who may be back in a second."""
_RETRY_SECONDS = 1.0

_LOG = structlog.get_logger(__name__)


class Listener:
    """Listens while there are readers.

    Args:
        news: What there is to hear.
        put: Takes each event; called in the listener's thread.
    """

    def __init__(self, news: News, put: Callable[[Event], None]) -> None:
        self._news = news
        self._put = put
        self._lock = Lock()
        self._stop: Flag | None = None
        self._idle_since: float | None = None

    def start(self) -> None:
        """Listen from now on; what is committed after this returns will be heard.

        Called for each reader before it is greeted, in the thread of its handshake: the first one waits for an answer
        of the store, and nobody when that is away (then the listener goes on asking by itself).
        """
        with self._lock:
            self._idle_since = None
            if self._stop is None:
                self._stop = Flag()
                begun = self._begun(self._stop)
                Thread(target=self._listen, args=(self._stop, begun), name="live-news", daemon=True).start()

    def rest(self, now: float, *, is_needed: bool) -> None:
        """Stop listening when nobody has been there for a while; called now and then.

        Args:
            now: By the monotonic clock.
            is_needed: Whether there are readers.
        """
        if is_needed:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since >= IDLE_SECONDS:
            self.stop()

    def stop(self) -> None:
        """Have the thread end within a second, unless a reader comes just now."""
        if self._lock.acquire(blocking=False):  # the hub's thread never waits for one that waits for the store
            try:
                if self._stop is not None:
                    self._stop.set()
                    self._stop = None
            finally:
                self._lock.release()

    def _begun(self, stop: Flag) -> Iterator[Event] | None:
        try:
            return self._news.follow(stop=stop)
        except SnapgraphError as error:
            _LOG.warning("live_news_not_heard", code=error.code)
            return None

    def _listen(self, stop: Flag, events: Iterator[Event] | None) -> None:
        while not stop.is_set():
            try:
                for event in events or ():
                    self._put(event)
            except Exception as error:  # noqa: BLE001  (a mistake of ours must not end the news for good and silently)
                _LOG.error("live_news_failed", exc_info=error)
            stop.wait(_RETRY_SECONDS)
            if not stop.is_set():
                events = self._begun(stop)
