"""The program without any server: help at once, exit codes, forms of output."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from snapgraph.cli.failures import ExitCode, exit_code_of, tell_failure
from snapgraph.cli.output import Column, Form, print_items
from snapgraph.cli.program import COMMANDS, main, program
from snapgraph.cli.session import Session
from snapgraph.errors import (
    ConfigurationError,
    InvalidInputError,
    NotFoundError,
    Problem,
    ServerUnavailableError,
    StoreUnavailableError,
    TooLargeError,
)

FULL = Path("/dev/full")
HEAVY = (
    "alembic",
    "flask",
    "gunicorn",
    "httpx",
    "neo4j",
    "networkx",
    "numpy",
    "psycopg",
    "pydantic",
    "rich",
    "sqlalchemy",
    "sqlglot",
    "structlog",
)
LIST_MODULES = (
    "import sys; from snapgraph.cli import main\n"
    "try:\n    main()\nfinally:\n    print('\\n'.join(sys.modules), file=sys.stderr)"
)


def run(*arguments, environment=None):
    command = [sys.executable, "-m", "snapgraph", *arguments]
    environment = {**os.environ, **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def modules_loaded_by(*arguments):
    command = [sys.executable, "-c", LIST_MODULES, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Usage: " in ended.stdout
    return {name.split(".")[0] for name in ended.stderr.splitlines()} & set(HEAVY)


def test_help_loads_nothing_heavy():
    assert modules_loaded_by("--help") == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_loads_nothing_heavy(command):
    assert modules_loaded_by(command, "--help") == set()


def test_the_list_of_modules_would_show_a_heavy_one():
    command = [sys.executable, "-c", "import snapgraph.client, sys; print(' '.join(sys.modules))"]
    assert "httpx" in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_list_is_the_commands_own(name):
    command = getattr(import_module(COMMANDS[name].module), COMMANDS[name].name or name)

    assert command.get_short_help_str(200) == COMMANDS[name].help


def every_command():
    context = click.Context(program)
    found = [program.get_command(context, name) for name in COMMANDS]
    groups = [command for command in found if isinstance(command, click.Group)]
    return [*found, *(command for group in groups for command in group.commands.values())]


@pytest.mark.parametrize("command", every_command(), ids=lambda command: command.name)
def test_every_command_and_option_says_what_it_does(command):
    silent = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]

    assert command.help
    assert [name for name in silent if name not in {"output", "format_", "sort", "output_dir", "data_dir"}] == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreUnavailableError(), ExitCode.CANNOT_CONNECT),
        (ServerUnavailableError(), ExitCode.CANNOT_CONNECT),
        (InvalidInputError(), ExitCode.USED_WRONGLY),
        (TooLargeError(), ExitCode.USED_WRONGLY),
        (NotFoundError(), ExitCode.FAILED),
        (ConfigurationError(), ExitCode.FAILED),
    ],
)
def test_failures_have_the_documented_exit_codes(error, code):
    assert exit_code_of(error) is code


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["compare"], ["capture", "--nonsense"], ["snapshots", "ls", "--since", "yesterday"]],
)
def test_a_wrong_use_is_exit_code_2_with_a_word_on_stderr(arguments):
    ended = run(*arguments)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Usage: snapgraph" in ended.stderr


def test_a_wrong_setting_is_told_with_the_nearest_name(tmp_path):
    (tmp_path / "snapgraph.yaml").write_text("server:\n  prot: 9000\n")

    ended = run("--config", str(tmp_path / "snapgraph.yaml"), "config", "check")

    assert ended.returncode == 1
    assert "port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_settings_can_be_shown_with_their_origin_and_without_their_secrets():
    environment = {"DATABASE_URL": "postgresql://me:secret@db/x", "NEO4J_URI": "bolt://graph:7687"}

    ended = run("config", "show", "--changed", "--origin", "-o", "ndjson", environment=environment)

    shown = {line["path"]: line for line in map(json.loads, ended.stdout.splitlines())}
    assert "environment" in shown["store.url"]["origin"]
    assert shown["neo4j.uri"]["value"] == "bolt://graph:7687"
    assert "secret" not in ended.stdout


def test_the_openapi_document_needs_no_server():
    document = json.loads(run("openapi").stdout)

    assert document["openapi"].startswith("3.1")
    assert "/api/performance/snapshots" in document["paths"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("snapshots", "ls", "--url", "http://127.0.0.1:9"),
        ("--url", "http://127.0.0.1:9", "snapshots", "ls"),
        ("--url", "http://127.0.0.1:1", "snapshots", "ls", "--url", "http://127.0.0.1:9"),
    ],
)
def test_a_server_that_is_not_there_is_exit_code_4_within_five_seconds(arguments):
    began = datetime.now(UTC)

    ended = run(*arguments)

    assert ended.returncode == 4
    assert "http://127.0.0.1:9 does not answer" in ended.stderr
    assert (datetime.now(UTC) - began).total_seconds() < 15  # five, and room for a busy machine


def test_a_reader_that_goes_away_is_no_failure():
    for arguments in ("openapi", "--help"):
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "snapgraph", *arguments.split()]
        ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
        os.close(writing)

        assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.parametrize("arguments", ["openapi", "--help", "config show"])
def test_output_that_cannot_be_written_is_told_in_a_line(arguments):
    with FULL.open("w") as full:
        command = [sys.executable, "-m", "snapgraph", *arguments.split()]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (1, "Error: No space left on device\n")


def test_a_closed_stdout_is_no_failure():
    command = f"{sys.executable} -m snapgraph openapi >&-"

    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_shell_can_ask_for_completions():
    environment = {"_SNAPGRAPH_COMPLETE": "bash_complete", "COMP_WORDS": "snapgraph cap", "COMP_CWORD": "1"}

    assert run(environment=environment).stdout == "plain,capture\n"


def test_an_interrupt_is_told_and_has_the_exit_code_of_shells(monkeypatch, capsys):
    def interrupted(_context):
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "invoke", interrupted)
    monkeypatch.setattr("sys.argv", ["snapgraph", "openapi"])

    with pytest.raises(SystemExit) as ending:
        main()

    assert (ending.value.code, capsys.readouterr().err) == (ExitCode.INTERRUPTED, "\nInterrupted.\n")


def test_off_a_terminal_there_is_no_colour():
    ended = run("config", "show", environment={"FORCE_COLOR": "", "TERM": "xterm-256color"})

    assert "\x1b[" not in ended.stdout


ROWS = [{"name": "a|b", "qps": 1.5}, {"name": "c,d", "qps": None}]
COLUMNS = (
    Column(title="Name", value=lambda row: row["name"]),
    Column(title="Total qps", value=lambda row: row["qps"], is_number=True),
)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("ndjson", '{"name":"a|b","qps":1.5}\n{"name":"c,d","qps":null}\n'),
        ("csv", 'name,total_qps\na|b,1.5\n"c,d",\n'),
        ("md", "| Name | Total qps |\n| --- | ---: |\n| a\\|b | 1.5 |\n| c,d |  |\n"),
        ("table", "Name  Total qps\na|b         1.5\nc,d\n"),
    ],
)
def test_one_list_in_every_form(form, expected):
    @click.command()
    def show():
        print_items(ROWS, COLUMNS, Form(name=form), to_json=dict)

    shown = CliRunner().invoke(show).stdout

    assert "".join(f"{line.rstrip()}\n" for line in shown.splitlines()) == expected


def test_a_list_as_json_is_a_list():
    @click.command()
    def show():
        print_items(ROWS, COLUMNS, Form(name="json"), to_json=dict)

    assert json.loads(CliRunner().invoke(show).stdout) == ROWS


EVIL = "a \x1b[31mred\x1b]0;pwned\x07 \x9b2J\r"
SHOWN = r"a \x1b[31mred\x1b]0;pwned\x07 \x9b2J\x0d"


@pytest.mark.parametrize("form", ["table", "md"])
def test_a_terminal_obeys_nothing_that_stands_in_a_cell(form, capsys):
    print_items([{"name": EVIL, "qps": None}], COLUMNS, Form(name=form), to_json=dict)

    written = capsys.readouterr().out
    assert SHOWN.replace("\\", "\\\\" if form == "md" else "\\") in written
    assert "\x1b" not in written


def test_a_terminal_obeys_nothing_that_is_told(capsys):
    tell_failure(InvalidInputError(EVIL, problems=(Problem(pointer=EVIL, detail="no", allowed=(EVIL,)),)))
    Session().tell(EVIL)

    written = capsys.readouterr().err
    assert written.count(SHOWN) == 5
    assert set("\x1b\x07\x9b\r").isdisjoint(written)


def test_a_spreadsheet_takes_no_text_of_a_csv_for_a_formula_and_numbers_stay_numbers(capsys):
    rows = [{"name": "=cmd|' /C calc'!A0", "qps": -1.5}, {"name": "@now", "qps": None}, {"name": "users", "qps": 2}]

    print_items(rows, COLUMNS, Form(name="csv"), to_json=dict)

    assert capsys.readouterr().out == "name,total_qps\n'=cmd|' /C calc'!A0,-1.5\n'@now,\nusers,2\n"
