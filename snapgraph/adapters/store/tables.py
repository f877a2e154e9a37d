"""The tables of the store: the one truth about its schema.

Migrations build the same thing; ``tests/migrations`` holds ``pg_dump -s`` of both together, byte by byte. Texts that
come from a live graph are ``bytea`` (UTF-8) or ``json``, never ``text`` or ``jsonb``: a Neo4j string may hold NUL,
which the latter refuse. The tables are meant to lie in the schema ``public``.
"""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

from snapgraph.model.vocabulary import QualityGrade, RetentionClass, Severity, TriggerType

__all__ = [
    "audit",
    "chunk",
    "element_edge",
    "element_node",
    "element_type",
    "ended_session",
    "feed",
    "feed_tick",
    "history",
    "idempotency",
    "live_graph",
    "manifest",
    "metadata",
    "node_layout",
    "outbox",
    "saved_view",
    "snapshot",
]

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

_PAYLOAD_RANGE = "RANGE (class_no, captured_at)"


class _TransactionNumber(UserDefinedType[int]):
    """``xid8``, the 64-bit number of a transaction: what a watermark reader goes by."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        """Name the type in DDL."""
        return "xid8"


def _one_of(column: str, words: type[TriggerType | Severity | RetentionClass | QualityGrade]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def _time(name: str, *, nullable: bool = False, now: bool = False, comment: str | None = None) -> sa.Column[datetime]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default, comment=comment)


live_graph = sa.Table(
    "live_graph",
    metadata,
    sa.Column("graph_no", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False, unique=True),
    sa.Column("incarnation", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
    sa.Column("last_version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("next_node_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("next_edge_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("next_type_no", sa.Integer, nullable=False, server_default="0"),
    _time("created_at", now=True),
    comment="Counters of one live graph; a capture locks its row. incarnation: of which row a cached dictionary is",
)

element_node = sa.Table(
    "element_node",
    metadata,
    sa.Column("graph_no", sa.Integer, primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    comment="The dictionary of nodes: id is dense per graph and never used twice",
)
sa.Index("element_node_key_key", element_node.c.graph_no, sa.text("sha256(key)"), unique=True)

element_type = sa.Table(
    "element_type",
    metadata,
    sa.Column("graph_no", sa.Integer, primary_key=True),
    sa.Column("type_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("type", sa.LargeBinary, nullable=False),
    sa.Column("discriminator", sa.LargeBinary, nullable=False),
    comment="Relationship type and discriminator of edges",
)
sa.Index(
    "element_type_type_key",
    element_type.c.graph_no,
    sa.text("sha256(type)"),
    sa.text("sha256(discriminator)"),
    unique=True,
)

element_edge = sa.Table(
    "element_edge",
    metadata,
    sa.Column("graph_no", sa.Integer, primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("source_id", sa.BigInteger, nullable=False),
    sa.Column("target_id", sa.BigInteger, nullable=False),
    sa.Column("type_no", sa.Integer, nullable=False),
    sa.UniqueConstraint("graph_no", "source_id", "target_id", "type_no"),
    comment="The dictionary of edges: numbers only, so that 100,000 are read by one binary COPY into numpy",
)

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("id", sa.Text(collation="C"), primary_key=True),
    sa.Column("graph_no", sa.Integer, sa.ForeignKey("live_graph.graph_no"), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("previous_id", sa.Text(collation="C")),
    _time("captured_at"),
    _time("stored_at", now=True),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("trigger_reason", sa.Text, nullable=False),
    sa.Column("severity", sa.Text),
    sa.Column("retention_class", sa.Text, nullable=False),
    sa.Column("unpinned_class", sa.Text, nullable=False, comment="What unpinning gives back"),
    sa.Column("payload_class_no", sa.SmallInteger, nullable=False, comment="In which partitions the payload lies"),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("tags", ARRAY(sa.Text(collation="C")), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("nodes", sa.BigInteger, nullable=False),
    sa.Column("edges", sa.BigInteger, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("quality", sa.JSON, nullable=False),
    sa.Column("quality_grade", sa.Text, nullable=False),
    sa.Column("thresholds", sa.JSON, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("stable_hash", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("has_history", sa.Boolean, nullable=False),
    _time("deleted_at", nullable=True),
    sa.Column("change_magnitude", sa.Double, comment="How different from the one before, 0 to 1"),
    sa.UniqueConstraint("graph_no", "version"),
    _one_of("trigger", TriggerType),
    _one_of("severity", Severity),
    _one_of("retention_class", RetentionClass),
    _one_of("unpinned_class", RetentionClass),
    _one_of("quality_grade", QualityGrade),
    sa.CheckConstraint("change_magnitude BETWEEN 0 AND 1", name="change_magnitude"),
    comment="Headers; they outlive their payload",
)
sa.Index("snapshot_captured_at_idx", snapshot.c.captured_at, snapshot.c.id)
sa.Index("snapshot_graph_no_captured_at_idx", snapshot.c.graph_no, snapshot.c.captured_at, snapshot.c.version)
sa.Index("snapshot_tags_idx", snapshot.c.tags, postgresql_using="gin")

history = sa.Table(
    "history",
    metadata,
    sa.Column("snapshot_id", sa.Text(collation="C"), sa.ForeignKey("snapshot.id"), primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    comment="What include_historical stored: summaries and edge values of the snapshots before",
)

manifest = sa.Table(
    "manifest",
    metadata,
    sa.Column("class_no", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("captured_at", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("snapshot_id", sa.Text(collation="C"), primary_key=True),
    sa.Column("column_no", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("element_kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("column_kind", sa.Text, nullable=False),
    sa.Column("chunk_numbers", ARRAY(sa.Integer), nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False, comment="16 bytes for each chunk number"),
    sa.Column("element_count", sa.BigInteger, nullable=False, comment="Elements that have the property"),
    comment="Which chunks make up the columns of a snapshot; chunk number = element id >> 12",
    postgresql_partition_by=_PAYLOAD_RANGE,
)

chunk = sa.Table(
    "chunk",
    metadata,
    sa.Column("class_no", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("captured_at", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    comment="Up to 4096 values of one column, once per partition; captured_at is the lower bound of the partition",
    postgresql_partition_by=_PAYLOAD_RANGE,
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("key", sa.Text(collation="C"), primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("claim", sa.Uuid, nullable=False),
    _time("renewed_at"),
    _time("completed_at", nullable=True),
    sa.Column("snapshot_id", sa.Text(collation="C")),
    comment="One row per Idempotency-Key: claimed before the work, completed in its transaction",
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _time("at", now=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", JSONB, nullable=False),
    comment="Who did what; written in the transaction of the deed",
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("xid", _TransactionNumber, nullable=False, server_default=sa.text("pg_current_xact_id()")),
    _time("at", now=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", JSONB, nullable=False),
    comment="What has happened, for readers by watermark: xid < pg_snapshot_xmin(pg_current_snapshot())",
)
sa.Index("outbox_xid_idx", outbox.c.xid, outbox.c.id)

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("graph", sa.Text(collation="C"), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("holder", sa.Uuid),
    _time("leased_until", nullable=True),
    sa.Column("interval_seconds", sa.Double, nullable=False, server_default="1"),
    sa.Column("state_seq", sa.BigInteger),
    sa.Column("state", sa.LargeBinary, comment="The whole graph as of state_seq; later ones by the ticks after it"),
    _time("read_at", nullable=True, comment="When the live graph was read last"),
    _time("failing_since", nullable=True, comment="Since when it cannot be read; null while it can"),
    sa.Column("trouble", sa.JSON, comment="Code and detail of the error"),
    comment="One row per live graph that is followed: who reads it, and how far its ticks are; seq never goes back",
)

feed_tick = sa.Table(
    "feed_tick",
    metadata,
    sa.Column("graph", sa.Text(collation="C"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _time("at"),
    sa.Column("head", sa.JSON, nullable=False, comment="Interval, summary and quality after the tick"),
    sa.Column("delta", sa.LargeBinary, comment="What changed; null where continuity was lost: read the state"),
    comment="The last ticks of each live graph: what the other processes and late clients read",
)

node_layout = sa.Table(
    "node_layout",
    metadata,
    sa.Column("graph", sa.Text(collation="C"), primary_key=True),
    sa.Column("positions", sa.JSON, nullable=False, comment="Node key -> [x, y]"),
    _time("updated_at", now=True),
    comment="Where the page draws the nodes of a live graph: the same in all its snapshots",
)

saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
    sa.Column("graph", sa.Text(collation="C"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False, comment="The query string of the page"),
    _time("created_at", now=True),
    sa.UniqueConstraint("graph", "name"),
    comment="Views of the page that somebody gave a name",
)

ended_session = sa.Table(
    "ended_session",
    metadata,
    sa.Column("id", sa.Text(collation="C"), primary_key=True),
    _time("ends_at"),
    comment="Sessions of the page that were logged out; a row is of no use after ends_at",
)

_SQL = files("snapgraph.adapters.store") / "sql"
_ENSURE_PARTITION = (_SQL / "ensure_partition.sql").read_text("utf-8")
_GRAFANA = (_SQL / "grafana_views.sql").read_text("utf-8")


def _ddl(statement: str) -> sa.DDL:
    escaped = statement.replace("%", "%%")  # DDL() reads percent signs as places to fill
    return sa.DDL(escaped)  # type: ignore[no-untyped-call]  # SQLAlchemy has not typed it


sa.event.listen(chunk, "after_create", _ddl("ALTER TABLE chunk ALTER COLUMN body SET STORAGE EXTERNAL"))
sa.event.listen(history, "after_create", _ddl("ALTER TABLE history ALTER COLUMN body SET STORAGE EXTERNAL"))
sa.event.listen(feed, "after_create", _ddl("ALTER TABLE feed ALTER COLUMN state SET STORAGE EXTERNAL"))
sa.event.listen(feed_tick, "after_create", _ddl("ALTER TABLE feed_tick ALTER COLUMN delta SET STORAGE EXTERNAL"))
sa.event.listen(metadata, "after_create", _ddl(_ENSURE_PARTITION))
sa.event.listen(metadata, "after_create", _ddl(_GRAFANA))
