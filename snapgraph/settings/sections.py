"""The rooms of the settings: one frozen model per ``snapgraph.yaml`` section, each field with unit and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from snapgraph.model.live_graphs import ALL_TYPES, NAME_PATTERN, CaptureLimits, LiveGraph, PropertyNames
from snapgraph.model.metrics import (
    DEFAULT_METRICS,
    DEFAULT_THRESHOLDS,
    Levels,
    MetricDefinition,
    Thresholds,
    unknown_metric,
)
from snapgraph.model.vocabulary import Desirable, MetricKind
from snapgraph.settings.zones import is_zone

__all__ = [
    "GRAPH_NAME_PATTERN",
    "LevelSettings",
    "LimitSettings",
    "LiveGraphServer",
    "LiveGraphSettings",
    "LogSettings",
    "MetricSettings",
    "Neo4jSettings",
    "ObserveSettings",
    "PropertySettings",
    "Section",
    "ServerSettings",
    "StoreSettings",
    "TimeZone",
    "is_loopback",
]

GRAPH_NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
"""A live graph's name stands in addresses, file names and labels of meters."""

_NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_POSTGRES_SCHEME = re.compile(r"^(?:postgres|postgresql)(?:\+[a-z0-9]+)?://")


class Section(BaseModel):
    """A room of the settings: frozen, refuses unknown keys, takes its help from the docstrings of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


def _split(value: object) -> object:
    """Take ``a, b`` where a list is wanted, as the environment has no lists."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _postgres_url(value: SecretStr) -> SecretStr:
    """Bring ``postgres://`` and ``postgresql+driver://`` to ``postgresql://``; the address itself is never shown."""
    text, found = _POSTGRES_SCHEME.subn("postgresql://", value.get_secret_value().strip(), count=1)
    if not found:
        raise ValueError("should begin with postgresql:// (postgresql://user:password@host:5432/database)")
    return SecretStr(text)


def _neo4j_uri(value: str) -> str:
    """Check the scheme; a password inside the address would be shown by ``config show``."""
    scheme, found, rest = value.strip().partition("://")
    if not found or scheme not in _NEO4J_SCHEMES:
        raise ValueError(f"should begin with one of {', '.join(f'{name}://' for name in _NEO4J_SCHEMES)}")
    if "@" in rest:
        raise ValueError("should not carry a password: set NEO4J_USERNAME and NEO4J_PASSWORD")
    return value.strip()


def _time_zone(value: str) -> str:
    if not is_zone(value):
        raise ValueError("should be the name of a time zone, such as UTC or Europe/Berlin")
    return value


def _strict_name(value: str) -> str:
    """Hold a name that stands in Cypher against the strict pattern."""
    if not NAME_PATTERN.fullmatch(value):
        raise ValueError(f"{value!r} should match {NAME_PATTERN.pattern}")
    return value


def _strict_type(value: str) -> str:
    return value if value == ALL_TYPES else _strict_name(value)


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres_url)]
Neo4jUri = Annotated[str, AfterValidator(_neo4j_uri)]
Name = Annotated[str, AfterValidator(_strict_name)]
RelationshipTypes = Annotated[
    tuple[Annotated[str, AfterValidator(_strict_type)], ...], BeforeValidator(_split), Field(min_length=1)
]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_split)]


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) else None  # ::ffff:127.0.0.1, on a dual socket
    return (plain or address).is_loopback


class LogSettings(Section):
    """The service's own log."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on lines are written; info is a line per capture and per refused request."""
    format: Literal["auto", "json", "console"] = "auto"
    """``auto``: for people on a terminal, JSON lines elsewhere, since a log collector reads those."""


class StoreSettings(Section):
    """Where snapshots are kept: our Postgres."""

    url: PostgresUrl | None = None
    """``postgresql://user:password@host:5432/database``; unset together with NEO4J_URI, an embedded one is started."""
    owner_url: PostgresUrl | None = None
    """The same for the role that owns the tables (migrations, partitions); unset, ``url`` is used."""
    pool_size: int = Field(default=10, ge=1, le=200)
    """Connections. 10 carry 16 threads, most of which wait for the live graph; Postgres takes 100 by default."""


class Neo4jSettings(Section):
    """The server of every live graph that names none of its own."""

    uri: Neo4jUri | None = None
    """``neo4j://host:7687`` or ``bolt://host:7687`` (``+s`` for TLS)."""
    username: str = "neo4j"
    """The name that Neo4j creates at first start."""
    password: SecretStr = SecretStr("")
    """Empty only where the server has authentication switched off."""
    database: str = "neo4j"
    """The name that Neo4j creates at first start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGraphServer:
    """How to reach one live graph: plain values for the adapter."""

    uri: str
    username: str
    password: str
    database: str


class MetricSettings(Section):
    """What a relationship type means; what is left out stays as it is built in."""

    short_name: str | None = Field(default=None, pattern=r"^[a-z0-9_]{1,40}$")
    """Last part of a relationship id, such as ``qps``; unset: the type in lower case."""
    unit: str | None = Field(default=None, max_length=20)
    """``1/s``, ``ms``, ``ratio``, ``score``, ``percent`` or empty."""
    desirable: Desirable | None = None
    """Which way is better."""
    kind: MetricKind | None = None
    """A level, or a count that only grows."""
    decimals: int | None = Field(default=None, ge=0, le=12)
    """How many decimals ``observe`` keeps; fewer are stored in fewer bytes (2.26 a value at 3)."""

    def definition(self, type_: str) -> MetricDefinition:
        """Lay the given fields over the built-in meaning of ``type_``."""
        base = DEFAULT_METRICS.get(type_, unknown_metric(type_))
        given: dict[str, Any] = self.model_dump(exclude_none=True)
        names = ("short_name", "unit", "desirable", "kind", "decimals")
        return MetricDefinition(type=type_, **{name: given.get(name, getattr(base, name)) for name in names})


class LevelSettings(Section):
    """From which value on a metric is high, and from which critical (exclusive); unset: never."""

    high: float | None = None
    """In the metric's unit."""
    critical: float | None = None
    """In the metric's unit."""


class LimitSettings(Section):
    """Bounds of one capture; beyond any of them it ends as ``too_large`` and nothing is stored."""

    elements: int = Field(default=CaptureLimits().elements, ge=1)
    """Nodes and relationships together; a million of them are about 1 GB while they are read."""
    bytes: int = Field(default=CaptureLimits().bytes, ge=1)
    """Size of the columns in memory; 512 MiB leaves room for a second capture in a 2 GB container."""
    seconds: float = Field(default=CaptureLimits().seconds, gt=0)
    """Time for the whole read; a request has to end in 30 s, and has more to do than to read."""


class PropertySettings(Section):
    """Under which names the live graph keeps the standard properties of a relationship."""

    value: Name = "value"
    """The measured number."""
    timestamp: Name = "timestamp"
    """When it was measured."""
    trend: Name = "trend"
    """Where it is going."""
    severity: Name = "severity"
    """How bad the writer found it."""
    updated_at: Name = "updated_at"
    """When it was written."""


class LiveGraphSettings(Section):
    """One live graph: where it is and how it is read."""

    uri: Neo4jUri | None = None
    """Its own server; unset: ``neo4j.uri``."""
    username: str | None = None
    """Unset: ``neo4j.username``."""
    password: SecretStr | None = None
    """Unset: ``neo4j.password``."""
    database: str | None = None
    """Unset: ``neo4j.database``."""
    types: RelationshipTypes = LiveGraph().types
    """Relationship types to read; ``*`` reads all."""
    node_labels: Names = LiveGraph().node_labels
    """Labels that make a node's type, in this order; their nodes are read even when idle."""
    name_properties: Mapping[Name, Name] = Field(default_factory=dict)
    """Label -> the property that names its nodes, where it is not ``name``."""
    discriminators: Mapping[Name, Name] = Field(default_factory=dict)
    """Relationship type -> the property that tells parallel relationships apart."""
    properties: PropertySettings = PropertySettings()
    """Names of the standard properties."""
    volatile: Words = LiveGraph().volatile
    """Properties that change all the time and mean nothing by it; without this no two snapshots share a byte."""
    metrics: Mapping[Name, MetricSettings] = Field(default_factory=dict)
    """Relationship type -> what it means; laid over the seven that are built in."""
    thresholds: Mapping[Name, LevelSettings] = Field(default_factory=dict)
    """Relationship type -> levels, in place of the built-in ones of that type."""
    limits: LimitSettings = LimitSettings()
    """Bounds of one capture."""
    tick_seconds: float = Field(default=LiveGraph().tick_seconds, ge=0)
    """How often the graph is written; an element older than three ticks is stale. 0: nothing ever is."""
    database_type: str | None = None
    """For the metadata, when no Database node says it."""
    database_name: str | None = None
    """For the metadata, when no Database node says it."""

    def definition(self, name: str) -> LiveGraph:
        """Build the value that the use cases receive."""
        given = {key: value.definition(key) for key, value in self.metrics.items()}
        levels = {key: Levels(high=value.high, critical=value.critical) for key, value in self.thresholds.items()}
        return LiveGraph(
            name=name,
            types=self.types,
            node_labels=self.node_labels,
            name_properties=dict(self.name_properties),
            discriminators=dict(self.discriminators),
            properties=PropertyNames(**self.properties.model_dump()),
            volatile=self.volatile,
            metrics={**DEFAULT_METRICS, **given},
            thresholds=Thresholds(levels={**DEFAULT_THRESHOLDS.levels, **levels}),
            limits=CaptureLimits(**self.limits.model_dump()),
            tick_seconds=self.tick_seconds,
            database_type=self.database_type,
            database_name=self.database_name,
        )

    def server(self, common: Neo4jSettings) -> LiveGraphServer | None:
        """Where it is, or ``None`` when neither it nor ``neo4j`` names an address."""
        uri = self.uri or common.uri
        if uri is None:
            return None
        password = common.password if self.password is None else self.password
        return LiveGraphServer(
            uri=uri,
            username=self.username or common.username,
            password=password.get_secret_value(),
            database=self.database or common.database,
        )


class ObserveSettings(Section):
    """The Postgres under observation (``snapgraph observe``)."""

    url: PostgresUrl | None = None
    """``postgresql://…``; the role needs pg_read_all_stats. Never the database of the snapshots."""
    tick_seconds: float = Field(default=5.0, ge=0.2, le=3600)
    """How often it is read. 5 s: an incident shows at once, and reading 500 statements costs under 1 % of a core."""
    live_graph: str = Field(default="default", pattern=GRAPH_NAME_PATTERN)
    """Which live graph is written."""


class ServerSettings(Section):
    """``snapgraph serve``."""

    host: str = "127.0.0.1"
    """This machine only. Any other address needs ``api_token``, or ``insecure`` said aloud."""
    port: int = Field(default=8000, ge=0, le=65535)
    """0 takes a free one and prints it."""
    workers: int = Field(default=1, ge=1, le=64)
    """Processes. One: its meters and its live stream are then whole; more only behind a sticky proxy."""
    threads: int = Field(default=16, ge=1, le=256)
    """Requests at once per process; most of a request is waiting for a database."""
    api_token: SecretStr | None = None
    """The bearer token that every call then needs; at least 16 characters, such as ``openssl rand -hex 32``."""
    insecure: bool = False
    """Answer other machines without a token. Everyone who reaches the port may then capture and delete."""
    allowed_hosts: Words = ()
    """Further Host names that are answered without a token (a name of your own for this machine's loopback)."""
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    """How many reverse proxies stand in front, each setting X-Forwarded-*; 0 believes none of these headers."""
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024, le=1024**3)
    """Largest request body; 1 MiB is a hundred times the largest request there is."""
    session_hours: float = Field(default=12.0, gt=0, le=24 * 30)
    """How long the page's session cookie lives: a shift."""
    live_sockets: int = Field(default=10_000, ge=1, le=100_000)
    """Live streams at once, 2 KiB each; one more is refused with 503. The process needs as many open files."""
    live_sockets_per_address: int = Field(default=1_000, ge=1, le=100_000)
    """Live streams from one address; a proxy that is not in ``trusted_proxies`` is one address."""
