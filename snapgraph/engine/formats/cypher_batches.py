"""Columns as Cypher texts: of a batch of elements one literal per property, and the expression that takes an entry out.

Neo4j plans every literal of a statement, so a batch of 1,000 elements must not be 8,000 of them: the values of a column
stand in one text, ``split("89.2,,3.5", ",")``, which gives ``null`` for an empty entry once it is made a number. Texts,
and values that need a function of their own (dates, points, …), stand once per distinct value, and the column holds
their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
import orjson
from numpy.typing import NDArray

from snapgraph.engine.formats.cypher_texts import cypher_value
from snapgraph.engine.formats.values import times_to_json
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["Batches", "Texts", "WrittenBatch", "batches_of", "own_name"]

_FEW = 16
"""Texts up to which literals are as cheap as one text, and easier to read."""
_LOOKED_UP = frozenset({ColumnKind.TEXT, ColumnKind.JSON})
_READERS: Mapping[ColumnKind, str] = {
    ColumnKind.FLOAT: "toFloat",
    ColumnKind.INTEGER: "toInteger",
    ColumnKind.BOOLEAN: "toBoolean",
}
_SEPARATORS = (",", ";", "\t", "\x1f", "\x1e", "\x1d")
"""None of them means anything in a pattern, should a server take the separator for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBatch:
    """One property of a batch.

    Attributes:
        lists: Variable -> list, as Cypher text.
        expression: What gives the value of the element ``i``.
    """

    lists: Mapping[str, bytes]
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Texts of elements, of which every element has one.

    Attributes:
        texts: Distinct texts, an object array.
        codes: Places in ``texts``, one per element.
    """

    texts: NDArray[np.object_]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, texts: Sequence[str], codes: NDArray[np.integer]) -> Self:
        """Make it."""
        return cls(texts=np.array(texts, dtype=object), codes=codes.astype(np.intp))

    def written(self, rows: NDArray[np.intp]) -> bytes:
        """Write the list of some rows."""
        return _texts(self.texts[self.codes[rows]].tolist())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batches:
    """One property, to be written a batch at a time.

    Attributes:
        name: Of the property.
        column: Its values.
        expressions: Its categories as Cypher, when it is JSON.
        is_text: Whether a TIME column stays text.
    """

    name: str
    column: Column
    expressions: Sequence[str]
    is_text: bool

    def written(self, rows: NDArray[np.intp], number: int) -> WrittenBatch | None:
        """Write the values of some rows; ``None`` when none of them has the property.

        Args:
            rows: Which elements.
            number: Makes the names of the variables distinct.
        """
        present = None if self.column.present is None else self.column.present[rows]
        if present is not None and not present.any():
            return None
        values = self.column.values[rows] if present is None else self.column.values[rows][present]
        if self.column.kind in _LOOKED_UP:
            return self._looked_up(values.astype(np.intp), present, number)
        variable, entry = f"c{number}", f"c{number}[i]"
        if self.column.kind is not ColumnKind.TIME:
            lists = {variable: _split(_numbers(values), present)}
            return WrittenBatch(lists=lists, expression=f"{_READERS[self.column.kind]}({entry})")
        moments = times_to_json(values.astype(np.int64))[1:-1].replace(b'"', b"")
        expression = entry if self.is_text else f"datetime({entry})"
        if present is not None:
            expression = f'CASE {entry} WHEN "" THEN null ELSE {expression} END'
        return WrittenBatch(lists={variable: _split(moments, present)}, expression=expression)

    def _looked_up(self, codes: NDArray[np.intp], present: NDArray[np.bool_] | None, number: int) -> WrittenBatch:
        used: Sequence[int] = range(len(self.column.categories))
        if len(used) > _FEW:
            used, codes = _distinct(codes)
        if self.column.kind is ColumnKind.JSON:
            distinct = f"[{','.join(self.expressions[code] for code in used)}]".encode()
        else:
            distinct = _texts([self.column.categories[code] for code in used])
        lists = {f"v{number}": distinct, f"c{number}": _split(_numbers(codes), present)}
        return WrittenBatch(lists=lists, expression=f"v{number}[toInteger(c{number}[i])]")


def batches_of(name: str, column: Column, texts: AbstractSet[str]) -> Batches:
    """Prepare a column.

    Args:
        name: Of the property.
        column: Its values.
        texts: TIME columns of these names stay texts; any other becomes date-times.
    """
    is_json = column.kind is ColumnKind.JSON
    return Batches(
        name=name,
        column=column,
        expressions=[cypher_value(orjson.loads(text)) for text in column.categories] if is_json else (),
        is_text=name in texts,
    )


def own_name(name: str) -> str:
    """Give a property the name that it had in the live graph: what begins with ``@@`` began with one ``@``."""
    return name[1:] if name.startswith("@@") else name


def _texts(texts: Sequence[str]) -> bytes:
    """Write texts as one, cut apart where none of them has the separator; few of them, or if all have, as literals."""
    if len(texts) > _FEW:
        for separator in _SEPARATORS:
            joined = separator.join(texts)
            if joined.count(separator) == len(texts) - 1:
                return b"split(%b,%b)" % (orjson.dumps(joined), orjson.dumps(separator))
    return orjson.dumps(texts)


def _numbers(values: NDArray[np.generic]) -> bytes:
    """Write numbers or booleans, with commas between."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]


def _split(entries: bytes, present: NDArray[np.bool_] | None) -> bytes:
    """Write entries as one text, an empty one where an element has no value."""
    if present is not None:
        there = iter(entries.split(b","))
        entries = b",".join([next(there) if is_there else b"" for is_there in present.tolist()])
    return b'split("%b",",")' % entries


def _distinct(codes: NDArray[np.intp]) -> tuple[list[int], NDArray[np.intp]]:
    """Give the codes that occur, and the place of each among them."""
    ordered = np.sort(codes)
    used = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    return used.tolist(), np.searchsorted(used, codes)
