"""Which retention class a snapshot belongs to, and how long each class lives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from snapgraph.model.vocabulary import RetentionClass, Severity, TriggerType

__all__ = ["LIFETIMES", "retention_class"]

LIFETIMES: Mapping[RetentionClass, timedelta | None] = {
    RetentionClass.SCHEDULED: timedelta(days=30),
    RetentionClass.MANUAL: timedelta(days=90),
    RetentionClass.INCIDENT: timedelta(days=365),
    RetentionClass.PERMANENT: None,
}
"""How long the payload of each class is kept by default; ``None``: for ever."""

_SEVERE = frozenset({Severity.HIGH, Severity.CRITICAL})


def retention_class(
    trigger: TriggerType,
    severity: Severity | None = None,
    *,
    pinned: bool = False,
    high_severity_is_permanent: bool = False,
) -> RetentionClass:
    """Give the class of a snapshot.

    Threshold and smart snapshots fall under ``incident`` when their severity is high or critical, else under
    ``scheduled``. Pinned is permanent; high severity is permanent only where the policy says so.

    >>> retention_class(TriggerType.SMART, Severity.HIGH)
    <RetentionClass.INCIDENT: 'incident'>
    """
    severe = severity in _SEVERE
    if pinned or (severe and high_severity_is_permanent):
        return RetentionClass.PERMANENT
    if trigger is TriggerType.MANUAL:
        return RetentionClass.MANUAL
    if trigger is TriggerType.INCIDENT or (severe and trigger is not TriggerType.SCHEDULED):
        return RetentionClass.INCIDENT
    return RetentionClass.SCHEDULED
