"""Two graphs in, the changes between them out: numpy columns all the way, networkx where shape matters.

========================  ==========================================================================================
:mod:`comparing`          the way through: align, compare each field, join, grade
:mod:`aligning`           which rows are the same element
:mod:`fields`             where a property differs
:mod:`absences`           removed, not observed, not captured
:mod:`joining`            one table of changes, in canonical order
:mod:`grading`            for better or worse, and how much
:mod:`noise`              real, within noise, too little data
:mod:`ranking, paging`    what somebody asked for, page by page
:mod:`changes`            objects, of what is read
:mod:`structure`          components and cycles
:mod:`summaries`          counts, top changes, bottlenecks; :mod:`sentences` in words
:mod:`graphs, networks`   networkx in and out
:mod:`magnitude`          how different, in one number
========================  ==========================================================================================
"""

from snapgraph.engine.diff.absences import Coverage, coverage_of
from snapgraph.engine.diff.changes import changes
from snapgraph.engine.diff.comparing import compare_columns
from snapgraph.engine.diff.crossings import crossing_parts
from snapgraph.engine.diff.differences import DiffColumns
from snapgraph.engine.diff.graphs import diff_graphs
from snapgraph.engine.diff.hashing import content_hash
from snapgraph.engine.diff.magnitude import change_magnitude
from snapgraph.engine.diff.networks import from_networkx, to_networkx
from snapgraph.engine.diff.noise import (
    MIN_STEPS,
    WINDOW_SNAPSHOTS,
    History,
    Question,
    captured_numbers,
    ids_of,
    judge,
    questions,
)
from snapgraph.engine.diff.paging import page
from snapgraph.engine.diff.reports import PageRequest, report
from snapgraph.engine.diff.sentences import Facts, sentence
from snapgraph.engine.diff.structure import structure_change
from snapgraph.engine.diff.summaries import bottleneck_progress, count_changes, regressions_at_least, top_changes
from snapgraph.engine.diff.terms import Terms

__all__ = [
    "MIN_STEPS",
    "WINDOW_SNAPSHOTS",
    "Coverage",
    "DiffColumns",
    "Facts",
    "History",
    "PageRequest",
    "Question",
    "Terms",
    "bottleneck_progress",
    "captured_numbers",
    "change_magnitude",
    "changes",
    "compare_columns",
    "content_hash",
    "count_changes",
    "coverage_of",
    "crossing_parts",
    "diff_graphs",
    "from_networkx",
    "ids_of",
    "judge",
    "page",
    "questions",
    "regressions_at_least",
    "report",
    "sentence",
    "structure_change",
    "to_networkx",
    "top_changes",
]
