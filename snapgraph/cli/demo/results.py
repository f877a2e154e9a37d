"""What the demo leaves behind: both snapshots, the comparison, the exports and a summary, as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from snapgraph.client import Client
from snapgraph.engine.formats.comparisons import change_to_json, comparison_to_json
from snapgraph.engine.formats.headers import summary_to_json
from snapgraph.engine.formats.records import record_to_json
from snapgraph.model.changes import Change, Comparison

__all__ = ["WORST_COUNT", "worst_of", "write_results"]

WORST_COUNT = 3


def worst_of(comparison: Comparison) -> Sequence[Change]:
    """Give the changes for the worse that a person should look at first."""
    return comparison.summary.regressions[:WORST_COUNT]


def write_results(client: Client, comparison: Comparison, folder: Path) -> list[Path]:
    """Write everything into a folder, made when missing; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    before, after = comparison.before, comparison.after
    client.export_to(folder / "before.json", before.id)
    client.export_to(folder / "after.json", after.id)
    client.export_to(folder / "after.cypher", after.id, format="cypher")
    client.export_to(folder / "nodes.csv", after.id, format="csv", part="nodes")
    client.export_to(folder / "relationships.csv", after.id, format="csv", part="relationships")
    _write(folder / "diff.json", comparison_to_json(comparison))
    _write(
        folder / "summary.json",
        {
            "before_id": before.id,
            "after_id": after.id,
            "counts": record_to_json(comparison.totals),
            "summaries": {"before": summary_to_json(before.summary), "after": summary_to_json(after.summary)},
            "worst_changes": [change_to_json(change) for change in worst_of(comparison)],
        },
    )
    return sorted(folder.iterdir())


def _write(path: Path, document: object) -> None:
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
