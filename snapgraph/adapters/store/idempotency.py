"""Idempotency keys: one claim per key, renewed while the work goes on, completed in its transaction.

A claim is taken in a short transaction of its own before the live graph is read, so that fifty equal requests read it
once. It is free to take over five seconds after its last renewal, by the database's clock: its owner has died, or has
lost the database. Whoever was taken over finds out in :func:`complete`, and its capture is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from snapgraph.adapters.store.connection import Transaction
from snapgraph.adapters.store.tables import idempotency as table
from snapgraph.adapters.store.texts import storable
from snapgraph.errors import BusyError, ConflictError, InvalidInputError, Problem

__all__ = ["FREE_AFTER_SECONDS", "Claim", "ClaimState", "claim", "complete", "release", "renew"]

FREE_AFTER_SECONDS = 5
_LONGEST_KEY = 255
_POINTER = "Idempotency-Key"
_CLOCK = sa.func.clock_timestamp()


class ClaimState(StrEnum):
    """What a request may do."""

    OWNED = "owned"
    """Do the work, renew, complete."""
    BUSY = "busy"
    """Another request does it: wait, ask again."""
    COMPLETED = "completed"
    """It is done: answer with its snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer to a claim.

    Attributes:
        key: As the client sent it.
        token: Names this claim; another request's claim has another one.
        state: What to do.
        snapshot_id: Of the snapshot, when it is completed.
    """

    key: str
    token: UUID
    state: ClaimState
    snapshot_id: str | None = None


def claim(tx: Transaction, key: str, fingerprint: str) -> Claim:
    """Claim a key, or learn who has it.

    Args:
        tx: A short transaction of its own.
        key: From the client.
        fingerprint: Hash of the request; the same key stands for the same request for a week (see ``ledgers``).

    Raises:
        ConflictError: The key was used for another request.
        InvalidInputError: It is empty, too long, or holds what no text may.
    """
    _check(key)
    token = uuid4()
    attempt = insert(table).values(key=key, fingerprint=fingerprint, claim=token, renewed_at=_CLOCK)
    free = table.c.renewed_at < _CLOCK - sa.func.make_interval(0, 0, 0, 0, 0, 0, FREE_AFTER_SECONDS)
    attempt_or_take_over = attempt.on_conflict_do_update(
        index_elements=["key"],
        set_={"claim": attempt.excluded.claim, "renewed_at": attempt.excluded.renewed_at},
        where=sa.and_(table.c.completed_at.is_(None), table.c.fingerprint == fingerprint, free),
    ).returning(table.c.claim)
    if tx.execute(attempt_or_take_over).one_or_none() is not None:
        return Claim(key=key, token=token, state=ClaimState.OWNED)
    row = tx.execute(sa.select(table).where(table.c.key == key)).one_or_none()
    if row is None:  # released in between: whoever asks again will get it
        return Claim(key=key, token=token, state=ClaimState.BUSY)
    if row.fingerprint != fingerprint:
        detail = "This Idempotency-Key was used for another request: take a new key."
        raise ConflictError(detail, problems=(Problem(pointer=_POINTER, detail=detail),))
    state = ClaimState.BUSY if row.completed_at is None else ClaimState.COMPLETED
    return Claim(key=key, token=token, state=state, snapshot_id=row.snapshot_id)


def renew(tx: Transaction, held: Claim) -> None:
    """Say that the work goes on; in a short transaction of its own, at least every two seconds.

    Raises:
        BusyError: Another request has taken over.
    """
    _update(tx, held, {"renewed_at": _CLOCK})


def complete(tx: Transaction, held: Claim, snapshot_id: str) -> None:
    """Note the result, as the last statement of the capture's transaction.

    Raises:
        BusyError: Another request has taken over: its result stands, this one is rolled back.
    """
    _update(tx, held, {"renewed_at": _CLOCK, "completed_at": _CLOCK, "snapshot_id": snapshot_id})


def release(tx: Transaction, held: Claim) -> None:
    """Give a claim back when the work has failed, so that the next request need not wait."""
    tx.execute(sa.delete(table).where(*_mine(held)))


def _update(tx: Transaction, held: Claim, values: dict[str, object]) -> None:
    if tx.execute(sa.update(table).where(*_mine(held)).values(values)).rowcount != 1:
        raise BusyError("Another request with this Idempotency-Key has taken over: try again.", retry_after_seconds=1)


def _mine(held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.key == held.key, table.c.claim == held.token, table.c.completed_at.is_(None))


def _check(key: str) -> None:
    storable(key, pointer=_POINTER)
    if not 0 < len(key) <= _LONGEST_KEY:
        detail = f"An Idempotency-Key has 1 to {_LONGEST_KEY} characters."
        raise InvalidInputError(detail, problems=(Problem(pointer=_POINTER, detail=detail),))
