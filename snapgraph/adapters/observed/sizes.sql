-- Sizes, every few ticks. pg_total_relation_size locks the table: those that somebody holds exclusively are left out.
WITH leaf AS (
    SELECT
        coalesce(pg_partition_root(s.relid)::oid, s.relid) AS root,
        CASE
            WHEN EXISTS (
                SELECT FROM pg_locks AS k
                WHERE k.locktype = 'relation' AND k.mode = 'AccessExclusiveLock' AND k.relation = s.relid
            ) THEN NULL
            ELSE pg_total_relation_size(s.relid)
        END AS bytes
    FROM pg_stat_user_tables AS s
    WHERE s.schemaname !~ '^pg_'
)
SELECT /* snapgraph:observe */ root::int8 AS id, sum(bytes)::int8 AS bytes
FROM leaf
GROUP BY root
HAVING bool_and(bytes IS NOT NULL)
