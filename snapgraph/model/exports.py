"""In which forms a snapshot can leave."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ExportFormat", "ExportPart", "GraphForm"]


class ExportFormat(StrEnum):
    """The form of an export."""

    JSON = "json"
    CYPHER = "cypher"
    CSV = "csv"


class ExportPart(StrEnum):
    """Which table of a CSV export; all is a zip of both."""

    RELATIONSHIPS = "relationships"
    NODES = "nodes"
    ALL = "all"


class GraphForm(StrEnum):
    """The form of a graph in an answer."""

    JSON = "json"
    COLUMNS = "columns"
