"""Reading the outbox: each row once, in whichever order transactions commit; a reader by number alone misses some."""

import random
import threading
import time

import psycopg
import pytest

from snapgraph.adapters.store import ledgers, outbox
from snapgraph.adapters.store.hints import Hints

WRITE = "INSERT INTO outbox (kind, payload) VALUES ('snapshot_captured', jsonb_build_object('snapshot_id', %s::text))"


class Reader:
    """What a reader by the mark has read, and beside it one that follows ``id > last``."""

    def __init__(self, store):
        self.store = store
        with store.read() as tx:
            self.mark = outbox.mark(tx)
        self.read, self.naive, self.last = [], [], 0

    def look(self):
        """Read what is new."""
        with self.store.read() as tx:
            found, self.mark = outbox.after(tx, self.mark)
            rows = tx.fetch("SELECT id, payload ->> 'snapshot_id' FROM outbox WHERE id > %s ORDER BY id", (self.last,))
        self.read += [each.subject_id for each in found]
        for self.last, name in rows:
            self.naive.append(name)
        return found


def announce(store, name):
    with store.begin() as tx:
        ledgers.announce(tx, "snapshot_captured", {"snapshot_id": name, "graph": "default"})


@pytest.fixture
def slow(store_url):
    """A connection for a transaction that takes its time."""
    with psycopg.connect(store_url) as connection:
        yield connection


def test_what_was_there_before_is_not_told_and_what_comes_is_told_once(store):
    announce(store, "before")
    reader = Reader(store)
    announce(store, "a")
    announce(store, "b")
    assert [each.subject_id for each in reader.look()] == ["a", "b"]
    assert reader.look() == []


def test_a_slow_transaction_hides_nothing_of_others_and_is_told_when_it_commits(store, slow):
    reader = Reader(store)
    slow.execute(WRITE, ("slow",))
    announce(store, "fast")
    reader.look()
    assert reader.read == ["fast"], "nobody waits for a transaction of somebody else"
    announce(store, "later")
    reader.look()
    slow.commit()
    reader.look()
    assert reader.read == ["fast", "later", "slow"]
    assert "slow" not in reader.naive, "the control: whoever follows id > last never sees it"


def test_a_transaction_that_was_open_at_the_beginning_is_told_and_one_that_is_rolled_back_is_not(store, slow):
    slow.execute(WRITE, ("open",))
    announce(store, "before")
    reader = Reader(store)
    slow.commit()
    slow.execute(WRITE, ("never",))
    slow.rollback()
    reader.look()
    assert reader.read == ["open"]


def test_more_than_fits_is_read_in_pieces(store, slow, monkeypatch):
    monkeypatch.setattr(outbox, "MOST", 3)
    reader = Reader(store)
    slow.execute(WRITE, ("slow",))
    for number in range(8):
        announce(store, str(number))
    assert [len(reader.look()) for _ in range(4)] == [3, 3, 2, 0]
    slow.commit()
    reader.look()
    assert reader.read == [*map(str, range(8)), "slow"]
    reader.look()
    assert len(reader.mark.seen) <= 1, "what is below the mark is forgotten"


def test_under_concurrent_commits_nothing_is_missed_or_told_twice(store, store_url, rounds):
    reader = Reader(store)
    count, writers = rounds(40, 400), 6

    def write(number):
        chance = random.Random(number)
        with psycopg.connect(store_url) as connection:
            for step in range(count):
                connection.execute(WRITE, (f"{number}-{step}",))
                time.sleep(chance.choice((0, 0, 0, 0.02)))
                connection.commit()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        reader.look()
    reader.look()
    every = sorted(f"{number}-{step}" for number in range(writers) for step in range(count))
    assert sorted(reader.read) == every
    assert len(set(reader.naive)) < len(every), "the control misses some"


def test_a_commit_is_hinted_at_and_without_a_hint_the_wait_takes_its_time(store):
    with Hints(store, outbox.CHANNEL) as hints:
        assert not hints.wait(0.05)
        announce(store, "a")
        assert hints.wait(10)
        announce(store, "b")
        assert not hints.wait(0.2, of="x"), "a hint at something else"
