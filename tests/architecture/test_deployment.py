"""The Dockerfile and docker-compose.yml, held against the settings: no daemon is needed to see that they fit."""

import re
import tomllib

import pytest
import yaml

from snapgraph.settings import load_settings
from tests.architecture.sources import ROOT

SECRETS = {
    "POSTGRES_PASSWORD": "one-for-the-store",
    "NEO4J_PASSWORD": "one-for-the-graph",
    "SNAPGRAPH_API_TOKEN": "0123456789abcdef0123456789abcdef",
    "SNAPGRAPH_OBSERVED_URL": "postgresql://watcher:secret@shop:5432/shop",
}
OURS = ("migrate", "server", "observe")


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def dockerfile():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def image_environment():
    """What the image itself sets."""
    lines = [
        line.removeprefix("ENV ") for line in dockerfile() if line.startswith("ENV SNAPGRAPH") or "SNAPGRAPH_" in line
    ]
    return dict(re.findall(r"(SNAPGRAPH_\w+)=(\S+)", " ".join(lines)))


def filled_in(value):
    """Do what compose does with ``${NAME:?…}`` and ``${NAME:-default}``."""

    def replace(found):
        return SECRETS.get(found[1]) or found[2].removeprefix(":-")

    return re.sub(r"\$\{(\w+)(:[-?][^}]*)?\}", replace, value)


def service_environment(name):
    given = {key: filled_in(value) for key, value in compose()["services"][name]["environment"].items()}
    return {**image_environment(), **given}


def test_the_services_of_a_production_are_there():
    services = compose()["services"]
    assert set(services) == {"neo4j", "postgres", *OURS}
    assert services["observe"]["profiles"] == ["observe"]
    assert [name for name in services if name != "observe" and "profiles" in services[name]] == []


@pytest.mark.parametrize("name", OURS)
def test_the_settings_know_every_name_that_compose_gives_them(name, tmp_path):
    environment = service_environment(name)

    settings = load_settings(environ=environment, directory=tmp_path)

    assert settings.unknown_environment == ()
    taken = {each.origin.removeprefix("environment ") for each in settings.explain()}
    assert environment.keys() <= taken
    assert not settings.is_embedded()


def test_the_server_may_be_reached_and_asks_for_its_token(tmp_path):
    settings = load_settings(environ=service_environment("server"), directory=tmp_path)
    settings.check_server()

    assert settings.server.host == image_environment()["SNAPGRAPH_SERVER__HOST"]
    assert settings.server.api_token.get_secret_value() == SECRETS["SNAPGRAPH_API_TOKEN"]


def test_what_is_observed_is_not_the_store(tmp_path):
    settings = load_settings(environ=service_environment("observe"), directory=tmp_path)
    assert settings.observe.url.get_secret_value() == SECRETS["SNAPGRAPH_OBSERVED_URL"]


def test_compose_writes_no_secret_down():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    literal = [line for line in text.splitlines() if re.search(r"(PASSWORD|TOKEN|AUTH): (?!.*\$\{)\S", line)]
    assert literal == []


def test_the_server_waits_for_a_migrated_store():
    waits = compose()["services"]["server"]["depends_on"]
    assert waits["migrate"] == {"condition": "service_completed_successfully"}
    assert compose()["services"]["migrate"]["command"] == ["db", "upgrade"]
    for name in ("neo4j", "postgres"):
        assert "healthcheck" in compose()["services"][name]


def test_volumes_are_declared():
    used = {v.split(":")[0] for service in compose()["services"].values() for v in service.get("volumes", [])}
    assert used == set(compose()["volumes"])


def test_the_image_runs_without_root_and_says_how_it_is():
    lines = dockerfile()
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM")) :]
    assert [line for line in last_stage if line.startswith("USER")] == ["USER 10001"]
    assert "STOPSIGNAL SIGTERM" in last_stage
    assert any("/healthz" in line for line in last_stage)
    assert last_stage[-2:] == ['ENTRYPOINT ["snapgraph"]', 'CMD ["serve"]']


def test_the_image_has_a_python_that_is_supported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = {
        f"Programming Language :: Python :: {v}" for v in re.findall(r"FROM python:(\d+\.\d+)", "\n".join(dockerfile()))
    }
    assert versions <= set(project["classifiers"])
    assert len(versions) == 1


def test_what_the_image_copies_exists_and_is_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        source
        for line in dockerfile()
        if line.startswith("COPY") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if f"!{source.split('/')[0]}" not in ignored] == []


def test_ci_types_what_everybody_types():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    made = {step.split()[1] for step in steps if step.startswith("make ")}

    assert ".ci/run" in steps
    assert {"test-deep", "bench", "demo"} <= made <= targets
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert "export CI=true" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
