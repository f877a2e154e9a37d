"""Headers: ids, references, pages, revisions, deletion."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from snapgraph.adapters.store import graphs, history, snapshots, tables
from snapgraph.errors import ConflictError, GoneError, InvalidInputError, NotFoundError, StaleRevisionError
from snapgraph.model.metrics import DEFAULT_THRESHOLDS
from snapgraph.model.queries import SnapshotFilter, SnapshotRevision
from snapgraph.model.snapshots import (
    Bottleneck,
    CaptureMetadata,
    Freshness,
    HistoryEntry,
    PerformanceSummary,
    Quality,
)
from snapgraph.model.vocabulary import ElementKind, QualityGrade, RetentionClass, Severity, TriggerType
from tests.integration.store.graphs import graph

EMPTY = graph({})
BAD_TEXTS = ["nul\0", "half \ud800 pair"]


def get(store, reference, **options):
    with store.read() as tx:
        return snapshots.get(tx, reference, **options)


def page(store, limit=100, cursor=None, **fields):
    with store.read() as tx:
        return snapshots.page(tx, SnapshotFilter(**fields), limit=limit, cursor=cursor)


def revise(store, snapshot_id, is_current=lambda _found: True, **changes):
    with store.begin() as tx:
        return snapshots.revise(tx, snapshot_id, SnapshotRevision(**changes), is_current=is_current)


def delete(store, snapshot_id):
    with store.begin() as tx:
        snapshots.delete(tx, snapshot_id, actor="tester")


def test_the_id_says_when_and_why_and_is_told_apart_within_a_second(capture, at_noon):
    made = [capture(EMPTY, captured_at=at_noon, slug="Before Deployment: v1.4!") for _ in range(3)]
    assert [each.id for each in made] == [
        "snap_20250106_120000_before_deployment_v1_4",
        "snap_20250106_120000_before_deployment_v1_4_2",
        "snap_20250106_120000_before_deployment_v1_4_3",
    ]


def test_an_id_without_a_usable_slug_takes_the_trigger(capture, at_noon):
    made = capture(EMPTY, captured_at=at_noon, slug="¡¿…", trigger=TriggerType.INCIDENT)
    assert made.id == "snap_20250106_120000_incident"


def test_an_id_that_is_taken_by_another_slug_is_skipped(capture, at_noon):
    taken = [capture(EMPTY, captured_at=at_noon, slug=slug).id for slug in ("a_2", "a", "a")]
    assert len(set(taken)) == 3


def test_a_header_comes_back_as_it_was_given(capture, store):
    wanted = {
        "graph": "orders",
        "trigger": TriggerType.THRESHOLD,
        "trigger_reason": "avg_latency > 1000ms",
        "severity": Severity.CRITICAL,
        "retention_class": RetentionClass.INCIDENT,
        "description": "Ω'; DROP TABLE snapshot --",
        "note": "%_\\",
        "summary": PerformanceSummary(
            total_qps=1.5,
            total_qps_basis="edges",
            bottlenecks_count=1,
            bottlenecks=(
                Bottleneck(
                    kind=ElementKind.EDGE,
                    key="a\0:T|L|b:T",
                    label="a->b",
                    metric="L",
                    value=1200.0,
                    severity=Severity.CRITICAL,
                ),
            ),
            critical_paths=("a->b",),
        ),
        "metadata": CaptureMetadata(database_name="chinook", timestamp_forms={"iso8601": 2}, stage_ms={"read": 1.5}),
        "quality": Quality(grade=QualityGrade.TORN, retries=3, reasons=("x",), freshness=Freshness(newest_seconds=0.5)),
        "thresholds": DEFAULT_THRESHOLDS,
    }
    made = capture(EMPTY, tags=("b", "a", "b"), **wanted)
    found = get(store, made.id)
    assert found == made
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert (found.tags, found.version, found.revision, found.previous_id) == (("a", "b"), 1, 1, None)
    assert found.captured_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", BAD_TEXTS)
@pytest.mark.parametrize("field", ["description", "note", "trigger_reason", "tags", "graph"])
def test_text_that_postgres_cannot_hold_is_refused_with_a_pointer(capture, field, text):
    with pytest.raises(InvalidInputError) as caught:
        capture(EMPTY, **{field: (text,) if field == "tags" else text})
    assert field in caught.value.problems[0].pointer


def test_references_lead_to_snapshots(capture, store):
    one, two, three = (capture(EMPTY, tags=tags) for tags in (("stable", "x"), ("stable",), ()))
    other = capture(EMPTY, graph="orders", tags=("stable",))
    moment = two.captured_at + timedelta(milliseconds=400)
    expected = {
        "latest": three,
        "latest~0": three,
        "latest~2": one,
        "v2": two,
        "stable": two,
        "x": one,
        f"@{moment.isoformat()}": two,
        f"@{two.captured_at.isoformat()}": two,
        one.id: one,
        other.id: other,
    }
    assert {reference: get(store, reference).id for reference in expected} == {
        reference: snapshot.id for reference, snapshot in expected.items()
    }
    assert get(store, "latest", graph="orders").id == get(store, "v1", graph="orders").id == other.id
    with store.read() as tx:
        assert snapshots.resolve(tx, f"@{moment.isoformat()}").distance == timedelta(milliseconds=400)
        assert snapshots.resolve(tx, "latest").distance is None


@pytest.mark.parametrize(
    "reference",
    ["latest~9", "v9", "v999999999999999999", "@2001-01-01", "no-such-tag", "snap_x", "", "latest~", "v", "live", "'"],
)
def test_what_leads_nowhere_is_not_found_and_says_what_is_taken(capture, store, reference):
    capture(EMPTY)
    with pytest.raises(NotFoundError) as caught:
        get(store, reference)
    (problem,) = caught.value.problems
    assert problem.pointer == "/snapshot_id"
    assert "latest" in problem.allowed


@pytest.mark.parametrize(
    "reference", ["@", "@yesterday", "@2025-01-06T14:00:00", "@9999-99-99", "@0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_time_after_an_at_sign_is_refused(store, reference):
    with pytest.raises(InvalidInputError) as caught:
        get(store, reference, pointer="?baseline")
    assert caught.value.problems[0].pointer == "?baseline"


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_no_text_parameter_reaches_postgres_when_it_cannot(store, text):
    for call in (
        lambda: get(store, text),
        lambda: get(store, f"snap_{text}"),
        lambda: get(store, "latest", graph=text),
        lambda: page(store, text=text),
        lambda: page(store, tag=text),
        lambda: page(store, graph=text),
        lambda: revise(store, text, note="x"),
        lambda: delete(store, text),
    ):
        with pytest.raises(InvalidInputError):
            call()


def test_pages_follow_each_other_in_both_directions_and_end(capture, store, at_noon):
    made = [capture(EMPTY, captured_at=at_noon + timedelta(seconds=number // 3)).id for number in range(10)]
    for newest_first in (True, False):
        seen, cursor = [], None
        while True:
            part = page(store, limit=4, cursor=cursor, newest_first=newest_first)
            assert part.total == 10
            seen += [each.id for each in part.items]
            cursor = part.next
            if cursor is None:
                break
        assert sorted(seen) == sorted(made)
        assert len(set(seen)) == 10
        times = [(each.captured_at, each.id) for each in page(store, newest_first=newest_first).items]
        assert times == sorted(times, reverse=newest_first)


def test_a_snapshot_that_arrives_between_two_pages_shifts_nothing(capture, store):
    made = [capture(EMPTY).id for _ in range(4)]
    first = page(store, limit=2)
    capture(EMPTY)
    second = page(store, limit=2, cursor=first.next)
    assert [each.id for each in (*first.items, *second.items)] == made[::-1]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"graph": "orders"}, {2}),
        ({"trigger": (TriggerType.INCIDENT, TriggerType.SMART)}, {1}),
        ({"severity": (Severity.HIGH,)}, {1}),
        ({"retention_class": (RetentionClass.INCIDENT,)}, {1}),
        ({"quality": (QualityGrade.TORN,)}, {1}),
        ({"tag": "a"}, {0}),
        ({"text": "100%_SURE"}, {2}),
        ({"text": "%"}, {2}),
        ({"text": "before"}, {0}),
        ({"pinned": True}, {0}),
        ({"pinned": False}, {1, 2}),
        ({"tag": "a", "graph": "orders"}, set()),
    ],
)
def test_filters_let_through_what_they_say(capture, store, fields, expected):
    made = [
        capture(EMPTY, tags=("a",), pinned=True, description="Before deployment"),
        capture(
            EMPTY,
            trigger=TriggerType.INCIDENT,
            severity=Severity.HIGH,
            retention_class=RetentionClass.INCIDENT,
            quality=Quality(grade=QualityGrade.TORN),
        ),
        capture(EMPTY, graph="orders", note="100%_sure"),
    ]
    found = page(store, **fields)
    assert {each.id for each in found.items} == {made[number].id for number in expected}
    assert found.total == len(expected)


def test_since_is_inclusive_and_until_exclusive(capture, store):
    made = [capture(EMPTY) for _ in range(3)]
    found = page(store, since=made[0].captured_at, until=made[2].captured_at)
    assert [each.id for each in found.items] == [made[1].id, made[0].id]


def test_a_cursor_is_taken_only_as_it_was_given_and_for_its_question(capture, store):
    for _ in range(3):
        capture(EMPTY)
    cursor = page(store, limit=1).next
    broken = [cursor[:-2], cursor[::-1], cursor + "A", cursor.replace(cursor[3], "!")]
    for bad in [*broken, "", "AAAA", "%00", "é", "..", "\ud800"]:
        with pytest.raises(InvalidInputError) as caught:
            page(store, limit=1, cursor=bad)
        assert caught.value.problems[0].pointer == "?cursor"
    with pytest.raises(InvalidInputError):
        page(store, limit=1, cursor=cursor, tag="another question")
    with pytest.raises(InvalidInputError):
        page(store, limit=0)


def test_a_revision_changes_what_may_change_and_counts(capture, store):
    made = capture(EMPTY, tags=("a",))
    changed = revise(store, made.id, tags=("c", "b"), note="seen", is_current=lambda found: found.revision == 1)
    assert (changed.tags, changed.note, changed.revision) == (("b", "c"), "seen", 2)
    assert revise(store, made.id, note="seen").revision == 2, "a change of nothing is none"
    with pytest.raises(StaleRevisionError):
        revise(store, made.id, note="late", is_current=lambda found: found.revision == 1)
    with pytest.raises(NotFoundError):
        revise(store, "snap_20250106_120000_nothing", note="x")


def test_a_pin_makes_permanent_and_unpinning_gives_the_class_back(capture, store):
    made = capture(EMPTY, retention_class=RetentionClass.INCIDENT)
    assert revise(store, made.id, pinned=True).retention_class is RetentionClass.PERMANENT
    assert revise(store, made.id, pinned=False).retention_class is RetentionClass.INCIDENT
    born = capture(EMPTY, pinned=True)
    assert born.retention_class is RetentionClass.PERMANENT
    assert revise(store, born.id, pinned=False).retention_class is RetentionClass.MANUAL


def test_a_deleted_snapshot_is_hidden_at_once_and_gone_afterwards(capture, store):
    keep, drop = capture(EMPTY, tags=("x",)), capture(EMPTY, tags=("x",))
    delete(store, drop.id)
    for reference in (drop.id, "v2"):
        with pytest.raises(GoneError):
            get(store, reference)
    for call in (lambda: delete(store, drop.id), lambda: revise(store, drop.id, note="x")):
        with pytest.raises(GoneError):
            call()
    assert get(store, "latest").id == get(store, "x").id == keep.id
    assert [each.id for each in page(store).items] == [keep.id]
    after = capture(EMPTY)
    assert (after.version, after.previous_id) == (3, keep.id)
    with store.read() as tx:
        assert [each.id for each in snapshots.earlier(tx, after, 20)] == [keep.id, after.id]
        (audit,) = tx.execute(sa.select(tables.audit)).all()
        kinds = tx.execute(sa.select(tables.outbox.c.kind).order_by(tables.outbox.c.id)).scalars().all()
    assert (audit.actor, audit.action, audit.subject) == ("tester", "snapshot_deleted", drop.id)
    assert kinds == ["snapshot_captured", "snapshot_captured", "snapshot_deleted", "snapshot_captured"]


def test_a_pinned_snapshot_is_not_deleted(capture, store):
    made = capture(EMPTY, pinned=True)
    with pytest.raises(ConflictError, match="pinned"):
        delete(store, made.id)
    revise(store, made.id, pinned=False)
    delete(store, made.id)


def test_earlier_snapshots_end_with_the_one_asked_about(capture, store):
    made = [capture(EMPTY).id for _ in range(5)]
    capture(EMPTY, graph="orders")
    with store.read() as tx:
        fourth = snapshots.get(tx, "v4")
        assert [each.id for each in snapshots.earlier(tx, fourth, 3)] == made[1:4]


def test_the_graphs_are_listed_with_what_is_there_of_them(capture, store):
    first = capture(EMPTY)
    delete(store, capture(EMPTY).id)
    capture(EMPTY, graph="a")
    with store.read() as tx:
        listed = graphs.list_all(tx)
    assert [(each.name, each.snapshots, each.last_version) for each in listed] == [("a", 1, 1), ("default", 1, 2)]
    assert listed[1].last_captured_at == first.captured_at


def test_history_comes_back(capture, store, at_noon):
    entries = (
        HistoryEntry(snapshot_id="one", captured_at=at_noon, summary=PerformanceSummary(), edge_values={"a": 1.5}),
        HistoryEntry(
            snapshot_id="two",
            captured_at=at_noon,
            summary=PerformanceSummary(total_qps=2.0),
            edge_values={"a": 2.5, "nul\0": -0.25},
        ),
    )
    made = capture(EMPTY, history=entries)
    plain = capture(EMPTY)
    assert (made.has_history, plain.has_history) == (True, False)
    with store.read() as tx:
        assert tuple(history.read(tx, made)) == entries
        assert history.read(tx, plain) == []
