"""The blocks of README.md are typed word for word, against a server that a person would start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8000"
PROGRAMS = str(Path(sys.executable).parent)


def block(heading):
    """The code under a bold heading of README.md."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition(f"**{heading}")[2]
    return re.search(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("readme")


@pytest.fixture
def server(environment, graph, folder):
    """``snapgraph serve`` on a free port; gives its address."""
    graph(10.0)
    subprocess.run(
        [f"{PROGRAMS}/snapgraph", "db", "upgrade"], env=environment, cwd=folder, check=True, capture_output=True
    )
    command = [f"{PROGRAMS}/snapgraph", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        yield re.search(r"http://\S+?:\d+", process.stderr.readline())[0]
        process.terminate()
        process.stderr.read()


def type_in(script, folder, environment, interpreter="bash"):
    """Run a block as somebody would who stops at the first thing that fails."""
    environment = {**environment, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    command = {"bash": ["bash", "-euxc"], "python": [sys.executable, "-c"]}[interpreter]
    done = subprocess.run([*command, script], env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readme_can_be_typed_word_for_word(server, environment, folder):
    rest = type_in(block("By REST").replace(ADDRESS, server).replace("curl ", "curl -fsS "), folder, environment)
    python = type_in(block("From Python").replace(ADDRESS, server), folder, environment, "python")
    commands = type_in(block("On the command line"), folder, environment)

    assert '"trigger_reason":"before 4.2"' in rest
    assert next(folder.glob("snap_*.csv")).read_text(encoding="utf-8").startswith("id,source,target,type,value")
    assert python.strip().endswith(".")
    assert "_before_4_2" in commands
    assert "MERGE" in commands
