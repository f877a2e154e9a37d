"""Writes the reference pages and ``.env.example`` from the code: ``make docs``. A test holds them current.

Each page is a function that returns the whole text, so that the test compares and the command writes the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.architecture.commands_page import commands_page
from tests.architecture.rest_page import rest_page
from tests.architecture.settings_page import environment_example, settings_page
from tests.architecture.sources import ROOT

PAGES: Mapping[Path, Callable[[], str]] = {
    ROOT / ".env.example": environment_example,
    ROOT / "docs" / "reference" / "settings.md": settings_page,
    ROOT / "docs" / "reference" / "commands.md": commands_page,
    ROOT / "docs" / "reference" / "rest.md": rest_page,
}


if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
