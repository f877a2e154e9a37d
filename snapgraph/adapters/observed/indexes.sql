-- Definitions of the indexes that a query can use; those of partitions stand with their partitioned table.
-- pg_get_indexdef takes no lock on the table, and gives null for an index that is being dropped.
SELECT /* snapgraph:observe */
    i.indrelid::int8 AS id,
    array_agg(pg_get_indexdef(i.indexrelid) ORDER BY x.relname) AS definitions
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indisvalid AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
GROUP BY i.indrelid
