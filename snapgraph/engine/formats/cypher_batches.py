"""Columns as Cypher lists: of a batch of elements, one list per property, and the expression that takes an entry out.

Lists hold literals only (``null`` where an element has no value, which sets nothing), since those are cheap to plan;
times are texts until they are taken out. Values that need a function of their own (dates, points, …) stand once per
distinct value in a second list.
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
from snapgraph.engine.formats.fragments import json_strings
from snapgraph.engine.formats.values import times_to_json, times_to_texts
from snapgraph.model.columns import Column
from snapgraph.model.vocabulary import ColumnKind

__all__ = ["Batches", "TextLists", "WrittenBatch", "batches_of", "own_name"]


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
class TextLists:
    """A column of texts, quoted once each.

    Attributes:
        quoted: Object array of bytes; the last one is ``null``.
        codes: Places in ``quoted``, -1 for what is absent.
    """

    quoted: NDArray[np.object_]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, texts: Sequence[str], codes: NDArray[np.integer]) -> Self:
        """Quote the texts."""
        return cls(quoted=np.array([*json_strings(texts), b"null"], dtype=object), codes=codes.astype(np.intp))

    def written(self, rows: NDArray[np.intp]) -> bytes:
        """Write the list of some rows."""
        return b"[" + b",".join(self.quoted[self.codes[rows]].tolist()) + b"]"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batches:
    """One property, to be written a batch at a time.

    Attributes:
        name: Of the property.
        column: Its values.
        texts: Its categories, quoted, when it is TEXT.
        expressions: Its categories as Cypher, when it is JSON.
        is_moment: Whether its values are to become date-times.
    """

    name: str
    column: Column
    texts: TextLists | None
    expressions: Sequence[str]
    is_moment: bool

    def written(self, rows: NDArray[np.intp], number: int) -> WrittenBatch | None:
        """Write the values of some rows; ``None`` when none of them has the property.

        Args:
            rows: Which elements.
            number: Makes the names of the variables distinct.
        """
        present = None if self.column.present is None else self.column.present[rows]
        if present is not None and not present.any():
            return None
        entry = f"c{number}[i]"
        if self.column.kind is ColumnKind.JSON:
            return self._expressions(rows, present, number)
        values = self.texts.written(rows) if self.texts else _list(self.column, rows, present)
        return WrittenBatch(lists={f"c{number}": values}, expression=f"datetime({entry})" if self.is_moment else entry)

    def _expressions(self, rows: NDArray[np.intp], present: NDArray[np.bool_] | None, number: int) -> WrittenBatch:
        codes = self.column.values[rows].astype(np.intp)
        used, places = np.unique(codes if present is None else codes[present], return_inverse=True)
        values = ",".join(self.expressions[code] for code in used.tolist())
        lists = {
            f"v{number}": f"[{values}]".encode(),
            f"c{number}": orjson.dumps(_with_gaps(places.tolist(), present)),
        }
        return WrittenBatch(lists=lists, expression=f"v{number}[c{number}[i]]")


def batches_of(name: str, column: Column, texts: AbstractSet[str]) -> Batches:
    """Prepare a column.

    Args:
        name: Of the property.
        column: Its values.
        texts: TIME columns of these names stay texts; any other becomes date-times.
    """
    is_text, is_json = column.kind is ColumnKind.TEXT, column.kind is ColumnKind.JSON
    return Batches(
        name=name,
        column=column,
        texts=TextLists.of(column.categories, column.values.astype(np.intp)) if is_text else None,
        expressions=[cypher_value(orjson.loads(text)) for text in column.categories] if is_json else (),
        is_moment=column.kind is ColumnKind.TIME and name not in texts,
    )


def own_name(name: str) -> str:
    """Give a property the name that it had in the live graph: what begins with ``@@`` began with one ``@``."""
    return name[1:] if name.startswith("@@") else name


def _list(column: Column, rows: NDArray[np.intp], present: NDArray[np.bool_] | None) -> bytes:
    """Write numbers, booleans and times; JSON's literals are Cypher's too."""
    values = column.values[rows]
    if column.kind is ColumnKind.TIME:
        times = values.astype(np.int64)
        if present is None:
            return times_to_json(times)
        return orjson.dumps(_with_gaps(times_to_texts(times[present]), present))
    if present is None:
        return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return orjson.dumps(_with_gaps(values[present].tolist(), present))


def _with_gaps(values: Sequence[object], present: NDArray[np.bool_] | None) -> list[object]:
    """Put ``None`` where an element has no value."""
    if present is None:
        return list(values)
    there = iter(values)
    return [next(there) if is_there else None for is_there in present.tolist()]
