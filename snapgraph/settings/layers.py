"""Where settings come from: one layer per source, each value by its path and with the name of its origin.

This is the only module of snapgraph that sees the environment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from dotenv import dotenv_values
from pydantic import BaseModel

from snapgraph.errors import Problem
from snapgraph.settings.zones import is_zone

__all__ = ["PREFIX", "STANDARD_NAMES", "Layer", "SettingPath", "process_environment", "read_layers"]

PREFIX = "SNAPGRAPH_"
"""Of every name of our own in the environment; levels are parted by two underscores."""

FILE_SUFFIX = "_FILE"
"""``DATABASE_URL_FILE=/run/secrets/database_url`` gives the value by the file that holds it."""

SettingPath = tuple[str, ...]

STANDARD_NAMES: Mapping[str, SettingPath] = {
    "DATABASE_URL": ("store", "url"),
    "DATABASE_OWNER_URL": ("store", "owner_url"),
    "NEO4J_URI": ("neo4j", "uri"),
    "NEO4J_USERNAME": ("neo4j", "username"),
    "NEO4J_PASSWORD": ("neo4j", "password"),
    "NEO4J_DATABASE": ("neo4j", "database"),
    "PORT": ("server", "port"),
    "WEB_CONCURRENCY": ("server", "workers"),
    "SNAPGRAPH_API_TOKEN": ("server", "api_token"),
    "SNAPGRAPH_INSECURE": ("server", "insecure"),
    "SNAPGRAPH_OBSERVED_URL": ("observe", "url"),
    "NO_COLOR": ("no_color",),
    "TZ": ("timezone",),
}
"""Names that hosts, clouds and people already use; the long form (``SNAPGRAPH_STORE__URL``) goes before them."""

_NOT_SETTINGS = {"SNAPGRAPH_CONFIG", "SNAPGRAPH_SECRETS_DIR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one source says.

    Attributes:
        values: Path -> value as it stands there (texts, except from the file and the command line).
        origins: Path -> where exactly, for a person: ``environment NEO4J_URI``.
        problems: What could not be read.
        unknown: Names with our prefix that are no setting.
    """

    values: Mapping[SettingPath, Any] = field(default_factory=dict)
    origins: Mapping[SettingPath, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()

    def nested(self) -> dict[str, Any]:
        """Give the values as the tree that the settings are validated from."""
        tree: dict[str, Any] = {}
        for path, value in sorted(self.values.items()):
            room = tree
            for name in path[:-1]:
                if not isinstance(room.get(name), dict):
                    room[name] = {}
                room = room[name]
            room[path[-1]] = value
        return tree


def process_environment() -> Mapping[str, str]:
    """Take a copy of the process' environment, so that one load sees one state."""
    return dict(os.environ)


def read_layers(
    model: type[BaseModel],
    overrides: Mapping[str, object],
    *,
    config: Path | None,
    environ: Mapping[str, str],
    directory: Path,
) -> tuple[Layer, ...]:
    """Read every source, the one that wins first: command line, environment, ``.env``, secret files, YAML file."""
    dotenv = {name: value for name, value in dotenv_values(directory / ".env").items() if value is not None}
    given = {tuple(path.split(".")): value for path, value in overrides.items() if value is not None}
    return (
        Layer(values=given, origins=dict.fromkeys(given, "command line")),
        _read_names(model, environ, "environment {}"),
        _read_names(model, dotenv, ".env {}"),
        _read_secret_files(model, {**dotenv, **environ}),
        _read_file(config, environ, directory),
    )


def _read_names(model: type[BaseModel], names: Mapping[str, str], label: str) -> Layer:
    """Find the settings among environment-like names; what is empty counts as not given."""
    values: dict[SettingPath, Any] = {}
    origins: dict[SettingPath, str] = {}
    unknown: list[str] = []
    for name in sorted(names, key=lambda each: each not in STANDARD_NAMES):  # ours later: they go before
        text = names[name].removeprefix(":") if name == "TZ" else names[name]
        is_ours = name.upper().startswith(PREFIX) and name.upper() not in _NOT_SETTINGS
        if not text or (name not in STANDARD_NAMES and not is_ours):
            continue
        if name == "TZ" and not is_zone(text):
            continue  # a rule or a file, as POSIX allows: meant for other programs
        path = STANDARD_NAMES.get(name) or tuple(name[len(PREFIX) :].lower().split("__"))
        target = _find(model, path)
        if target is None:
            if not name.upper().endswith(FILE_SUFFIX):
                unknown.append(name)
            continue
        values[path] = "true" if name == "NO_COLOR" else _decode(text, target)  # no-color.org: whatever its value
        origins[path] = label.format(name)
    return Layer(values=values, origins=origins, unknown=tuple(unknown))


def _find(model: Any, path: SettingPath) -> Any:
    """Walk to the annotation of a setting; ``None`` when there is none by that path."""
    for name in path:
        inner = _model_in(model)
        if inner is not None and name in inner.model_fields:
            model = inner.model_fields[name].annotation
        elif inner is None and get_origin(model) is Mapping and name:
            model = get_args(model)[1]
        else:
            return None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _decode(text: str, target: Any) -> Any:
    """Read JSON where a list, a mapping or a whole section is wanted; everything else stays text for pydantic."""
    holds_more = _model_in(target) is not None or get_origin(target) in {tuple, Mapping}
    if holds_more and text.lstrip().startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _read_secret_files(model: type[BaseModel], names: Mapping[str, str]) -> Layer:
    """Read ``NAME_FILE`` and the files of the secrets folder, whose names are those of the environment."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    labels: dict[str, str] = {}
    for name, path in _secret_paths(names):
        try:
            texts[name] = path.read_text(encoding="utf-8").strip("\r\n")
            labels[name] = f"file {path}"
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            problems.append(Problem(pointer=f"/{name}{FILE_SUFFIX}", detail=f"cannot read {path}: {reason}"))
    layer = _read_names(model, texts, "{}")
    origins = {path: labels[name] for path, name in layer.origins.items()}
    return Layer(values=layer.values, origins=origins, problems=tuple(problems))


def _secret_paths(names: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    folder = Path(names.get("SNAPGRAPH_SECRETS_DIR") or "/run/secrets")
    if folder.is_dir():
        known = {name.upper() for name in STANDARD_NAMES}
        for path in sorted(folder.iterdir()):
            name = path.name.upper()
            if path.is_file() and (name in known or name.startswith(PREFIX)):
                yield name, path
    for name, value in names.items():
        plain = name.removesuffix(FILE_SUFFIX)
        if plain != name and value and (plain in STANDARD_NAMES or plain.startswith(PREFIX)):
            yield plain, Path(value)


def _read_file(config: Path | None, environ: Mapping[str, str], directory: Path) -> Layer:
    """Read the YAML file: the one that was asked for must be there, ``snapgraph.yaml`` may be."""
    asked = config or (Path(environ["SNAPGRAPH_CONFIG"]) if environ.get("SNAPGRAPH_CONFIG") else None)
    path = directory / (asked or "snapgraph.yaml")
    if asked is None and not path.is_file():
        return Layer()
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(path, error.strerror if isinstance(error, OSError) else "it is not UTF-8 text")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        return _unreadable(path, f"it is not YAML at {place}")
    if tree is None:
        return Layer()
    if not isinstance(tree, dict):
        return _unreadable(path, "it should hold names and values, such as server: {port: 8000}")
    values = dict(_leaves(tree))
    return Layer(values=values, origins=dict.fromkeys(values, path.name))


def _unreadable(path: Path, reason: str | None) -> Layer:
    return Layer(problems=(Problem(pointer="", detail=f"cannot read {path}: {reason}"),))


def _leaves(tree: Mapping[Any, Any], prefix: SettingPath = ()) -> Iterator[tuple[SettingPath, Any]]:
    for key, value in tree.items():
        path = (*prefix, str(key))
        if isinstance(value, dict) and value:
            yield from _leaves(value, path)
        elif value is not None:
            yield path, value
