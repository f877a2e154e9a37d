"""The wheel is whole: what runs from the checkout runs from an installed wheel, migrations included."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MIGRATIONS = "snapgraph/adapters/store/migrations/"


def build(kind, folder):
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", folder]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return next(Path(folder).iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """A folder with the unpacked wheel, to be put first on the path."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)  # noqa: S202 - the wheel that was built a moment ago
    return folder


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def package_files():
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / "snapgraph").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def migration_files():
    folder = ROOT / "alembic"
    files = {
        path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    return {MIGRATIONS + str(path) for path in files}


def test_the_wheel_has_every_file_of_the_package(wheel):
    assert package_files() - names(wheel) == set()


def test_the_wheel_has_the_migrations(wheel):
    assert MIGRATIONS + "env.py" in migration_files()
    assert migration_files() - names(wheel) == set()


def test_the_wheel_has_nothing_else(wheel):
    others = {n for n in names(wheel) - package_files() - migration_files() if ".dist-info/" not in n}
    assert others == set()


def test_the_wheel_carries_its_licence(wheel):
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names(wheel))


def test_the_source_distribution_can_build_the_same_wheel(tmp_path, wheel):
    with tarfile.open(build("sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    source = next(path for path in tmp_path.iterdir() if path.name.startswith("snapgraph-"))
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path / "again"]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    assert names(next((tmp_path / "again").iterdir())) == names(wheel)


def run_from(site, code, *arguments):
    """Run Python with the unpacked wheel before the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-P", "-c", code, *arguments]
    return subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)


def test_an_installed_wheel_migrates_a_database(site, postgres_url):
    code = (
        "import sys, snapgraph; from snapgraph.adapters.store import migrations;"
        "migrations.upgrade(sys.argv[1]);"
        "print(snapgraph.__file__); print(migrations.head())"
    )
    migrated = run_from(site, code, postgres_url)

    assert migrated.returncode == 0, migrated.stderr
    place, head = migrated.stdout.split()
    assert Path(place).is_relative_to(site)
    assert any(head in name for name in names_of_revisions(site))


def names_of_revisions(site):
    return [path.read_text(encoding="utf-8") for path in (site / MIGRATIONS / "versions").glob("*.py")]


def test_an_installed_wheel_answers_on_the_command_line(site):
    answered = run_from(
        site, "import sys; from snapgraph.cli import main; sys.argv[0] = 'snapgraph'; main()", "--version"
    )
    assert answered.returncode == 0, answered.stderr
    assert "0.1.0" in answered.stdout
