"""The scan: lists of relationships' properties into columns, while they arrive."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from snapgraph.adapters.livegraph.columns import ColumnBuilder, NumberBuilder, integers
from snapgraph.adapters.livegraph.fetching import EntityVanishedError
from snapgraph.adapters.livegraph.times import TimeBuilder
from snapgraph.adapters.livegraph.values import ValueEncoder
from snapgraph.model.columns import Column, Mask
from snapgraph.model.live_graphs import PropertyNames
from snapgraph.model.values import KEY_PROPERTY

__all__ = ["EdgeScan", "column_name", "standard_names"]

_STANDARD = ("value", "timestamp", "trend", "severity", "updated_at")


class _Builder(Protocol):
    nbytes: int

    def add(self, values: Sequence[Any], /) -> Mask | None: ...

    def finish(self) -> Column | None: ...


def standard_names(properties: PropertyNames) -> dict[str, str]:
    """Map the names in the live graph to the standard column names."""
    return {getattr(properties, name): name for name in _STANDARD}


def column_name(name: str, standard: dict[str, str]) -> str:
    """Name the column of a property.

    ``@`` marks columns that are no properties, and a standard name may be taken by another property: such a name gets
    one more ``@`` in front.
    """
    if name in standard:
        return standard[name]
    return f"@{name}" if name.startswith("@") or name in _STANDARD else name


class EdgeScan:
    """Collects the relationships of one read.

    Args:
        types: Relationship types; the scan gives their numbers in this order.
        properties: Names of the standard properties in the live graph.
        extra: Further properties to ask for by name.
        encoder: Of values that JSON does not have.
    """

    def __init__(
        self, *, types: Sequence[str], properties: PropertyNames, extra: Sequence[str], encoder: ValueEncoder
    ) -> None:
        self.types = tuple(dict.fromkeys(types))
        self._encoder = encoder
        self._standard = standard_names(properties)
        self.names = (*self._standard, *(name for name in extra if name not in self._standard))
        self.value = NumberBuilder(encoder)
        self.timestamp = TimeBuilder()
        self.updated_at = TimeBuilder()
        special: dict[str, _Builder] = {
            "value": self.value,
            "timestamp": self.timestamp,
            "updated_at": self.updated_at,
        }
        self._builders: dict[str, _Builder] = {
            name: special.get(self._standard.get(name, ""), ColumnBuilder(encoder)) for name in self.names
        }
        self._numbers: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
        self._more: list[Mask] = []
        self._type_codes: list[NDArray[np.int32]] = []
        self._rest: dict[str, Column] = {}

    def add(self, columns: Sequence[Sequence[Any]]) -> None:
        """Take one chunk, as columns ``[ids, source ids, target ids, type codes, numbers of keys, *properties]``.

        Raises:
            EntityVanishedError: A relationship has no type, since it was deleted meanwhile.
        """
        ids, sources, targets, type_codes, key_counts, *values = columns
        if not ids:  # an empty graph comes as one chunk of nothing
            return
        try:
            self._type_codes.append(integers(type_codes).astype(np.int32))
        except struct.error as error:
            raise EntityVanishedError from error
        masks = [builder.add(column) for builder, column in zip(self._builders.values(), values, strict=True)]
        partial = [mask for mask in masks if mask is not None]
        read = np.full(len(ids), len(masks) - len(partial), dtype=np.int64)
        for mask in partial:
            read += mask
        self._more.append(integers(key_counts) > read)
        self._numbers.append((integers(ids), integers(sources), integers(targets)))

    @property
    def count(self) -> int:
        """How many relationships were scanned."""
        return sum(len(part) for part in self._type_codes)

    @property
    def nbytes(self) -> int:
        """Size of the columns so far, in bytes."""
        return sum(builder.nbytes for builder in self._builders.values()) + 28 * self.count

    @property
    def codes(self) -> dict[str, int]:
        """Number the types."""
        return {type_: code for code, type_ in enumerate(self.types)}

    @property
    def type_codes(self) -> NDArray[np.int32]:
        """int32 codes into :attr:`types`."""
        return np.concatenate(self._type_codes) if self._type_codes else np.zeros(0, np.int32)

    def counts(self) -> Counter[str]:
        """Count the relationships of each type."""
        found = np.bincount(self.type_codes, minlength=len(self.types))
        return Counter(dict(zip(self.types, found.tolist(), strict=True)))

    def numbers(self, position: int) -> NDArray[np.int64]:
        """Give ids (0), source ids (1) or target ids (2)."""
        parts = [numbers[position] for numbers in self._numbers]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def with_rest(self) -> NDArray[np.int64]:
        """Give the ids of the relationships that have properties which were not asked for."""
        return self.numbers(0)[self._positions_with_rest()]

    def _positions_with_rest(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.concatenate(self._more)) if self._more else np.zeros(0, np.intp)

    def add_rest(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """Take all properties of the relationships of :meth:`with_rest` as maps.

        Raises:
            EntityVanishedError: One of them is gone.
        """
        if not rows:
            return
        maps = dict(rows)
        ids = self.numbers(0)
        positions = self._positions_with_rest()
        found = [maps.get(int(id_)) for id_ in ids[positions]]
        if any(properties is None for properties in found):
            raise EntityVanishedError
        sparse: dict[str, list[Any]] = {}
        for row, properties in enumerate(found):
            for name, value in (properties or {}).items():
                if name not in self._builders and name != KEY_PROPERTY:
                    sparse.setdefault(name, [None] * len(found))[row] = value
        for name, values in sparse.items():
            column = _built(values, self._encoder)
            if column is not None:
                self._rest[name] = spread(column, positions, len(ids))

    def columns(self) -> dict[str, Column]:
        """Finish all property columns, under their column names."""
        finished = {name: builder.finish() for name, builder in self._builders.items()} if self._numbers else {}
        finished.pop(KEY_PROPERTY, None)  # the mark of an export is asked for, or it would make every row a rest
        found = {name: column for name, column in (finished | self._rest).items() if column is not None}
        return {column_name(name, self._standard): column for name, column in found.items()}


def _built(values: Sequence[Any], encoder: ValueEncoder) -> Column | None:
    builder = ColumnBuilder(encoder)
    builder.add(values)
    return builder.finish()


def spread(column: Column, positions: NDArray[np.intp], length: int) -> Column:
    """Make a column of ``length`` elements of one that has only those at ``positions``."""
    values = np.full(length, -1 if column.categories else 0, dtype=column.values.dtype)
    values[positions] = column.values
    present = np.zeros(length, np.bool_)
    present[positions] = True if column.present is None else column.present
    return Column(kind=column.kind, values=values, present=present, categories=column.categories)
