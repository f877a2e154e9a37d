"""Which indexes tables lost and gained, and whether sequential scans rose with it.

``observe`` keeps the definitions of a table's indexes in the node property ``indexes`` (a list of texts) and the rate
of its sequential scans in ``sequential_scans_per_sec``. Other writers may keep names instead of definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from snapgraph.engine.diff.changes import changes
from snapgraph.engine.diff.differences import DiffColumns
from snapgraph.model.keys import split_node_key
from snapgraph.model.vocabulary import ElementKind

__all__ = ["INDEXES", "IndexChange", "index_changes"]

INDEXES = "indexes"
"""The property of a table that lists the definitions of its indexes."""

_SCANS = "sequential_scans_per_sec"
_DEFINITION = re.compile(r'CREATE (?:UNIQUE )?INDEX (?:"(?P<quoted>(?:[^"]|"")+)"|(?P<plain>[^\s"]+)) ON ')


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChange:
    """What happened to the indexes of one table.

    Attributes:
        table: Its name.
        lost: Names, sorted.
        gained: Names, sorted.
        scans_rose: More sequential scans per second after than before.
    """

    table: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    scans_rose: bool


def index_changes(diff: DiffColumns) -> list[IndexChange]:
    """Find the tables whose indexes changed; those that lost one beside rising sequential scans come first."""
    found = list(_index_changes(diff))
    return sorted(found, key=lambda change: (not (change.lost and change.scans_rose), not change.lost, change.table))


def _index_changes(diff: DiffColumns) -> Iterator[IndexChange]:
    scans = diff.positions(ElementKind.NODE, _SCANS)
    rising = set(diff.before_rows[scans[diff.deltas[scans] > 0]].tolist())
    positions = diff.positions(ElementKind.NODE, INDEXES)
    for position, change in zip(positions.tolist(), changes(diff, positions, {}), strict=True):
        was, is_ = _names(change.before), _names(change.after)
        if was != is_:
            yield IndexChange(
                table=split_node_key(change.element.key)[0],
                lost=tuple(sorted(was - is_)),
                gained=tuple(sorted(is_ - was)),
                scans_rose=int(diff.before_rows[position]) in rising,
            )


def _names(value: Any) -> set[str]:
    """Read the names out of a list of definitions or names."""
    texts: Iterable[Any] = value if isinstance(value, list) else ()
    return {_name(text) for text in texts if isinstance(text, str)}


def _name(definition: str) -> str:
    """Read the name of an index out of its definition; a text that is none is the name.

    >>> _name("CREATE UNIQUE INDEX users_pkey ON public.users USING btree (id)")
    'users_pkey'
    """
    found = _DEFINITION.match(definition)
    if found is None:
        return definition
    return found["plain"] or found["quoted"].replace('""', '"')
