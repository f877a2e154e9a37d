"""The documents are true: written from the code where they can be, held against it where they cannot."""

import re
import tomllib

import pytest
from dotenv import dotenv_values

from snapgraph.settings import load_settings
from tests.architecture.reference import PAGES
from tests.architecture.settings_page import leaves
from tests.architecture.sources import ROOT, project_files

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")


def pages():
    """Every Markdown page that people read."""
    return [path for path in project_files() if path.suffix == ".md"]


def make_targets():
    return set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_reference_page_is_what_the_code_says(path):
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run `make docs`"


def test_every_setting_says_what_it_means():
    assert [".".join(leaf.path) for leaf in leaves() if not leaf.description] == []


def test_the_example_environment_taken_word_for_word_is_the_default(tmp_path):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(re.sub(r"^# (?=[A-Z_]+=)", "", example, flags=re.MULTILINE), encoding="utf-8")
    given = dotenv_values(tmp_path / ".env")

    read = load_settings(environ={}, directory=tmp_path)

    assert len(given) > 20
    assert read.model_dump() == load_settings(environ={}, directory=tmp_path / "nothing").model_dump()
    assert read.unknown_environment == ()


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages()
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_make_command_in_the_pages_exists():
    unknown = [
        f"{page.relative_to(ROOT)}: make {target}"
        for page in pages()
        for block in re.findall(r"`+([^`]*)`+", page.read_text(encoding="utf-8"))
        for target in MAKE.findall(block)
        if target not in make_targets()
    ]
    assert unknown == []


def test_every_make_command_has_help():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    helped = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    assert make_targets() - helped == {"packages", "neo4j", "page"}, (
        "steps of others; everything else has a line of help"
    )


def test_the_changelog_begins_with_what_is_coming():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"


def test_the_version_stands_in_two_places_and_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = (ROOT / "snapgraph" / "__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{project["version"]}"' in package
