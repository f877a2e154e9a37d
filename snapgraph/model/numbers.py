"""Numbers as people read them: three significant digits, a narrow space between thousands and before the unit.

The page has the same rule in ``frontend/src/model/format.ts``, and both are held by the same list of cases
(``numbers.cases.json`` beside it): a number is said the same way in a sentence, a table, a graph and a shell.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["change", "count", "number", "percent", "quantity", "scaled"]

_NARROW = "\u202f"
_MINUS = "\u2212"
_NONE = "\u2013"
_TIMES = "\u00d7"

_DIGITS = 3
_WITH_EXPONENT_FROM, _WITH_EXPONENT_BELOW = 1e12, 1e-6
_ZEROS_MOST = 5
"""More zeros than these after the point are an exponent."""

_FALL_DIGITS = 8
"""A fall is told from the end by at most so many digits: 99.999999 %."""

_SECONDS_FROM_MS = 10_000
_TIMES_FROM = 11
"""From this factor on, +1,000 %, "195 times" says more than "+19 400 %"."""


def number(value: float | None, digits: int = _DIGITS) -> str:
    """Write a number with significant digits; whole numbers keep all of theirs.

    >>> number(1203.4), number(0.01234), number(-46.25)
    ('1\u202f203', '0.0123', '\u221246.3')
    """
    if value is None or math.isnan(value):
        return _NONE
    sign, size = (_MINUS if value < 0 else ""), abs(float(value))
    if math.isinf(size):
        return f"{sign}\u221e"
    if size == 0:
        return "0"
    if size >= _WITH_EXPONENT_FROM or size < _WITH_EXPONENT_BELOW:
        mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
        return f"{sign}{mantissa}e{'+' if int(exponent) > 0 else _MINUS}{abs(int(exponent))}"
    decimals = min(max(digits - 1 - math.floor(math.log10(size)), 0), digits + _ZEROS_MOST)
    return sign + _grouped(size, decimals)


def _grouped(size: float, decimals: int) -> str:
    # Decimal, since a half goes up as in the page; format() would take it to the even neighbour
    rounded = Decimal(size).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, part = f"{rounded:,f}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", _NARROW) + (f".{part}" if part else "")


def count(value: int) -> str:
    """Write a whole number.

    >>> count(15420)
    '15\u202f420'
    """
    return f"{value:,}".replace(",", _NARROW)


def scaled(value: float, unit: str) -> tuple[float, str]:
    """Give a value in the unit in which it is read: long latencies in seconds."""
    return (value / 1_000, "s") if unit == "ms" and abs(value) >= _SECONDS_FROM_MS else (value, unit)


def quantity(value: float | None, unit: str) -> str:
    """Write a number with its unit.

    >>> quantity(1203, "ms"), quantity(12030, "ms"), quantity(0.5, "")
    ('1\u202f203\u202fms', '12\u202fs', '0.5')
    """
    if value is None or math.isnan(value):
        return _NONE
    value, unit = scaled(value, unit)
    return f"{number(value)}{_NARROW}{unit}" if unit else number(value)


def percent(share: float) -> str:
    """Write a share as a signed percentage; a fall that leaves something is never -100 %.

    >>> percent(0.314), percent(-0.4), percent(-0.9997)
    ('+31.4\u202f%', '\u221240\u202f%', '\u221299.97\u202f%')
    """
    text = _fallen(share * 100) if -1 < share < 0 else number(share * 100)
    return f"{'+' if share > 0 else ''}{text}{_NARROW}%"


def _fallen(size: float) -> str:
    """Write with as many digits as it takes to see that something is left."""
    texts = (number(size, digits) for digits in range(_DIGITS, _FALL_DIGITS + 1))
    least = -(100 - 10.0 ** (2 - _FALL_DIGITS))
    return next((text for text in texts if text != number(-100)), number(least, _FALL_DIGITS))


def change(before: float, after: float) -> str:
    """Say how one number became the other: in percent, and from +1,000 % on as a factor; from 0 there is neither.

    >>> change(4, 5), change(0.0281, 12.2), change(0, 3)
    ('+25\u202f%', '\u00d7434', '\u2013')
    """
    if before == 0 or math.isnan(before) or math.isnan(after):
        return _NONE
    if before > 0 and after / before >= _TIMES_FROM:
        return f"{_TIMES}{number(after / before)}"
    return percent((after - before) / abs(before))
