-- For Grafana's PostgreSQL data source: what the headers say. Nodes and relationships lie in chunks that only snapgraph
-- decodes, so there is no view of them.
CREATE VIEW grafana_snapshots AS
SELECT
    s.captured_at AS "time", g.name AS graph, s.id AS snapshot_id, s.version, s.trigger, s.severity, s.quality_grade,
    s.description, s.tags, s.nodes, s.edges, s.change_magnitude,
    (s.summary ->> 'total_qps')::double precision AS total_qps,
    (s.summary ->> 'avg_latency')::double precision AS avg_latency_ms,
    (s.summary ->> 'bottlenecks_count')::bigint AS bottlenecks_count
FROM snapshot s JOIN live_graph g ON g.graph_no = s.graph_no
WHERE s.deleted_at IS NULL;

CREATE VIEW grafana_bottlenecks AS
SELECT
    s.captured_at AS "time", g.name AS graph, s.id AS snapshot_id, b ->> 'kind' AS kind, b ->> 'label' AS label,
    b ->> 'metric' AS metric, (b ->> 'value')::double precision AS value, b ->> 'severity' AS severity
FROM snapshot s
JOIN live_graph g ON g.graph_no = s.graph_no
CROSS JOIN LATERAL json_array_elements(s.summary -> 'bottlenecks') AS b
WHERE s.deleted_at IS NULL
