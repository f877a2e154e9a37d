DROP FUNCTION ensure_partition(smallint, timestamptz);
DROP TABLE outbox, audit, idempotency, chunk, manifest, history, snapshot, element_edge, element_type, element_node, live_graph;
