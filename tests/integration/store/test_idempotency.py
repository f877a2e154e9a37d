"""Idempotency keys: one request does the work, the others learn what came of it."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from snapgraph.adapters.store import idempotency, snapshots
from snapgraph.adapters.store.idempotency import ClaimState
from snapgraph.errors import BusyError, ConflictError, InvalidInputError
from tests.integration.store.graphs import graph


def claim(store, key="k", fingerprint="body"):
    with store.begin() as tx:
        return idempotency.claim(tx, key, fingerprint)


def age(store, seconds):
    with store.begin() as tx:
        tx.execute(sa.text(f"UPDATE idempotency SET renewed_at = renewed_at - interval '{seconds} seconds'"))


def test_the_first_request_owns_the_key_and_the_next_one_waits(store):
    assert claim(store).state is ClaimState.OWNED
    assert claim(store).state is ClaimState.BUSY


def test_a_completed_key_gives_the_snapshot_as_long_as_it_is_kept(store, draft):
    held = claim(store)
    with store.begin() as tx:
        made = snapshots.insert(tx, draft(), graph({}))
        idempotency.complete(tx, held, made.id)
    age(store, 10**5)
    again = claim(store)
    assert (again.state, again.snapshot_id) == (ClaimState.COMPLETED, made.id)


def test_a_rolled_back_capture_leaves_the_key_open(store, draft):
    held = claim(store)

    def fail():
        with store.begin() as tx:
            idempotency.complete(tx, held, snapshots.insert(tx, draft(), graph({})).id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert claim(store).state is ClaimState.BUSY
    with store.begin() as tx:
        idempotency.release(tx, held)
    assert claim(store).state is ClaimState.OWNED


@pytest.mark.parametrize("completed", [False, True])
def test_the_same_key_for_another_body_is_a_conflict(store, completed):
    held = claim(store)
    if completed:
        with store.begin() as tx:
            idempotency.complete(tx, held, "snap_x")
    with pytest.raises(ConflictError) as caught:
        claim(store, fingerprint="another body")
    assert caught.value.problems[0].pointer == "Idempotency-Key"


def test_a_silent_owner_is_taken_over_after_five_seconds_and_learns_it(store):
    first = claim(store)
    age(store, idempotency.FREE_AFTER_SECONDS - 1)
    assert claim(store).state is ClaimState.BUSY
    age(store, 1)
    second = claim(store)
    assert second.state is ClaimState.OWNED
    for act in (idempotency.renew, lambda tx, held: idempotency.complete(tx, held, "snap_late")):
        with pytest.raises(BusyError, match="taken over"), store.begin() as tx:
            act(tx, first)
    with store.begin() as tx:
        idempotency.release(tx, first)
        idempotency.complete(tx, second, "snap_second")
    assert claim(store).snapshot_id == "snap_second"


def test_a_renewed_claim_is_kept(store):
    held = claim(store)
    age(store, 60)
    with store.begin() as tx:
        idempotency.renew(tx, held)
    assert claim(store).state is ClaimState.BUSY


def test_of_many_at_once_one_owns_the_key(store):
    states = []
    threads = [threading.Thread(target=lambda: states.append(claim(store).state)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == [ClaimState.BUSY] * 49 + [ClaimState.OWNED]


def test_a_claim_waits_for_a_completion_that_is_under_way_and_sees_it(store):
    held = claim(store)
    age(store, 60)
    answer = []
    with store.begin() as tx:
        idempotency.complete(tx, held, "snap_done")
        waiter = threading.Thread(target=lambda: answer.append(claim(store)))
        waiter.start()
        waiter.join(0.3)
        assert answer == []
    waiter.join()
    assert replace(answer[0], token=held.token) == replace(held, state=ClaimState.COMPLETED, snapshot_id="snap_done")


@pytest.mark.parametrize("key", ["", "x" * 256, "nul\0", "\ud800"])
def test_a_key_that_cannot_be_stored_is_refused(store, key):
    with pytest.raises(InvalidInputError) as caught:
        claim(store, key)
    assert caught.value.problems[0].pointer == "Idempotency-Key"
