"""Retention classes."""

import pytest

from snapgraph.engine.rules import LIFETIMES, retention_class
from snapgraph.model.vocabulary import RetentionClass, Severity, TriggerType


@pytest.mark.parametrize(
    ("trigger", "severity", "expected"),
    [
        ("manual", None, "manual"),
        ("scheduled", None, "scheduled"),
        ("incident", "low", "incident"),
        ("threshold", "medium", "scheduled"),
        ("threshold", "high", "incident"),
        ("smart", "critical", "incident"),
        ("smart", None, "scheduled"),
    ],
)
def test_the_class_follows_the_trigger_and_its_severity(trigger, severity, expected):
    found = retention_class(TriggerType(trigger), Severity(severity) if severity else None)
    assert found is RetentionClass(expected)


@pytest.mark.parametrize("trigger", list(TriggerType))
def test_pinned_is_permanent(trigger):
    assert retention_class(trigger, pinned=True) is RetentionClass.PERMANENT


def test_high_severity_is_permanent_only_where_the_policy_says_so():
    assert retention_class(TriggerType.INCIDENT, Severity.HIGH) is RetentionClass.INCIDENT
    permanent = retention_class(TriggerType.INCIDENT, Severity.HIGH, high_severity_is_permanent=True)
    assert permanent is RetentionClass.PERMANENT


def test_the_lifetimes_are_those_of_the_specification():
    assert [LIFETIMES[each].days if LIFETIMES[each] else None for each in RetentionClass] == [30, 90, 365, None]
