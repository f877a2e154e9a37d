-- The indexes that a query can use, with what changes when their definition does; those of partitions are left out.
SELECT /* snapgraph:observe */
    x.oid::int8 AS id,
    i.xmin::text || '.' || x.xmin::text || '.' || c.xmin::text AS edition,
    i.indrelid::int8 AS table_id
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indisvalid AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY x.relname, x.oid
