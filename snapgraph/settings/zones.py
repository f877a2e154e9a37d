"""Time zones by name."""

from __future__ import annotations

from zoneinfo import ZoneInfo

__all__ = ["is_zone"]


def is_zone(name: str) -> bool:
    """Tell whether a name is one of the tz database.

    >>> is_zone("Europe/Berlin"), is_zone("Europe"), is_zone("CET-1CEST"), is_zone("/etc/localtime"), is_zone("UTC")
    (True, False, False, False, True)
    """
    if name == "UTC":
        return True  # whether or not the machine has the database
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; absolute or beyond its folder; a folder of it
        return False
    return True
