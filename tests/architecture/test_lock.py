"""The locks: exact, hashed, true to pyproject.toml, and free of any address."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.architecture.sources import ROOT

LOCKS = ("build", "demo", "dev", "server")


def pins(name):
    """Package -> pinned version, of the running Python's environment."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line.removesuffix(" \\")) for line in lines if re.match(r"[a-z0-9]", line)]
    return {
        requirement.name: Version(str(requirement.specifier).removeprefix("=="))
        for requirement in pinned
        if requirement.marker is None or requirement.marker.evaluate()
    }


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def required(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    server = project["project"]["dependencies"]
    demo = [*server, *project["project"]["optional-dependencies"]["embedded"], *groups["build"]]
    texts = {"build": groups["build"], "server": server, "demo": demo, "dev": [*demo, *groups["dev"]]}[lock]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_dependency_within_its_range(lock):
    pinned = pins(lock)
    wrong = [str(r) for r in required(lock) if not r.specifier.contains(pinned.get(normal(r.name), Version("0")))]
    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.findall(r"\S*(?:://|--(?:extra-)?index|--find-links|--trusted)\S*", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.findall(r"^[a-z0-9][^\\\n]*$", text, re.MULTILINE) == []


def test_the_locks_agree():
    dev = pins("dev")
    for lock in LOCKS:
        assert pins(lock).items() <= dev.items()
