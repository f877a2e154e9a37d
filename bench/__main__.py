"""``python -m bench [NAME …]``: run the benchmarks and print ratios against a floor or a peer of the same run.

Every module beside this one that has ``run()`` is a benchmark; ``NAME`` is the module's name. The rows go to the screen
as a table and to ``bench/latest.jsonl`` as JSON lines. Exit code 1 when a goal was missed.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

HERE = Path(__file__).parent
OUTPUT = HERE / "latest.jsonl"


def benchmarks() -> list[str]:
    """Names of the modules that can be run."""
    names = sorted(module.name for module in iter_modules([str(HERE)]) if not module.name.startswith("_"))
    return [name for name in names if hasattr(import_module(f"bench.{name}"), "run")]


def table(rows: list[dict[str, object]]) -> str:
    """Lay the rows out as Markdown, as docs/reference/benchmarks.md keeps them."""
    lines = ["| name | figure | reference | ratio | goal | met | runs | spread |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        goal = "" if row["goal"] is None else f"≤ {row['goal']:.4g}"
        met = {True: "yes", False: "**no**", None: ""}[row["met"]]
        unit = row.get("unit", "s")
        lines.append(
            f"| {row['name']} | {row['figure']:.4g} {unit} | {row['reference']:.4g} | {row['ratio']:.4g} | {goal} "
            f"| {met} | {row['runs']} | {row['spread']:.0%} |"
        )
    return "\n".join(lines)


def main(wanted: list[str]) -> int:
    """Run what is wanted, or all."""
    known = benchmarks()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    rows: list[dict[str, object]] = []
    for name in wanted or known:
        start = time.perf_counter()
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += import_module(f"bench.{name}").run()
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    OUTPUT.write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(table(rows))
    return 1 if any(row["met"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
