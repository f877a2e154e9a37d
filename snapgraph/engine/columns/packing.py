"""Integers and floats as byte planes: the transforms before the compressor, all exact.

An array becomes a head (``method u8, width u8, scale u8, 0, offset i64``) and ``width`` planes: the lowest byte of
every value, then the next one. Planes are compressed one by one, since a plane of noise beside a plane of order spoils
the order: 3-decimal values took 2.51 bytes instead of 2.79, in the same time. Little endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapgraph.errors import IntegrityError

__all__ = [
    "HEAD_BYTES",
    "PackHead",
    "Packed",
    "floats_of",
    "integers_of",
    "pack_floats",
    "pack_integers",
    "take_integers",
]

_HEAD = struct.Struct("<BBBxq")
HEAD_BYTES = _HEAD.size
_RAW = 0
_OFFSET = 1
_DELTA = 2
_DECIMAL = 4
"""Added to the method of the integers that stand for the floats."""
_SCALES = 10.0 ** np.arange(10).reshape(-1, 1)
_FACTORS = (1, 1_000, 1_000_000)
"""Milliseconds and seconds in microseconds: times are seldom finer."""
_EXACT = 2.0**53
_PROBE = 16
"""Values looked at before all are: a wrong guess costs one more pass."""
_WORD = 8

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Packed = tuple[bytes, list[bytes]]
"""Head and planes."""


@dataclass(frozen=True, slots=True)
class PackHead:
    """How integers were packed.

    Attributes:
        method: Raw, distance to ``offset`` or running sum from it; and whether they stand for floats.
        width: Planes.
        scale: Number of the factor, or of decimals.
        offset: The smallest of them, or the first.
    """

    method: int
    width: int
    scale: int
    offset: int

    @classmethod
    def read(cls, body: bytes | memoryview, start: int) -> PackHead:
        """Read it from the body of a chunk.

        Raises:
            IntegrityError: Its method is not known.
        """
        head = cls(*_HEAD.unpack_from(body, start))
        if head.method & ~_DECIMAL not in (_RAW, _OFFSET, _DELTA) or head.method == _DECIMAL or head.width > _WORD:
            raise IntegrityError(
                f"A chunk says it was packed by method {head.method}, which this version does not know."
            )
        return head

    @property
    def decimals(self) -> int | None:
        """How many decimals were shifted out of floats; ``None`` when the integers are what they are."""
        return self.scale if self.method & _DECIMAL else None

    @property
    def is_running(self) -> bool:
        """Whether an integer depends on all before it."""
        return bool(self.method & _DELTA)


def pack_integers(values: Integers, *, decimals: int | None = None) -> Packed:
    """Pack integers: differences when they never fall (ids), else the distance to the smallest.

    Both are divided by 1,000,000 or 1,000 where that leaves no rest.

    Args:
        values: To pack.
        decimals: When they stand for floats: how many decimals were shifted out.
    """
    lowest, highest = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    if highest - lowest >= 2**63:
        return _HEAD.pack(_RAW, _WORD, 0, 0), _planes(values, _WORD)
    method, numbers, largest = _OFFSET, values - lowest, highest - lowest
    if len(values) and values[0] == lowest and values[-1] == highest:
        steps = np.diff(values, prepend=values[:1])
        if int(steps.min()) >= 0:
            method, numbers, largest = _DELTA, steps, int(steps.max())
    if decimals is None:
        scale, numbers = _without_factor(numbers)
        largest //= _FACTORS[scale]
    else:
        scale, method = decimals, method | _DECIMAL
    width = (largest.bit_length() + 7) // 8
    return _HEAD.pack(method, width, scale, lowest), _planes(numbers, width)


def integers_of(head: PackHead, planes: NDArray[np.uint8]) -> Integers:
    """Undo :func:`pack_integers`.

    Args:
        head: Of the chunk.
        planes: One row for each byte.
    """
    integers = _from_planes(planes)
    if head.method == _RAW:
        return integers
    if head.decimals is None and head.scale:
        integers *= _FACTORS[head.scale]
    if head.is_running:
        np.cumsum(integers, out=integers)
    integers += head.offset
    return integers


def take_integers(head: PackHead, planes: NDArray[np.uint8], rows: NDArray[np.intp]) -> Integers:
    """Undo :func:`pack_integers` for some rows; those of running sums depend on all before them."""
    return integers_of(head, planes.take(rows, axis=1))


def pack_floats(values: Floats) -> Packed:
    """Pack floats: as integers when all are decimal fractions of at most nine digits, else their bytes.

    The test is on bits, so -0.0, infinities and NaN are kept as they are.
    """
    for decimals in _guessed_decimals(values[:_PROBE]):
        scaled = _scaled(values, decimals)
        if scaled is not None:
            return pack_integers(scaled, decimals=decimals)
    return _HEAD.pack(_RAW, _WORD, 0, 0), _planes(values.view(np.int64), _WORD)


def floats_of(head: PackHead, integers: Integers) -> Floats:
    """Give the floats for which integers stand."""
    if head.decimals is None:
        return integers.view(np.float64)
    floats: Floats = integers / 10.0**head.decimals
    return floats


def _guessed_decimals(probe: Floats) -> list[int]:
    """Give the numbers of decimals, fewest first, by which a few of the values are decimal fractions."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(probe * _SCALES)
        same = (scaled / _SCALES).view(np.int64) == probe.view(np.int64)
    possible: list[int] = np.flatnonzero(same.all(axis=1)).tolist()
    return possible


def _scaled(values: Floats, decimals: int) -> Integers | None:
    """Give ``values * 10**decimals`` when dividing by it gives back every bit."""
    factor = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(values * factor)
        if not -_EXACT < scaled.min(initial=0.0) <= scaled.max(initial=0.0) < _EXACT:
            return None
    integers = scaled.astype(np.int64)
    if np.array_equal((integers / factor).view(np.int64), values.view(np.int64)):
        return integers
    return None


def _without_factor(numbers: Integers) -> tuple[int, Integers]:
    """Divide by the largest known factor that leaves no rest; give its number."""
    for number in (2, 1):
        factor = _FACTORS[number]
        if not (numbers[:_PROBE] % factor).any():
            divided = numbers // factor
            if np.array_equal(divided * factor, numbers):
                return number, divided
    return 0, numbers


def _planes(numbers: Integers, width: int) -> list[bytes]:
    return [(numbers >> 8 * plane if plane else numbers).astype(np.uint8).tobytes() for plane in range(width)]


def _from_planes(planes: NDArray[np.uint8]) -> Integers:
    width, count = planes.shape
    word = _WORD // 2 if width <= _WORD // 2 else _WORD  # half as much memory to walk through
    octets = np.zeros((count, word), dtype=np.uint8)
    for plane in range(width):
        octets[:, plane] = planes[plane]
    return octets.view(f"<u{word}").reshape(count).astype(np.int64)
