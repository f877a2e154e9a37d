"""The settings: order of the sources, origins, all problems at once, secrets never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from snapgraph.errors import ConfigurationError
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.settings import LiveGraphServer, Settings, load_settings

EVERYWHERE = "0.0.0.0"  # noqa: S104  nothing is bound: the settings are to refuse it


def load(directory: Path, environ: dict[str, str] | None = None, **overrides: object) -> Settings:
    flags = {name.replace("__", "."): value for name, value in overrides.items()}
    return load_settings(flags, environ={"SNAPGRAPH_SECRETS_DIR": "/nowhere", **(environ or {})}, directory=directory)


def problems(directory: Path, environ: dict[str, str] | None = None, **overrides: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(directory, environ, **overrides)
    return [problem.detail for problem in caught.value.problems]


def origin(settings: Settings, path: str) -> tuple[str, str]:
    (found,) = [each for each in settings.explain() if each.path == path]
    return found.value, found.origin


def test_defaults_build_the_default_live_graph_as_the_model_has_it(tmp_path):
    settings = load(tmp_path)
    assert settings == Settings()
    assert settings.live_graph_definitions() == {"default": LiveGraph()}
    assert settings.is_embedded()
    assert settings.server.host == "127.0.0.1"


def test_each_source_goes_before_the_next(tmp_path):
    (tmp_path / "snapgraph.yaml").write_text("server: {port: 1, threads: 2, host: localhost}\nlog: {level: debug}\n")
    secret = tmp_path / "port"
    secret.write_text("2\n")
    environ = {"PORT_FILE": str(secret)}
    assert origin(load(tmp_path, environ), "server.port") == ("2", f"file {secret}")
    (tmp_path / ".env").write_text("PORT=3\nOTHER=x\n")
    assert origin(load(tmp_path, environ), "server.port") == ("3", ".env PORT")
    environ["PORT"] = "4"
    assert origin(load(tmp_path, environ), "server.port") == ("4", "environment PORT")
    environ["SNAPGRAPH_SERVER__PORT"] = "5"
    assert origin(load(tmp_path, environ), "server.port") == ("5", "environment SNAPGRAPH_SERVER__PORT")
    settings = load(tmp_path, environ, server__port=6)
    assert origin(settings, "server.port") == ("6", "command line")
    assert origin(settings, "server.threads") == ("2", "snapgraph.yaml")
    assert origin(settings, "server.workers") == ("1", "default")


def test_a_time_zone_is_a_name_and_what_else_stands_in_tz_is_for_other_programs(tmp_path):
    assert load(tmp_path, {"TZ": ":Europe/Berlin"}).timezone == "Europe/Berlin"
    for meant_for_others in (":/etc/localtime", "/etc/localtime", "CET-1CEST,M3.5.0,M10.5.0/3", "Europe"):
        assert load(tmp_path, {"TZ": meant_for_others}).timezone == "UTC"
    assert "Europe/Berlin" in problems(tmp_path, timezone="Atlantis")[0]


def test_an_empty_variable_counts_as_not_given(tmp_path):
    assert load(tmp_path, {"DATABASE_URL": "", "PORT": ""}) == Settings()


def test_the_secrets_folder_is_read_by_the_names_of_the_environment(tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "neo4j_password").write_text("from-a-file\n")
    (folder / "unrelated").write_text("x")
    settings = load(tmp_path, {"SNAPGRAPH_SECRETS_DIR": str(folder)})
    assert settings.neo4j.password.get_secret_value() == "from-a-file"


def test_a_secret_file_that_is_missing_is_a_problem(tmp_path):
    (detail,) = problems(tmp_path, {"DATABASE_URL_FILE": "/nowhere/url"})
    assert detail == "cannot read /nowhere/url: No such file or directory"


def test_all_problems_are_reported_together_with_origin_and_nearest_name(tmp_path):
    (tmp_path / "snapgraph.yaml").write_text("server: {prot: 1}\nlive_graph: {}\nlive_graphs: {a: {types: ['a b']}}\n")
    found = problems(tmp_path, {"DATABASE_URL": "mysql://me:hunter2@h/d", "NEO4J_URI": "bolt://me:hunter2@h"})
    assert len(found) == 5
    text = "\n".join(found)
    assert "snapgraph.yaml: there is no setting server.prot; did you mean port?" in text
    assert "there is no setting live_graph; did you mean live_graphs?" in text
    assert "environment DATABASE_URL: store.url should begin with postgresql://" in text
    assert "environment NEO4J_URI: neo4j.uri should not carry a password" in text
    assert "live_graphs.a.types.0 'a b' should match" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "just words", "\x00"])
def test_a_file_that_is_no_mapping_is_a_problem(tmp_path, text):
    (tmp_path / "snapgraph.yaml").write_text(text)
    assert problems(tmp_path)


def test_a_file_that_was_asked_for_must_exist(tmp_path):
    assert "other.yaml" in problems(tmp_path, {"SNAPGRAPH_CONFIG": "other.yaml"})[0]


def test_an_unknown_variable_is_told_and_does_no_harm(tmp_path):
    settings = load(tmp_path, {"SNAPGRAPH_SERVICE_HOST": "10.0.0.1", "SNAPGRAPH_PORT": "tcp://10.0.0.1:80"})
    assert settings.model_dump() == Settings().model_dump()
    assert settings.unknown_environment == ("SNAPGRAPH_SERVICE_HOST", "SNAPGRAPH_PORT")


def test_several_live_graphs_share_the_server_that_neo4j_names(tmp_path):
    environ = {
        "NEO4J_URI": "bolt://one:7687",
        "NEO4J_PASSWORD": "secret",
        "SNAPGRAPH_LIVE_GRAPHS__ORDERS__DATABASE": "orders",
        "SNAPGRAPH_LIVE_GRAPHS__ORDERS__TYPES": "QUERIES_PER_SEC, AVG_LATENCY_MS",
        "SNAPGRAPH_LIVE_GRAPHS__ORDERS__THRESHOLDS": json.dumps({"LOAD_FACTOR": {"high": 0.5}}),
        "SNAPGRAPH_LIVE_GRAPHS__ORDERS__METRICS": json.dumps({"LOAD_FACTOR": {"short_name": "share"}}),
    }
    settings = load(tmp_path, environ)
    servers = settings.live_graph_servers()
    assert set(servers) == {"default", "orders"}
    assert (servers["orders"].uri, servers["orders"].database) == ("bolt://one:7687", "orders")
    orders = settings.live_graph_definitions()["orders"]
    assert orders.types == ("QUERIES_PER_SEC", "AVG_LATENCY_MS")
    assert orders.thresholds.levels["LOAD_FACTOR"].high == 0.5
    assert orders.thresholds.levels["HOTSPOT_SCORE"].critical == 95.0
    assert orders.metrics["LOAD_FACTOR"].short_name == "share"
    assert orders.metrics["LOAD_FACTOR"].unit == "ratio"


def test_a_live_graph_without_a_server_is_a_problem_once_another_has_one(tmp_path):
    environ = {"SNAPGRAPH_LIVE_GRAPHS__A__URI": "bolt://a", "SNAPGRAPH_LIVE_GRAPHS__B__DATABASE": "b"}
    assert problems(tmp_path, environ) == ["live_graphs.b.uri is missing: set it or NEO4J_URI"]


def test_no_color_is_set_by_any_value(tmp_path):
    assert load(tmp_path, {"NO_COLOR": "0"}).no_color


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d", "postgresql://u:p@h/d"])
def test_every_usual_form_of_a_database_address_is_taken(tmp_path, url):
    store = load(tmp_path, {"DATABASE_URL": url}).store
    assert store.url is not None
    assert store.url.get_secret_value() == "postgresql://u:p@h/d"


def test_secrets_are_masked_wherever_the_settings_are_shown(tmp_path):
    environ = {
        "DATABASE_URL": "postgres://app:canary1@h/d?password=canary1",
        "DATABASE_OWNER_URL": "postgres://owner:canary2@h/d",
        "SNAPGRAPH_OBSERVED_URL": "postgres://o:canary3@h/d",
        "NEO4J_URI": "bolt://h",
        "NEO4J_PASSWORD": "canary4",
        "SNAPGRAPH_API_TOKEN": "canary5-canary5-canary5",
        "SNAPGRAPH_LIVE_GRAPHS__X__PASSWORD": "canary6",
    }
    settings = load(tmp_path, environ)
    shown = repr(settings) + str(settings.explain()) + settings.model_dump_json()
    assert "canary" not in shown
    assert origin(settings, "store.url")[0] == "postgresql://app:********@h/d"


def test_other_machines_need_a_token_or_an_explicit_word(tmp_path):
    load(tmp_path).check_server()
    with pytest.raises(ConfigurationError, match="SNAPGRAPH_API_TOKEN"):
        load(tmp_path, server__host=EVERYWHERE).check_server()
    with pytest.raises(ConfigurationError, match="at least 16"):
        load(tmp_path, {"SNAPGRAPH_API_TOKEN": "short"}, server__host="::").check_server()
    load(tmp_path, {"SNAPGRAPH_API_TOKEN": "x" * 16}, server__host=EVERYWHERE).check_server()
    load(tmp_path, {"SNAPGRAPH_INSECURE": "1"}, server__host=EVERYWHERE).check_server()


@pytest.mark.parametrize("token", ["has space in it", "nötig", "line\nbreak"])
def test_a_token_that_no_header_can_carry_is_a_problem(tmp_path, token):
    (detail,) = problems(tmp_path, {"SNAPGRAPH_API_TOKEN": token})
    assert "printable ASCII" in detail
    assert token not in detail


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().server = None
    with pytest.raises(ValueError, match="frozen"):
        Settings().server.port = 1


def test_every_setting_says_what_it_is():
    assert [each.path for each in Settings().explain() if not each.description] == []


def test_addresses_of_embedded_servers_fill_in_what_is_missing(tmp_path):
    here = LiveGraphServer(uri="bolt://127.0.0.1:1", username="root", password=f"{1}", database="neo4j")
    filled = load(tmp_path).with_servers(store_url="postgresql://a", owner_url="postgresql://b", live_graph=here)
    assert not filled.is_embedded()
    assert filled.live_graph_servers() == {"default": here}
