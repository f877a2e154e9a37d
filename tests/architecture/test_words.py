"""What must not stand in any file: open ends, and the machine that somebody happened to work on."""

import re
from pathlib import Path

from tests.architecture.sources import ROOT, project_files

OPEN_ENDS = re.compile(
    r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|Not" r"ImplementedError|not (?:yet )?imple" r"mented"
)
HOMES = re.compile(r"(?<![\w.:/])/(?:home|Users)/\w+/")
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".sql",
    ".cypher",
    ".mako",
    ".txt",
    ".svg",
    ".xml",
    ".json",
    ".example",
    "",
}


def lines_with(pattern):
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}"
        for path in project_files()
        if path.suffix in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_open():
    assert lines_with(OPEN_ENDS) == []


def test_no_path_of_a_machine_is_written_down():
    here = re.compile("|".join(re.escape(f"{place}/") for place in (ROOT, Path.home())))
    assert lines_with(HOMES) + lines_with(here) == []


def test_the_patterns_would_find_what_they_look_for():
    assert OPEN_ENDS.search("# TO" + "DO: later")
    assert OPEN_ENDS.search("raise Not" + "ImplementedError")
    assert HOMES.search("open('/home/" + "ann/notes')")
