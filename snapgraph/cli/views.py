"""How snapshots, changes and partitions look in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from snapgraph.cli.output import Column
from snapgraph.model.changes import Change, Comparison
from snapgraph.model.snapshots import Snapshot
from snapgraph.model.values import untagged
from snapgraph.model.vocabulary import ElementKind, Operation

__all__ = [
    "change_columns",
    "counts_line",
    "element_of",
    "local_time",
    "snapshot_columns",
    "snapshot_facts",
    "span_of",
    "value_text",
]

LONGEST_VALUE = 60
"""Characters of a value in a table: lists of index definitions are longer, and stand whole in JSON."""


def local_time(moment: datetime, timezone: str) -> str:
    """Write a time for a person.

    >>> from datetime import UTC
    >>> local_time(datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC), "UTC")
    '2025-01-06 14:23:05'
    """
    return moment.astimezone(UTC if timezone == "UTC" else ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S")


def snapshot_columns(timezone: str) -> Sequence[Column[Snapshot]]:
    """Columns of ``snapshots ls``."""
    return (
        Column(title="Version", value=lambda each: each.version, for_person=lambda each: f"v{each.version}"),
        Column(title="Id", value=lambda each: each.id),
        Column(
            title="Captured",
            value=lambda each: each.captured_at.isoformat(),
            for_person=lambda each: local_time(each.captured_at, timezone),
        ),
        Column(title="Trigger", value=lambda each: each.trigger.value),
        Column(title="Severity", value=lambda each: each.severity.value if each.severity else None),
        Column(
            title="QPS", value=lambda each: each.summary.total_qps, for_person=_number_of("total_qps"), is_number=True
        ),
        Column(
            title="Latency ms",
            value=lambda each: each.summary.avg_latency,
            for_person=_number_of("avg_latency"),
            is_number=True,
        ),
        Column(title="Bottlenecks", value=lambda each: each.summary.bottlenecks_count, is_number=True),
        Column(title="Nodes", value=lambda each: each.counts.nodes, is_number=True),
        Column(title="Edges", value=lambda each: each.counts.edges, is_number=True),
        Column(title="Quality", value=lambda each: each.quality.grade.value),
        Column(title="Tags", value=lambda each: " ".join(each.tags)),
        Column(title="Pinned", value=lambda each: each.pinned, for_person=lambda each: "pinned" if each.pinned else ""),
    )


def _number_of(name: str) -> Any:
    def text(snapshot: Snapshot) -> str:
        value = getattr(snapshot.summary, name)
        return "" if value is None else _plain(value)

    return text


def snapshot_facts(snapshot: Snapshot, timezone: str) -> list[tuple[str, str]]:
    """Name and value of what ``snapshots show`` tells."""
    summary, quality = snapshot.summary, snapshot.quality
    facts = [
        ("id", snapshot.id),
        ("graph", f"{snapshot.graph}, version {snapshot.version}"),
        ("captured", f"{local_time(snapshot.captured_at, timezone)} {timezone}"),
        ("trigger", f"{snapshot.trigger}: {snapshot.trigger_reason}"),
        ("severity", snapshot.severity.value if snapshot.severity else ""),
        ("note", snapshot.note),
        ("tags", " ".join(snapshot.tags)),
        ("kept", f"{snapshot.retention_class}{', pinned' if snapshot.pinned else ''}"),
        ("graph size", f"{snapshot.counts.nodes} nodes, {snapshot.counts.edges} edges ({summary.graph_complexity})"),
        ("quality", "; ".join((quality.grade.value, *quality.reasons))),
        ("total qps", _plain(summary.total_qps)),
        ("avg latency", f"{_plain(summary.avg_latency)} ms" if summary.avg_latency is not None else ""),
        ("bottlenecks", str(summary.bottlenecks_count)),
        *(("", f"{each.label}: {each.metric} {_plain(each.value)} ({each.severity})") for each in summary.bottlenecks),
        ("critical paths", ""),
        *(("", path) for path in summary.critical_paths),
        ("content hash", snapshot.content_hash[:16]),
    ]
    return [(name, value) for name, value in facts if value or name == "critical paths"]


def change_columns() -> Sequence[Column[Change]]:
    """Columns of ``compare``."""
    return (
        Column(title="Change", value=lambda each: each.op.value, for_person=_verb),
        Column(title="Element", value=lambda each: each.element.key, for_person=element_of),
        Column(title="Type", value=lambda each: each.element.type),
        Column(title="Field", value=lambda each: each.field),
        Column(
            title="Before",
            value=lambda each: untagged(each.before),
            for_person=lambda each: value_text(each.before),
            is_number=True,
        ),
        Column(
            title="After",
            value=lambda each: untagged(each.after),
            for_person=lambda each: value_text(each.after),
            is_number=True,
        ),
        Column(title="Delta", value=lambda each: each.relative_delta, for_person=span_of, is_number=True),
        Column(title="Direction", value=lambda each: each.direction.value, for_person=_direction),
        Column(title="Severity", value=lambda each: each.severity.value),
        Column(
            title="Significance",
            value=lambda each: each.significance.value if each.significance else None,
            for_person=lambda each: each.significance.value.replace("_", " ") if each.significance else "",
        ),
    )


def _verb(change: Change) -> str:
    if change.op is Operation.REMOVED and change.absence is not None:
        return change.absence.value.replace("_", " ")
    return change.op.value


def _direction(change: Change) -> str:
    return "" if change.direction.value == "none" else change.direction.value


def element_of(change: Change) -> str:
    """Name the element for a person: ``users → products``, or ``users`` for a node and for a loop."""
    element = change.element
    if change.kind is ElementKind.EDGE and element.source is not None and element.target is not None:
        loop = element.source == element.target
        return _name(element.source) if loop else f"{_name(element.source)} → {_name(element.target)}"
    return _name(element.key)


def _name(node_key: str) -> str:
    from snapgraph.model.keys import split_node_key

    return split_node_key(node_key)[0]


def span_of(change: Change) -> str:
    """Write the relative change: percent, and from +1,000 % on as a factor.

    The sign is that of the number, not of its goodness.
    """
    from snapgraph.model.numbers import change as change_text
    from snapgraph.model.numbers import number

    if change.relative_delta is None:
        return "" if change.delta is None else f"{'+' if change.delta > 0 else ''}{number(change.delta)}"
    return change_text(untagged(change.before), untagged(change.after))


def counts_line(comparison: Comparison) -> str:
    """Say in a line how many changes there are."""
    totals = comparison.totals
    return (
        f"{totals.total} changes: {totals.worse} worse, {totals.better} better; "
        f"nodes +{totals.nodes_added} −{totals.nodes_removed} ~{totals.nodes_changed}, "  # noqa: RUF001 - a minus sign
        f"edges +{totals.edges_added} −{totals.edges_removed} ~{totals.edges_changed}"  # noqa: RUF001 - a minus sign
    )


def value_text(value: Any) -> str:
    """Write a value of a change for a person: numbers with three digits, long texts cut."""
    value = untagged(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _plain(value)
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _plain(value: float | None) -> str:
    from snapgraph.model.numbers import number

    return "" if value is None else number(value)
