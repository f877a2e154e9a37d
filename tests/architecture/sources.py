"""What the architecture tests look at: the files of the project, as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "snapgraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of the package."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The dotted name: ``snapgraph.engine.diff``."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def place(self) -> str:
        """The path from the root, for messages."""
        return str(self.path.relative_to(ROOT))


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the package, parsed."""
    return tuple(
        Module(path=path, text=(text := path.read_text(encoding="utf-8")), tree=ast.parse(text, str(path)))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


@cache
def project_files() -> tuple[Path, ...]:
    """Return the files that belong to the project: tracked by git, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for line in listed.splitlines() if (path := ROOT / line).is_file())
