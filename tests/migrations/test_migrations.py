"""The migrations make exactly the tables of ``tables.py``, go up and down, and are found wherever they lie."""

import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bench.graphs import performance_graph
from snapgraph.adapters.embedded.accounts import packaged_programs
from snapgraph.adapters.store import clock, migrations, open_store, payloads, snapshots
from snapgraph.adapters.store.tables import metadata
from snapgraph.engine import columns
from snapgraph.engine.columns import content_hashes
from snapgraph.engine.summary import summarise
from snapgraph.errors import ConfigurationError, GoneError, StoreUnavailableError
from snapgraph.model.metrics import DEFAULT_METRICS, DEFAULT_THRESHOLDS
from snapgraph.model.snapshots import SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass, TriggerType

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(params=["postgres_url", "postgres_15_url"])
def empty_url(request):
    url = request.getfixturevalue(request.param)
    wipe(url)
    return url


def wipe(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def dump(url):
    """The schema as pg_dump 18 writes it, without what differs from run to run and Alembic's own table."""
    program = packaged_programs() / "pg_dump"
    text = subprocess.run(
        [program, "--schema-only", "--no-owner", "--exclude-table=alembic_version", url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.MULTILINE)


def create_all(url):
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=sa.NullPool)
    metadata.create_all(engine)


def test_the_migrations_make_what_the_tables_say_byte_by_byte(empty_url):
    migrations.upgrade(empty_url)
    migrated = dump(empty_url)
    wipe(empty_url)
    create_all(empty_url)
    assert migrated == dump(empty_url)
    assert "PARTITION BY RANGE (class_no, captured_at)" in migrated


def test_the_comparison_sees_a_changed_storage_and_a_dropped_check(empty_url):
    migrations.upgrade(empty_url)
    migrated = dump(empty_url)
    for change in (
        "ALTER TABLE chunk ALTER COLUMN body SET STORAGE EXTENDED",
        "ALTER TABLE snapshot DROP CONSTRAINT snapshot_severity_check",
    ):
        with psycopg.connect(empty_url, autocommit=True) as connection:
            connection.execute(change)
        changed = dump(empty_url)
        assert changed != migrated
        migrated = changed


def test_every_revision_goes_up_and_down_and_leaves_nothing(empty_url):
    before = dump(empty_url)
    for revision in migrations.status(empty_url).pending:
        schema = dump(empty_url)
        migrations.upgrade(empty_url, revision)
        migrations.downgrade(empty_url, "-1")
        assert dump(empty_url) == schema
        migrations.upgrade(empty_url, revision)
    assert migrations.status(empty_url).is_at_head
    migrations.downgrade(empty_url, "base")
    assert dump(empty_url) == before


def test_a_store_with_snapshots_goes_down_to_the_first_revision_and_up_again_with_them(empty_url):
    first, *_ = migrations.status(empty_url).pending
    migrations.upgrade(empty_url)
    store = open_store(empty_url, codec=columns)
    made = performance_graph(20, 60)
    with store.begin() as tx:
        draft = SnapshotDraft(
            captured_at=clock.now(tx),
            trigger=TriggerType.MANUAL,
            trigger_reason="manual",
            slug="manual",
            retention_class=RetentionClass.MANUAL,
            summary=summarise(made, metrics=DEFAULT_METRICS, thresholds=DEFAULT_THRESHOLDS),
        )
        kept, gone = snapshots.insert(tx, draft, made), snapshots.insert(tx, draft, made)
        snapshots.delete(tx, gone.id, actor="test")
    store.close()
    migrations.downgrade(empty_url, first)
    migrations.upgrade(empty_url)
    store = open_store(empty_url, codec=columns)
    with store.read() as tx:
        found = snapshots.get(tx, kept.id)
        assert content_hashes(payloads.read_graph(tx, found)) == content_hashes(made)
        assert tx.execute(sa.text("SELECT count(*) FROM audit")).scalar_one() == 1
        with pytest.raises(GoneError):
            snapshots.get(tx, gone.id)
    store.close()


def test_the_status_tells_what_is_pending(empty_url):
    assert migrations.status(empty_url).current is None
    assert migrations.status(empty_url).pending[-1] == migrations.head()
    migrations.upgrade(empty_url)
    migrations.upgrade(empty_url)
    status = migrations.status(empty_url)
    assert (status.current, status.pending, status.is_at_head) == (migrations.head(), (), True)


def test_a_database_that_is_newer_than_the_program_is_not_at_head(empty_url):
    migrations.upgrade(empty_url)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    status = migrations.status(empty_url)
    assert (status.current, status.pending, status.is_at_head) == ("9999", (), False)


def test_migrators_at_once_take_turns(empty_url):
    program = f"from snapgraph.adapters.store import migrations; migrations.upgrade({empty_url!r})"
    others = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(2)]
    threads = [threading.Thread(target=migrations.upgrade, args=(empty_url,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.communicate()[1] for other in others] == [b"", b""]
    assert migrations.status(empty_url).is_at_head


def test_the_migrations_are_found_in_a_package_and_in_a_checkout(tmp_path):
    assert migrations.locate() == CHECKOUT / "alembic"
    package = tmp_path / "site-packages" / "snapgraph" / "adapters" / "store"
    package.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="install"):
        migrations.locate(package)
    shutil.copytree(CHECKOUT / "alembic", package / "migrations")
    assert migrations.locate(package) == package / "migrations"


def test_a_database_that_is_away_is_said_so():
    with pytest.raises(StoreUnavailableError):
        migrations.status("postgresql://postgres@127.0.0.1:1/nothing")


def test_the_folder_alembic_is_no_package():
    assert not (CHECKOUT / "alembic" / "__init__.py").exists()  # it would shadow the library of that name
