"""The import contract of pyproject.toml holds, and is the kind that can be broken."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT

LINTER = Path(sys.executable).with_name("lint-imports")


def lint(folder):
    return subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_every_arrow_points_down():
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout


def test_the_contract_catches_an_arrow_that_points_up(tmp_path):
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    for source in PACKAGE.rglob("*.py"):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    upward = tmp_path / "snapgraph" / "model" / "upward.py"
    upward.write_text("import snapgraph.usecases\n", encoding="utf-8")

    linted = lint(tmp_path)

    assert linted.returncode == 1
    assert "snapgraph.model.upward -> snapgraph.usecases" in linted.stdout
