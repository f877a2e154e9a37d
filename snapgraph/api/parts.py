"""A graph in an answer: whole or its worst part, as the contract document or as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from snapgraph.api.models import PartQuery
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.column_documents import COLUMNS_MEDIA_TYPE, write_columns
from snapgraph.engine.formats.documents import write_json
from snapgraph.engine.formats.labels import label_ordinals
from snapgraph.engine.summary import bottleneck_scores, metric_scores, part_of_nodes, worst_nodes
from snapgraph.errors import InvalidInputError, Problem
from snapgraph.model.columns import GraphColumns
from snapgraph.model.exports import GraphForm
from snapgraph.model.metrics import MetricDefinition, unknown_metric
from snapgraph.model.snapshots import HistoryEntry, Snapshot
from snapgraph.web.routes import Answer

__all__ = ["GRAPH_CONTENT", "graph_answer", "variant_of"]

GRAPH_CONTENT: Mapping[str, Mapping[str, Any]] = {
    "application/json": reference("Snapshot"),
    COLUMNS_MEDIA_TYPE: reference("SnapshotColumns"),
}


def variant_of(query: PartQuery) -> tuple[str, ...]:
    """Name what makes this answer another than the whole document, for its ETag."""
    form = () if query.format is GraphForm.JSON else (query.format.value,)
    return form if query.top is None else (*form, f"top{query.top}", quote(query.metric or "", safe=""))


def graph_answer(
    snapshot: Snapshot,
    graph: GraphColumns,
    query: PartQuery,
    history: Sequence[HistoryEntry] = (),
    *,
    metrics: Mapping[str, MetricDefinition],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """Answer with a graph, as much of it and in the form that is asked for.

    Raises:
        InvalidInputError: The graph has no relationships of the metric that is asked for.
    """
    if query.top is None and query.format is GraphForm.JSON:
        contract = write_json(snapshot, graph, history, metrics=metrics)
        return Answer(body=contract, media_type="application/json", headers=headers)
    shown, ordinals = graph, label_ordinals(graph, metrics)
    said = {"complete": True, "totals": {"nodes": len(graph.nodes), "relationships": len(graph.edges)}}
    if query.top is not None:
        scores = _scores(snapshot, graph, query.metric, metrics)
        part = part_of_nodes(graph, worst_nodes(graph, scores, query.top))
        shown, ordinals = part.graph, ordinals[part.edge_rows]
        said["complete"] = part.is_complete
    if query.format is GraphForm.COLUMNS:
        body = write_columns(snapshot, shown, metrics=metrics, ordinals=ordinals, said=said)
        return Answer(body=body, media_type=COLUMNS_MEDIA_TYPE, headers=headers)
    document = write_json(snapshot, shown, history, metrics=metrics, ordinals=ordinals, said=said)
    return Answer(body=document, media_type="application/json", headers=headers)


def _scores(snapshot: Snapshot, graph: GraphColumns, type_: str | None, metrics: Mapping[str, MetricDefinition]) -> Any:
    if type_ is None:
        return bottleneck_scores(graph, metrics=metrics, thresholds=snapshot.thresholds)
    known = tuple(sorted({*graph.edges.types, *metrics}))
    if type_ not in known:
        detail = f"metric should be a relationship type of this graph, not {type_!r}"
        raise InvalidInputError(detail, problems=(Problem(pointer="?metric", detail=detail, allowed=known[:100]),))
    return metric_scores(graph, metrics.get(type_) or unknown_metric(type_))
