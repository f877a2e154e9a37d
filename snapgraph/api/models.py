"""What REST takes: query strings and bodies, as pydantic models with the reasons for their bounds."""

from __future__ import annotations

from typing import Annotated, Literal, Self, cast

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from snapgraph.model.exports import ExportFormat, ExportPart, GraphForm
from snapgraph.model.queries import ChangeFilter, SnapshotFilter, SnapshotRevision
from snapgraph.model.tags import MAX_TAGS, TAG_PATTERN, TAG_REFUSED_PATTERN, tag_problem
from snapgraph.model.vocabulary import (
    ChangeDirection,
    ElementKind,
    Operation,
    QualityGrade,
    RetentionClass,
    Severity,
    Significance,
    TriggerType,
)
from snapgraph.settings import DEFAULT_LIVE_GRAPH
from snapgraph.web.parameters import PLAIN_INTEGER, PLAIN_NUMBER, Body, Flag, Moment, Query, Text

__all__ = [
    "CaptureBody",
    "CompareQuery",
    "ExportQuery",
    "GraphName",
    "GraphQuery",
    "ListQuery",
    "LiveGraphQuery",
    "PartQuery",
    "ReferenceQuery",
    "RevisionBody",
    "SessionBody",
    "ShowQuery",
]

NO_VOLATILE = "none"
"""``volatile=none``: compare every field."""


def _checked_tag(tag: str) -> str:
    if reason := tag_problem(tag):
        raise ValueError(reason)
    return tag


Tag = Annotated[
    str,
    AfterValidator(_checked_tag),
    WithJsonSchema({"type": "string", "pattern": f"^{TAG_PATTERN}$", "not": {"pattern": f"^{TAG_REFUSED_PATTERN}$"}}),
]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
Prose = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
Line = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]
GraphName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Cursor = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[\x21-\x7e]+$")]


class GraphQuery(Query):
    """Of which live graph."""

    graph: GraphName = DEFAULT_LIVE_GRAPH
    """The live graph by name."""


class PartQuery(Query):
    """How much of a graph to give, and in which form."""

    top: Annotated[int, Field(ge=1, le=1_000_000), PLAIN_INTEGER] | None = None
    """So many nodes, the worst, with the relationships among them; `complete` and `totals` say what is left out."""
    metric: Text | None = None
    """Relationship type by whose values nodes are the worst; without it by their bottleneck score: how far the worst
    value at a node is over the level at which a bottleneck begins. Needs `top`."""
    format: GraphForm = GraphForm.JSON
    """`json`: the contract document; `columns`: typed arrays in base64, for readers that draw large graphs."""

    @model_validator(mode="after")
    def _metric_needs_top(self) -> Self:
        if self.metric is not None and self.top is None:
            raise ValueError("metric orders the nodes that top=… keeps: give top too, or leave metric out")
        return self


class LiveGraphQuery(PartQuery):
    """Of which live graph, and how much of it."""

    graph: GraphName = DEFAULT_LIVE_GRAPH
    """The live graph by name."""


class ReferenceQuery(Query):
    """Of which live graph the reference speaks."""

    graph: GraphName = DEFAULT_LIVE_GRAPH
    """Of which live graph `latest`, `v17`, `@time` and tags are; an id needs none."""


class ShowQuery(ReferenceQuery, PartQuery):
    """How much of a snapshot to give."""

    graph_state: Flag = True
    """`false` gives the header only."""


class ListQuery(Query):
    """Which snapshots to list; everything given must hold."""

    limit: Annotated[int, Field(ge=1, le=1_000), PLAIN_INTEGER] = 50
    """How many on a page."""
    cursor: Cursor | None = None
    """`next` of the page before; the other parameters must be the same."""
    trigger: tuple[TriggerType, ...] = ()
    """Why it was captured; repeat it for several."""
    severity: tuple[Severity, ...] = ()
    """Severity of its trigger; repeat it for several."""
    retention_class: tuple[RetentionClass, ...] = ()
    """How long it is kept; repeat it for several."""
    quality: tuple[QualityGrade, ...] = ()
    """How far it can be trusted; repeat it for several."""
    since: Moment | None = None
    """Captured at or after this time."""
    until: Moment | None = None
    """Captured before this time."""
    tag: Text | None = None
    """Carries this tag."""
    q: Text | None = None
    """Part of its id, description, note, reason or a tag, whatever the case."""
    graph: GraphName | None = None
    """Of this live graph; without it of all."""
    pinned: Flag | None = None
    """Only pinned ones, or only others."""
    sort: Literal["newest", "oldest"] = "newest"
    """By time of capture, then id."""

    def wanted(self) -> SnapshotFilter:
        """Build the value that the use case receives."""
        return SnapshotFilter(
            graph=self.graph,
            trigger=self.trigger,
            severity=self.severity,
            retention_class=self.retention_class,
            quality=self.quality,
            since=self.since,
            until=self.until,
            tag=self.tag,
            text=self.q,
            pinned=self.pinned,
            newest_first=self.sort == "newest",
        )


class CompareQuery(ReferenceQuery):
    """Which two graphs to compare, and which of the changes to give."""

    baseline: Text
    """The earlier side: an id, `latest`, `latest~3`, `@2025-01-06T14:23:05Z`, `v17`, a tag or `live`."""
    target: Text
    """The later side: the same."""
    limit: Annotated[int, Field(ge=1, le=50_000), PLAIN_INTEGER] = 100
    """How many changes on a page; `totals` counts all."""
    cursor: Cursor | None = None
    """`next` of the page before; the other parameters must be the same."""
    kind: ElementKind | None = None
    """Only nodes, or only edges."""
    op: tuple[Operation, ...] = ()
    """What happened; repeat it for several."""
    direction: tuple[ChangeDirection, ...] = ()
    """For the worse or the better; repeat it for several."""
    severity: tuple[Severity, ...] = ()
    """How much for the worse; repeat it for several."""
    significance: tuple[Significance, ...] = ()
    """More than the element's own noise or not; repeat it for several."""
    type: tuple[Text, ...] = ()
    """Relationship types or labels; repeat it for several."""
    field: tuple[Text, ...] = ()
    """Properties, `value` for metrics; repeat it for several."""
    q: Text | None = None
    """Part of the element's key, whatever the case."""
    sort: Literal["default", "delta", "canonical"] = "default"
    """`default`: real ones first, then by relative change; `delta`: by absolute change; `canonical`: by key."""
    absolute_tolerance: Annotated[float, Field(ge=0, le=1e15), PLAIN_NUMBER] = 0.0
    """Numbers are equal within this, in the metric's unit."""
    relative_tolerance: Annotated[float, Field(ge=0, le=1e6), PLAIN_NUMBER] = 0.0
    """Numbers are equal within this share of the value before: `0.05` is 5 %."""
    volatile: tuple[Text, ...] = ()
    """Fields that are not compared, in place of those that the live graph's settings name; `none` compares all."""

    def wanted(self) -> ChangeFilter:
        """Build the filter that the use case receives."""
        return ChangeFilter(
            kind=self.kind,
            op=self.op,
            direction=self.direction,
            severity=self.severity,
            significance=self.significance,
            type=self.type,
            field=self.field,
            text=self.q,
            sort=self.sort,
        )

    def volatile_fields(self) -> tuple[str, ...] | None:
        """Give the fields that are not compared; ``None``: those that the live graph's settings name."""
        if not self.volatile:
            return None
        return tuple(name for name in self.volatile if name != NO_VOLATILE)


class ExportQuery(ReferenceQuery):
    """In which form to export."""

    format: ExportFormat = ExportFormat.JSON
    """`json`: the contract document; `cypher`: statements that load into a Neo4j; `csv`: a table."""
    part: ExportPart = ExportPart.RELATIONSHIPS
    """For `csv`: which table; `all` is a zip of both."""


class CaptureBody(Body):
    """What to note with a capture."""

    trigger_type: Literal["manual"] = "manual"
    """Always `manual`: the others are set by the server's own rules."""
    description: Line = ""
    """Why; fixed from then on. Its first 40 characters become the end of the id."""
    note: Prose = ""
    """May change later."""
    tags: Tags = Field(default_factory=list)
    """Names to find it by; the newest snapshot with a tag is what that tag stands for."""
    pinned: bool = False
    """Never removed by retention."""
    graph: GraphName = DEFAULT_LIVE_GRAPH
    """The live graph by name."""
    include_historical: bool = False
    """Store the summaries and edge values of the last 20 snapshots with it."""


class RevisionBody(Body):
    """What to change on a snapshot; what is left out stays (``None`` here), and null is refused."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    tags: Tags = Field(default_factory=lambda: cast("list[str]", None))
    """All tags that it then has."""
    note: Prose = Field(default_factory=lambda: cast("str", None))
    """Any text."""
    pinned: bool = Field(default_factory=lambda: cast("bool", None))
    """Pinned ones are never removed by retention; unpinning gives back the class of the trigger."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("the body should have at least one of tags, note and pinned")
        return self

    def revision(self) -> SnapshotRevision:
        """Build the value that the use case receives."""
        given = self.model_fields_set
        return SnapshotRevision(
            tags=tuple(self.tags) if "tags" in given else None,
            note=self.note if "note" in given else None,
            pinned=self.pinned if "pinned" in given else None,
        )


class SessionBody(Body):
    """The token to exchange."""

    token: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[\x21-\x7e]+$")]
    """SNAPGRAPH_API_TOKEN of the server."""
