"""docs/architecture.md names every room, and only rooms that exist."""

import re

from snapgraph.adapters.store.tables import metadata
from tests.architecture.sources import PACKAGE, ROOT

MAP = ROOT / "docs" / "architecture.md"
WITH_ROOMS_INSIDE = ("adapters", "engine")


def rooms():
    """Every folder and module at the top, and the rooms of those that are divided again."""
    for path in sorted(PACKAGE.iterdir()):
        if path.name.startswith("_") or path.suffix not in {"", ".py"}:
            continue
        yield path.name + ("/" if path.is_dir() else "")
        if path.name in WITH_ROOMS_INSIDE:
            yield from (f"{path.name}/{room.name}/" for room in path.iterdir() if room.is_dir() and room.name[0] != "_")


def test_every_room_is_on_the_map():
    text = MAP.read_text(encoding="utf-8")
    assert [room for room in rooms() if f"`{room}`" not in text] == []


def test_every_use_case_is_on_the_map():
    text = MAP.read_text(encoding="utf-8")
    verbs = [path.stem for path in (PACKAGE / "usecases").glob("*.py") if path.stem != "__init__"]
    assert [verb for verb in verbs if f"`{verb}`" not in text and f"`usecases/{verb}.py`" not in text] == []


def test_the_map_shows_no_room_that_is_not_there():
    text = MAP.read_text(encoding="utf-8")
    places = re.findall(r"`((?:\w+/)+(?:\w+\.py)?|\w+\.py)`", text)
    assert places
    assert [place for place in places if not (PACKAGE / place).exists() and not (ROOT / place).exists()] == []


def test_every_table_is_on_the_map_and_no_other():
    section = MAP.read_text(encoding="utf-8").partition("## Where the data are")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert sorted(name for cell in cells for name in re.findall(r"`(\w+)`", cell)) == sorted(metadata.tables)
