-- Scans and estimated rows of every user table; partitions are added up under their partitioned table.
-- reltuples is what the planner believes; n_live_tup (before the first ANALYZE) counts late inserts of the same session twice.
WITH leaf AS (
    SELECT s.*, coalesce(pg_partition_root(s.relid)::oid, s.relid) AS root
    FROM pg_stat_user_tables AS s
    WHERE s.schemaname !~ '^pg_'
)
SELECT /* snapgraph:observe */
    c.oid::int8 AS id,
    n.nspname AS schema,
    c.relname AS name,
    sum(CASE WHEN l.reltuples >= 0 THEN l.reltuples ELSE leaf.n_live_tup END)
        FILTER (WHERE l.relkind <> 'p')::int8 AS row_estimate,
    sum(coalesce(leaf.seq_scan, 0))::int8 AS sequential_scans,
    sum(coalesce(leaf.seq_tup_read, 0))::int8 AS sequential_rows,
    sum(coalesce(leaf.idx_scan, 0))::int8 AS index_scans,
    array_agg(leaf.schemaname::text ORDER BY leaf.schemaname, leaf.relname)
        FILTER (WHERE leaf.relid <> leaf.root) AS partition_schemas,
    array_agg(leaf.relname::text ORDER BY leaf.schemaname, leaf.relname)
        FILTER (WHERE leaf.relid <> leaf.root) AS partition_names
FROM leaf
JOIN pg_class AS l ON l.oid = leaf.relid
JOIN pg_class AS c ON c.oid = leaf.root
JOIN pg_namespace AS n ON n.oid = c.relnamespace
GROUP BY c.oid, n.nspname, c.relname
ORDER BY n.nspname, c.relname
