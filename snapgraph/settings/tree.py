"""The whole settings: frozen, nested, read once. A reload builds a new value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, PrivateAttr, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from snapgraph.errors import ConfigurationError, Problem
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.settings.layers import SettingPath
from snapgraph.settings.sections import (
    GRAPH_NAME_PATTERN,
    LiveGraphServer,
    LiveGraphSettings,
    LogSettings,
    Neo4jSettings,
    ObserveSettings,
    Section,
    ServerSettings,
    StoreSettings,
    TimeZone,
    is_loopback,
)

__all__ = ["DEFAULT_LIVE_GRAPH", "MASK", "SettingOrigin", "Settings"]

DEFAULT_LIVE_GRAPH = "default"
"""The live graph that is meant where none is named."""

MINIMUM_TOKEN_CHARACTERS = 16
"""96 bits of base64: what nobody guesses over a network."""

SHORTEST_SECRET = 4
"""Masking a password of three letters would blacken every third word of a log and still show it by its absence."""

MASK = "********"
"""What stands in place of a secret wherever a person or a log sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOrigin:
    """One setting as ``snapgraph config show --origin`` prints it.

    Attributes:
        path: Dotted, as in the file.
        value: As text; secrets masked.
        origin: Where it comes from: ``environment NEO4J_URI``, ``snapgraph.yaml``, ``default`` …
        description: Meaning, unit and reason for the default.
    """

    path: str
    value: str
    origin: str
    description: str


class Settings(BaseSettings):
    """What a process of snapgraph is told from outside.

    ``Settings()`` is the defaults, whatever the environment says; :func:`snapgraph.settings.load_settings` reads.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, protected_namespaces=()
    )

    data_dir: Path = Path(".snapgraph")
    """Where embedded servers keep their data and addresses."""
    url: str | None = Field(default=None, pattern=r"^https?://[^\s@]+$")
    """Address of a running snapgraph; commands then speak REST to it instead of opening databases themselves."""
    timezone: TimeZone = "UTC"
    """For times on a terminal, such as ``Europe/Berlin``; stored and sent are always UTC."""
    no_color: bool = False
    """No colour on a terminal (no-color.org)."""
    log: LogSettings = LogSettings()
    """The service's own log."""
    store: StoreSettings = StoreSettings()
    """Where snapshots are kept."""
    neo4j: Neo4jSettings = Neo4jSettings()
    """The server of every live graph that names none of its own."""
    live_graphs: Mapping[Annotated[str, Field(pattern=GRAPH_NAME_PATTERN)], LiveGraphSettings] = Field(
        default_factory=dict
    )
    """The live graphs by name; ``default`` is there by itself where ``neo4j.uri`` is set."""
    observe: ObserveSettings = ObserveSettings()
    """The Postgres under observation."""
    server: ServerSettings = ServerSettings()
    """``snapgraph serve``."""

    _origins: Mapping[SettingPath, str] = PrivateAttr(default_factory=dict)
    _unknown: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take nothing but the arguments: reading is :func:`load_settings`' part."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def with_origins(self, origins: Mapping[SettingPath, str], *, unknown: tuple[str, ...]) -> Self:
        """Remember where each value came from."""
        copy = self.model_copy()
        copy._origins, copy._unknown = dict(origins), unknown  # noqa: SLF001  our own private fields, on a copy
        return copy

    @property
    def unknown_environment(self) -> tuple[str, ...]:
        """Names with our prefix that are no setting: a typing error, or somebody else's (Kubernetes sets such)."""
        return self._unknown

    def _readings(self) -> Mapping[str, LiveGraphSettings]:
        """Give the live graphs by name, the one that is there by itself included."""
        if DEFAULT_LIVE_GRAPH in self.live_graphs or (self.live_graphs and self.neo4j.uri is None):
            return self.live_graphs
        return {DEFAULT_LIVE_GRAPH: LiveGraphSettings(), **self.live_graphs}

    def live_graph_definitions(self) -> Mapping[str, LiveGraph]:
        """Build how each live graph is to be read, by name."""
        return {name: each.definition(name) for name, each in self._readings().items()}

    def live_graph_servers(self) -> Mapping[str, LiveGraphServer]:
        """Build where each live graph is, by name; those without an address are left out."""
        servers = {name: each.server(self.neo4j) for name, each in self._readings().items()}
        return {name: server for name, server in servers.items() if server is not None}

    def is_embedded(self) -> bool:
        """Tell whether neither a store nor a live graph is named, so that embedded ones are to be started."""
        is_stored = self.store.url is not None or self.store.owner_url is not None
        return not is_stored and not self.live_graph_servers()

    def with_servers(self, *, store_url: str, owner_url: str, live_graph: LiveGraphServer) -> Self:
        """Fill in the addresses of embedded servers."""
        store = StoreSettings(url=SecretStr(store_url), owner_url=SecretStr(owner_url), pool_size=self.store.pool_size)
        neo4j = Neo4jSettings(
            uri=live_graph.uri,
            username=live_graph.username,
            password=SecretStr(live_graph.password),
            database=live_graph.database,
        )
        return self.model_copy(update={"store": store, "neo4j": neo4j})

    def contradictions(self) -> tuple[Problem, ...]:
        """List what does not make sense together, although each value alone does."""
        servers = self.live_graph_servers()
        homeless = [name for name in self._readings() if name not in servers] if servers else []
        problems = [
            Problem(
                pointer=f"/live_graphs/{name}/uri", detail=f"live_graphs.{name}.uri is missing: set it or NEO4J_URI"
            )
            for name in homeless
        ]
        token = self.server.api_token
        if token is not None and not _is_header_safe(token.get_secret_value()):
            detail = "server.api_token should be printable ASCII without spaces, such as openssl rand -hex 32 gives"
            problems.append(Problem(pointer="/server/api_token", detail=detail))
        return tuple(problems)

    def check_server(self) -> None:
        """Refuse to be reachable from other machines without a token.

        Raises:
            ConfigurationError: With what to set.
        """
        if is_loopback(self.server.host) or self.server.insecure:
            return
        token = self.server.api_token
        if token is not None and len(token.get_secret_value()) >= MINIMUM_TOKEN_CHARACTERS:
            return
        detail = (
            f"server.host {self.server.host} can be reached from other machines: set SNAPGRAPH_API_TOKEN to at least "
            f"{MINIMUM_TOKEN_CHARACTERS} characters (openssl rand -hex 32), or SNAPGRAPH_INSECURE=1 to let everyone in"
        )
        raise ConfigurationError(detail, problems=(Problem(pointer="/server/api_token", detail=detail),))

    def secret_values(self) -> tuple[str, ...]:
        """Give every secret there is, and the password inside each address: what no log may carry; longest first."""
        texts = [value.get_secret_value() for _, value, _ in _settings_in(self) if isinstance(value, SecretStr)]
        passwords = [unquote(urlsplit(text).password or "") for text in texts if "://" in text]
        worth_masking = {text for text in (*texts, *passwords) if len(text) >= SHORTEST_SECRET}
        return tuple(sorted(worth_masking, key=len, reverse=True))

    def explain(self) -> tuple[SettingOrigin, ...]:
        """List every setting with its value (secrets masked) and where it comes from."""
        return tuple(
            SettingOrigin(path=".".join(path), value=_shown(value), origin=self._origin(path), description=text)
            for path, value, text in _settings_in(self)
        )

    def _origin(self, path: SettingPath) -> str:
        for length in range(len(path), 0, -1):
            if path[:length] in self._origins:
                return self._origins[path[:length]]
        below = [origin for given, origin in self._origins.items() if given[: len(path)] == path]
        return below[0] if below else "default"


def _settings_in(model: Any, prefix: SettingPath = ()) -> Iterator[tuple[SettingPath, Any, str]]:
    for name, info in type(model).model_fields.items():
        value, path = getattr(model, name), (*prefix, name)
        if isinstance(value, Section):
            yield from _settings_in(value, path)
        elif isinstance(value, Mapping) and value and all(isinstance(each, Section) for each in value.values()):
            for key, each in value.items():
                yield from _settings_in(each, (*path, key))
        else:
            yield path, value, " ".join((info.description or "").split())


def _shown(value: Any) -> str:
    """Write a value for a person; of a secret address only what is no secret."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return _masked(value.get_secret_value())
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {each}" for key, each in value.items())
    return str(value)


def _masked(text: str) -> str:
    if not text:
        return ""
    if not text.startswith("postgresql://"):
        return MASK
    parts = urlsplit(text)  # the query may carry a password too, so it is left out
    user, found, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return f"postgresql://{name}{':' + MASK if ':' in user else ''}{found}{host}{parts.path}"


def _is_header_safe(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text and bool(text)
