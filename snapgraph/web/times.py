"""The grammar of times in addresses: RFC 3339, epoch seconds or milliseconds, a date, ``now-6h``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["TIME_PATTERN", "read_time"]

EPOCH_MILLISECOND_DIGITS = 13
"""From September 2001 to November 2286; epoch seconds reach 11 digits in the year 5138."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NOW = re.compile(r"now(?:-([0-9]{1,6})([smhdw]))?")
_EPOCH = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,6})?|[0-9]{13}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)

TIME_PATTERN = r"^(now(-[0-9]{1,6}[smhdw])?|[0-9]{1,11}(\.[0-9]{1,6})?|[0-9]{13})$"
"""The forms that are no RFC 3339, for the published schema."""


def read_time(text: str, *, now: datetime) -> datetime:
    """Read a time.

    Args:
        text: ``2025-01-06T14:23:05Z``, ``2025-01-06`` (midnight UTC), ``1736173385``, ``1736173385000``, ``now-6h``.
        now: What ``now`` means; aware.

    Returns:
        An aware time in UTC.

    Raises:
        ValueError: With what to write instead.

    >>> read_time("2025-01-01", now=datetime(2025, 6, 1, tzinfo=UTC)).isoformat()
    '2025-01-01T00:00:00+00:00'
    """
    try:
        return _read(text, now)
    except (OverflowError, OSError) as error:
        raise ValueError("is outside of the years 1 to 9999") from error


def _read(text: str, now: datetime) -> datetime:
    if match := _NOW.fullmatch(text):
        amount, unit = match.groups()
        return now - timedelta(**{_UNITS[unit]: int(amount)}) if amount else now
    if _EPOCH.fullmatch(text):
        seconds = int(text) / 1000 if len(text) == EPOCH_MILLISECOND_DIGITS and text.isdigit() else float(text)
        return datetime.fromtimestamp(seconds, tz=UTC)
    if _DATE.fullmatch(text):
        return _iso(text).replace(tzinfo=UTC)
    match = _DATE_TIME.fullmatch(text)
    if not match:
        raise ValueError("should be RFC 3339 (2025-01-06T14:23:05Z), a date, epoch seconds or now-6h (s m h d w)")
    if not match["offset"]:
        raise ValueError("has no offset: end it with Z or +02:00 (in an address + is written %2B)")
    return _iso(text.upper()).astimezone(UTC)


def _iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"is no time of the calendar: {error}") from error
