"""The page goes into the wheel: it is built when it is missing, and a wheel without it is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["PageBuildHook"]


class PageBuildHook(BuildHookInterface[Any]):
    """Runs before a wheel or a source distribution is put together; an editable install needs no page."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """See that the built page is there.

        Args:
            version: ``standard`` or ``editable``.
            build_data: Of hatchling; left as it is, since ``artifacts`` in pyproject.toml names the folder.

        Raises:
            RuntimeError: It is missing and cannot be built here.
        """
        del build_data
        root = Path(self.root)
        if version == "editable" or (root / "snapgraph/web/page/index.html").is_file():
            return
        npm = shutil.which("npm")
        if npm is None or not (root / "frontend/package-lock.json").is_file():
            raise RuntimeError("The page is not built: run `make frontend` (Node.js 20.19 or newer), then build again.")
        for command in ("ci", "run build"):
            subprocess.run([npm, *command.split()], cwd=root / "frontend", check=True)  # noqa: S603  npm as found
