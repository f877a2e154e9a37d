"""Claims held over time: one request does what several with one Idempotency-Key ask for; the others wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, sleep

import structlog

from snapgraph.adapters.store import idempotency
from snapgraph.adapters.store.connection import Store
from snapgraph.adapters.store.idempotency import Claim, ClaimState
from snapgraph.errors import BusyError, SnapgraphError

__all__ = ["claim", "held_during"]

WAIT_SECONDS = 25.0
"""How long a request waits for another one with its key; a request has to end in 30 s."""
TAKE_OVER_SECONDS = 8.0
"""A request that waited longer than this has too little left of its 30 s to read the graph itself."""
POLL_SECONDS = 0.1
RENEW_SECONDS = 1.5
"""A claim is free to take over 5 s after its last renewal: this leaves room for two that fail."""

_log = structlog.get_logger(__name__)


def claim(store: Store, key: str, fingerprint: str) -> Claim:
    """Claim a key, or wait until whoever has it is done; the claim is ours unless it names a snapshot.

    Args:
        store: Where the keys are.
        key: The client's Idempotency-Key.
        fingerprint: Hash of what is asked for.

    Raises:
        ConflictError: The key stands for another request.
        BusyError: Whoever has it has been at it for 25 s, or failed too late for us to do it in our time.
    """
    begun = monotonic()
    while True:
        with store.begin() as tx:
            held = idempotency.claim(tx, key, fingerprint)
        waited = monotonic() - begun
        if held.state is ClaimState.OWNED and waited > TAKE_OVER_SECONDS:
            _release(store, held)
            raise BusyError(
                "Another request with this Idempotency-Key failed: ask again with the same key.", retry_after_seconds=1
            )
        if held.state is not ClaimState.BUSY:
            return held
        if waited > WAIT_SECONDS:
            raise BusyError(
                "Another request with this Idempotency-Key is still at work: ask again with the same key.",
                retry_after_seconds=idempotency.FREE_AFTER_SECONDS,
            )
        sleep(POLL_SECONDS)


@contextmanager
def held_during(store: Store, held: Claim) -> Iterator[None]:
    """Keep a claim while the block takes its time; give it back when it fails, so that nobody need wait for it."""
    try:
        with _renewed(store, held):
            yield
    except Exception:
        _release(store, held)
        raise


def _release(store: Store, held: Claim) -> None:
    """Give a key back; one that cannot be is free by itself after 5 s."""
    try:
        with store.begin() as tx:
            idempotency.release(tx, held)
    except SnapgraphError as error:  # the failure before it is what the client has to hear
        _log.warning("idempotency_key_not_released", code=error.code)


@contextmanager
def _renewed(store: Store, held: Claim) -> Iterator[None]:
    """Renew the claim in a thread, for as long as the block takes."""
    done = Event()

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            try:
                with store.begin() as tx:
                    idempotency.renew(tx, held)
            except BusyError:
                return  # taken over: completing will say so, and roll the capture back
            except SnapgraphError as error:
                _log.warning("idempotency_key_not_renewed", code=error.code)

    thread = Thread(target=renew, name="idempotency-renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
