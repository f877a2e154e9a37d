-- Texts of statements that are new to us; cut one character above what is parsed, so that they count as too long.
SELECT /* snapgraph:observe */ DISTINCT ON (queryid)
    queryid, left(query, %(longest)s + 1) AS query
FROM {schema}.pg_stat_statements(true)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND queryid = ANY(%(query_ids)s) AND query IS NOT NULL
ORDER BY queryid
