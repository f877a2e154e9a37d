"""docs/reference/settings.md and .env.example, from the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr

from snapgraph.settings import Settings
from snapgraph.settings.layers import STANDARD_NAMES

PREFIX = "SNAPGRAPH_"
SAMPLE_GRAPH = "<name>"
SAMPLE_TYPE = "<TYPE>"
TABLE_HEAD = ("| setting | environment | default | meaning |", "|---|---|---|---|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One setting."""

    path: tuple[str, ...]
    annotation: Any
    default: Any
    description: str

    @property
    def environment(self) -> str:
        """The name in the environment, the standard one where there is one; empty: it has none.

        Names in the environment have no case, relationship types do: those settings stand in the file only.
        """
        if SAMPLE_TYPE in self.path:
            return ""
        standard = {path: name for name, path in STANDARD_NAMES.items()}
        return standard.get(self.path) or PREFIX + "__".join(self.path).upper()

    @property
    def default_text(self) -> str:
        """The default as one writes it; empty when there is none."""
        value = self.default.get_secret_value() if isinstance(self.default, SecretStr) else self.default
        if value is None or value == {}:
            return ""
        if isinstance(value, tuple):
            return ",".join(str(each) for each in value)
        return str(value).lower() if isinstance(value, bool) else str(value)

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed values, where they can be listed."""
        return tuple(map(str, get_args(self.annotation))) if get_origin(self.annotation) is Literal else ()


def leaves(model: type[BaseModel] = Settings, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Walk through all settings, section by section; those of a live graph stand under ``live_graphs.<name>``."""
    sections: list[tuple[type[BaseModel], tuple[str, ...]]] = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            sections.append((inner, (*path, name)))
        elif (each := section_in_mapping(inner)) is not None:
            sections.append((each, (*path, name, SAMPLE_GRAPH if name == "live_graphs" else SAMPLE_TYPE)))
        else:
            default = field.get_default(call_default_factory=True)
            yield Leaf(path=(*path, name), annotation=inner, default=default, description=field.description or "")
    for section, place in sections:
        yield from leaves(section, place)


def section_in_mapping(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a mapping holds by name, or None."""
    values = get_args(annotation)[1:] if get_origin(annotation) is not None else ()
    return next((each for each in values if isinstance(each, type) and issubclass(each, BaseModel)), None)


def plain(description: str) -> str:
    """Bring the docstring of a field to Markdown on one line."""
    return " ".join(description.replace("``", "`").split()).replace("|", "\\|")


def settings_page() -> str:
    """docs/reference/settings.md."""
    lines = [
        "# Settings",
        "",
        "Written from the code by `make docs`. Where a value stands in several places, the first of these goes before",
        "the others: command line, environment, `.env`, secret files, `snapgraph.yaml`, default.",
        "",
        "- Each name of the environment may also be a file: `DATABASE_URL_FILE=/path` names it, or a file of that name",
        "  lies in `SNAPGRAPH_SECRETS_DIR` (default `/run/secrets`).",
        "- The file is `--config`, else `SNAPGRAPH_CONFIG`, else `./snapgraph.yaml`; its keys are the first column,",
        "  nested. Unknown keys are refused with the nearest name, and all problems are reported together.",
        "- Each setting also has a long name, which goes before the standard one: `SNAPGRAPH_` and the path in",
        "  capitals, the levels parted by two underscores (`SNAPGRAPH_STORE__URL` is `DATABASE_URL`).",
        "- `snapgraph config show --origin` says what is in force and where it comes from; `config check` finds",
        "  errors.",
        "",
    ]
    section = None
    for leaf in leaves():
        if leaf.path[:-1] != section:
            section = leaf.path[:-1]
            lines += ["", f"## {'.'.join(section) or 'General'}", "", *TABLE_HEAD]
        cells = [code(".".join(leaf.path)), code(leaf.environment), code(leaf.default_text), meaning(leaf)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def code(text: str) -> str:
    """Set a text as code; nothing stays nothing."""
    return f"`{text}`" if text else ""


def meaning(leaf: Leaf) -> str:
    """Describe a setting, with its allowed values where they can be listed."""
    allowed = f" One of {', '.join(map(code, leaf.values))}." if leaf.values else ""
    return plain(leaf.description) + allowed


def environment_example() -> str:
    """.env.example: every setting that has one name in the environment, commented out, with its default."""
    lines = [
        "# Every setting as the environment names it; copy this file to .env and fill in what you need.",
        "# Written from the code by `make docs`; docs/reference/settings.md says more, also about several live graphs.",
        "# docker-compose.yml takes from .env: POSTGRES_PASSWORD, NEO4J_PASSWORD, SNAPGRAPH_API_TOKEN, PORT and",
        "# SNAPGRAPH_OBSERVED_URL.",
        "",
        "# POSTGRES_PASSWORD=",
    ]
    for leaf in leaves():
        if not any("<" in part for part in leaf.path):
            lines += ["", f"# {plain(leaf.description)}", f"# {leaf.environment}={example_value(leaf)}"]
    return "\n".join(lines) + "\n"


def example_value(leaf: Leaf) -> str:
    """The default, where uncommenting the line then changes nothing."""
    return "" if leaf.environment == "NO_COLOR" else leaf.default_text  # set to anything at all, it means yes
