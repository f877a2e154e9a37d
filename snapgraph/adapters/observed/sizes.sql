-- Sizes, every few ticks. pg_total_relation_size waits for whoever holds a table exclusively: such tables are left out,
-- and lock_timeout ends the wait where one is taken in between.
WITH leaf AS (
    SELECT
        coalesce(pg_partition_root(s.relid)::oid, s.relid) AS root,
        CASE
            WHEN EXISTS (
                SELECT FROM pg_locks AS k
                WHERE k.locktype = 'relation' AND k.mode = 'AccessExclusiveLock'
                    AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND k.relation = s.relid
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
