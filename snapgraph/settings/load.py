"""Read all sources, lay them over each other, and report everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource

from snapgraph.errors import ConfigurationError, Problem
from snapgraph.settings.layers import Layer, SettingPath, process_environment, read_layers
from snapgraph.settings.tree import Settings

__all__ = ["load_settings"]

_LAYERS: ContextVar[tuple[Layer, ...]] = ContextVar("layers", default=())


class _LayeredSettings(Settings):
    """Settings whose sources are the layers of the load under way: pydantic-settings merges them, the first wins."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del init_settings, env_settings, dotenv_settings, file_secret_settings
        return tuple(InitSettingsSource(settings_cls, layer.nested()) for layer in _LAYERS.get())


def load_settings(
    overrides: Mapping[str, object] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Settings:
    """Read the settings once.

    Args:
        overrides: What the command line says: dotted path -> value (``{"server.port": 9000}``); ``None`` values are
            flags that were not given.
        config: The YAML file; unset: ``SNAPGRAPH_CONFIG``, else ``snapgraph.yaml`` in ``directory``.
        environ: The environment; unset: that of the process.
        directory: Where ``.env`` and ``snapgraph.yaml`` are looked for; unset: the current one.

    Returns:
        The settings, with the origin of every value.

    Raises:
        ConfigurationError: With one problem per thing that is wrong, in all sources together.
    """
    layers = read_layers(
        _LayeredSettings,
        overrides or {},
        config=config,
        environ=process_environment() if environ is None else environ,
        directory=directory or Path(),
    )
    problems = [problem for layer in layers for problem in layer.problems]
    token = _LAYERS.set(layers)
    settings = Settings()
    try:
        read = _LayeredSettings()
        settings = Settings.model_construct(**{name: getattr(read, name) for name in Settings.model_fields})
    except ValidationError as error:
        problems.extend(_problem(details, layers) for details in error.errors(include_url=False, include_input=False))
    finally:
        _LAYERS.reset(token)
    if not problems:
        problems.extend(settings.contradictions())
    if problems:
        raise ConfigurationError(_sentence(problems), problems=tuple(problems))
    origins = {path: layer.origins[path] for layer in reversed(layers) for path in layer.values}
    return settings.with_origins(origins, unknown=tuple(name for layer in layers for name in layer.unknown))


def _problem(details: ErrorDetails, layers: Sequence[Layer]) -> Problem:
    path = tuple(str(part) for part in details["loc"] if part != "[key]")
    pointer = "/" + "/".join(path)
    origin = _origin(path, layers)
    if details["type"] == "extra_forbidden":
        allowed = _names_beside(path)
        near = get_close_matches(path[-1], allowed, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return Problem(pointer=pointer, detail=f"{origin}: there is no setting {'.'.join(path)}{hint}", allowed=allowed)
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return Problem(pointer=pointer, detail=f"{origin}: {'.'.join(path)} {message}")


def _origin(path: SettingPath, layers: Sequence[Layer]) -> str:
    """Find which source gave the value at, above or below a path."""
    for layer in layers:
        for given, origin in layer.origins.items():
            shared = min(len(given), len(path))
            if given[:shared] == path[:shared]:
                return origin
    return "default"


def _names_beside(path: SettingPath) -> tuple[str, ...]:
    model: Any = Settings
    for name in path[:-1]:
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
        model = fields[name].annotation if name in fields else get_args(model)[-1]  # the values of a mapping
    return tuple(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else ()


def _sentence(problems: Sequence[Problem]) -> str:
    lines = "\n".join(f"  {problem.detail}" for problem in problems)
    return f"the settings cannot be used ({len(problems)} to mend):\n{lines}"
