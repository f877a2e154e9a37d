"""The schema of the store: which revision it has, and how it gets to the newest.

The revisions are the folder ``migrations`` beside this file in an installed package, and ``alembic`` in a checkout.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from snapgraph.adapters.store.connection import parsed_url
from snapgraph.adapters.store.failures import translated
from snapgraph.errors import ConfigurationError

__all__ = ["MigrationStatus", "downgrade", "head", "locate", "status", "upgrade"]

_HERE = Path(__file__).resolve().parent
_CONNECT = {"connect_timeout": 3}
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps its context in globals of a module; other processes wait for the advisory lock in env.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationStatus:
    """How far the schema is.

    Attributes:
        current: Revision of the database; ``None`` when it has no schema yet.
        head: Newest revision of this version of snapgraph.
        pending: Revisions between, in the order in which they would run.
    """

    current: str | None
    head: str
    pending: tuple[str, ...]

    @property
    def is_at_head(self) -> bool:
        """Say whether nothing is pending and the database is not newer than this program."""
        return self.current == self.head


def locate(package: Path = _HERE) -> Path:
    """Find the folder of the revisions: in the package, else in the checkout around it.

    Raises:
        ConfigurationError: It is in neither: the installation is broken.
    """
    for folder in (package / "migrations", package.parents[2] / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise ConfigurationError("The migrations are missing from this installation: install snapgraph again.")


def head() -> str:
    """Name the newest revision of this version of snapgraph."""
    newest = _scripts().get_current_head()
    if newest is None:
        raise ConfigurationError("This installation has no revision: install snapgraph again.")
    return newest


def status(url: str) -> MigrationStatus:
    """Compare the database with this version of snapgraph.

    Raises:
        StoreUnavailableError: It does not answer.
    """
    engine = sa.create_engine(parsed_url(url), poolclass=sa.NullPool, connect_args=_CONNECT)
    with translated(), engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    scripts = _scripts()
    known = {each.revision for each in scripts.walk_revisions()}
    pending: tuple[str, ...] = ()
    if current is None or current in known:
        pending = tuple(each.revision for each in reversed(list(scripts.iterate_revisions("head", current or "base"))))
    return MigrationStatus(current=current, head=head(), pending=pending)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision, by the role that owns the tables. Running it twice does no harm.

    Raises:
        StoreUnavailableError: The database does not answer.
        BusyError: A lock could not be had in four seconds: run it again.
    """
    with _ONE_AT_A_TIME, translated():
        command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision; ``base`` drops everything."""
    with _ONE_AT_A_TIME, translated():
        command.downgrade(_config(url), revision)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(locate()))


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(locate()).replace("%", "%%"))
    config.attributes["url"] = parsed_url(url)
    return config
