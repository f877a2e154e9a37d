"""The peer of the store's benchmarks: one row per relationship and snapshot, written by COPY BINARY built with numpy.

The fastest way there is to write rows: no Python object is made for one. A partition per snapshot, as a person who
stores rows would do, so that a snapshot can be dropped and scanned on its own.
"""

from __future__ import annotations

import json

import numpy as np
import psycopg

from snapgraph.model.columns import GraphColumns

__all__ = ["RowTable"]

_PROPERTY_BYTES = 49
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
_EPOCH_2000_US = 946_684_800_000_000
_RECORD = np.dtype(
    [
        ("fields", ">i2"),
        ("snap_size", ">i4"),
        ("snap", ">i4"),
        ("rel_size", ">i4"),
        ("rel_id", ">i8"),
        ("type_size", ">i4"),
        ("type", ">i2"),
        ("value_size", ">i4"),
        ("value", ">f8"),
        ("time_size", ">i4"),
        ("time", ">i8"),
        ("props_size", ">i4"),
        ("props_version", "i1"),
        ("props", f"S{_PROPERTY_BYTES}"),
    ]
)
_SIZES = {"snap": 4, "rel": 8, "type": 2, "value": 8, "time": 8, "props": 1 + _PROPERTY_BYTES}
_JOIN = """
SELECT rel_id, before.value, after.value
FROM (SELECT rel_id, value FROM row_reference WHERE snap = %s) before
FULL JOIN (SELECT rel_id, value FROM row_reference WHERE snap = %s) after USING (rel_id)
WHERE before.value IS DISTINCT FROM after.value
"""


class RowTable:
    """The table ``row_reference`` of one database."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)
        self.connection.execute(
            "CREATE TABLE row_reference (snap int4, rel_id int8, type int2, value float8, ts timestamptz, props jsonb) "
            "PARTITION BY LIST (snap)"
        )
        self.connection.commit()
        self._snapshots = 0

    def write(self, graph: GraphColumns) -> int:
        """Store a graph's relationships in a transaction; give the snapshot's number."""
        self._snapshots += 1
        number = self._snapshots
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE row_reference_{number} PARTITION OF row_reference FOR VALUES IN ({number})")
            with cursor.copy(f"COPY row_reference_{number} FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(_HEAD + _records(graph, number).tobytes() + _TAIL)
        self.connection.commit()
        return number

    def join(self, before: int, after: int) -> list[tuple[int, float, float]]:
        """Say by SQL what changed between two snapshots."""
        rows = self.connection.execute(_JOIN, (before, after), binary=True).fetchall()
        self.connection.commit()
        return rows

    def analyze(self) -> None:
        """Give the planner its statistics."""
        self.connection.execute("ANALYZE row_reference")
        self.connection.commit()

    def bytes(self) -> int:
        """Bytes on disk, with TOAST."""
        row = self.connection.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'row_reference'::regclass"
        ).fetchone()
        self.connection.commit()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def _records(graph: GraphColumns, number: int) -> np.ndarray:
    edges = graph.edges
    trends, severities = edges.columns["trend"], edges.columns["severity"]
    texts = np.array(
        [
            json.dumps({"trend": trend, "severity": severity}).ljust(_PROPERTY_BYTES).encode()
            for trend in trends.categories
            for severity in severities.categories
        ]
    )
    records = np.empty(len(edges), dtype=_RECORD)
    records["fields"] = len(_SIZES)
    for name, size in _SIZES.items():
        records[f"{name}_size"] = size
    records["snap"] = number
    records["rel_id"] = np.arange(len(edges))
    records["type"] = edges.type_codes
    records["value"] = edges.columns["value"].values
    records["time"] = edges.columns["timestamp"].values.astype(np.int64) - _EPOCH_2000_US
    records["props_version"] = 1
    records["props"] = texts[trends.values.astype(int) * len(severities.categories) + severities.values.astype(int)]
    return records
