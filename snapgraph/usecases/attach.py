"""Attach to a database under observation and to the live graph that it is written into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from snapgraph.adapters.livegraph import LiveGraphConnection, open_live_graph
from snapgraph.adapters.observed import ObservedPostgres, open_observed

__all__ = ["Attachment", "attach", "check_observed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Both ends of an observation.

    Attributes:
        observed: The database under observation.
        writer: The live graph.
    """

    observed: ObservedPostgres
    writer: LiveGraphConnection


@contextmanager
def attach(observed_url: str, *, uri: str, username: str, password: str, database: str) -> Iterator[Attachment]:
    """Open both ends, and close them at last; neither is asked anything yet.

    Args:
        observed_url: ``postgresql://…``; the role needs pg_read_all_stats.
        uri: Address of the live graph.
        username: Who may write there.
        password: Its password.
        database: Database of the live graph.

    Raises:
        ConfigurationError: An address cannot be read.
    """
    with (
        open_observed(observed_url) as observed,
        open_live_graph(uri, username=username, password=password, database=database) as writer,
    ):
        yield Attachment(observed=observed, writer=writer)


def check_observed(observed_url: str) -> None:
    """Ask whether a database can be observed.

    Raises:
        ConfigurationError: It lacks something; the message says what mends it.
        ObservedUnavailableError: It does not answer.
    """
    with open_observed(observed_url) as observed:
        observed.check()
