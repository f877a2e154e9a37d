-- Definitions of indexes. pg_get_indexdef locks the table: those that somebody holds exclusively are left out.
SELECT /* snapgraph:observe */ i.indexrelid::int8 AS id, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index AS i
WHERE i.indexrelid = ANY(%(ids)s::int8[]::oid[])
    AND NOT EXISTS (
        SELECT FROM pg_locks AS k
        WHERE k.locktype = 'relation' AND k.mode = 'AccessExclusiveLock' AND k.relation = i.indrelid
    )
