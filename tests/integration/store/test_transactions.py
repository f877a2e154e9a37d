"""Transactions: a reading one sees one state and writes nothing, and leaves nothing of that to the next one."""

import pytest
import sqlalchemy as sa

from snapgraph.adapters.store import open_store
from snapgraph.engine import columns
from snapgraph.errors import SnapgraphError

COUNT = "SELECT count(*) FROM audit"
WRITE = "INSERT INTO audit (actor, action, subject, details) VALUES ('a', 'b', 'c', '{}')"


@pytest.fixture
def one_connection(store_url):
    """A store whose transactions share one connection, one after the other."""
    narrow = open_store(store_url, codec=columns, pool_size=1)
    yield narrow
    narrow.close()


def counted(tx):
    return tx.fetch(COUNT)[0][0]


@pytest.mark.parametrize("reading", [True, False])
def test_a_reading_transaction_sees_one_state(store, one_connection, reading):
    with one_connection.read() if reading else one_connection.begin() as tx:
        before = counted(tx)
        with store.begin() as other:
            other.execute(sa.text(WRITE))
        assert counted(tx) == before + (0 if reading else 1), "the control: one that writes sees what is committed"


@pytest.mark.usefixtures("store")
def test_a_reading_transaction_writes_nothing_and_the_next_one_may(one_connection):
    with pytest.raises(SnapgraphError), one_connection.read() as tx:
        tx.execute(sa.text(WRITE))
    with one_connection.begin() as tx:
        tx.execute(sa.text(WRITE))
    with one_connection.read() as tx:
        assert counted(tx) == 1


def test_a_connection_that_died_in_the_pool_is_nobodys_error(store, one_connection):
    with one_connection.read() as tx:
        ((pid,),) = tx.fetch("SELECT pg_backend_pid()")
    with store.begin() as tx:
        tx.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with one_connection.read() as tx:
        assert tx.fetch("SELECT pg_backend_pid()") != [(pid,)]
