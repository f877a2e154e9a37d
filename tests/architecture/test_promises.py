"""What the pages tell people to type works: every command line parses, every address is a route."""

import re
import shlex

import click
import pytest

from snapgraph.api import openapi_document
from snapgraph.cli.program import program
from tests.architecture.sources import ROOT, project_files

FENCE = re.compile(r"^```(?:sh|bash)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\.venv/bin/)?snapgraph (.+)$", re.MULTILINE)
ADDRESS = re.compile(r"(?:http://127\.0\.0\.1:8000|(?<=`)|(?<=(?:GET|OST|TCH|ETE) ))(/(?:api|[a-z]+z)\b[^\s'\"`|]*)")


def written():
    """Every Markdown page but the generated ones."""
    return [path for path in project_files() if path.suffix == ".md" and "reference" not in path.parts]


def command_lines():
    for page in written():
        for block in FENCE.findall(page.read_text(encoding="utf-8")):
            for line in COMMAND.findall(block.replace("\\\n", " ")):
                yield pytest.param(without_shell(line), id=f"{page.name}: {line[:60]}")


def without_shell(line):
    """The arguments as the program gets them: without comments, pipes and redirections."""
    words = shlex.split(line, comments=True)
    ends = [index for index, word in enumerate(words) if word.startswith((">", "|", "&"))]
    return words[: ends[0]] if ends else words


@pytest.mark.parametrize("words", list(command_lines()))
def test_a_command_line_in_the_pages_is_understood(words):
    command, name, words = program, "snapgraph", list(words)
    while isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        name = words.pop(0)
        command = command.get_command(context, name)
        assert command is not None, f"there is no command {name}"
    if words != ["--help"]:
        command.make_context(name, words)


def addresses():
    for page in written():
        for address in ADDRESS.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(address.partition("?")[0], id=f"{page.name}: {address[:60]}")


@pytest.mark.parametrize("address", list(addresses()))
def test_an_address_in_the_pages_is_a_route(address):
    routes = [re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) for path in openapi_document()["paths"]]
    assert [route for route in routes if re.fullmatch(route, address)] != []


def test_the_pages_have_something_to_hold():
    assert len(list(command_lines())) > 15
    assert len(list(addresses())) > 5
    assert (ROOT / "docs" / "reference" / "rest.md").exists()
