-- As statements.sql, for the extension of PostgreSQL 15 and 16, which does not say since when an entry counts.
SELECT /* snapgraph:observe */
    userid, dbid, queryid, toplevel, calls, total_exec_time, NULL::float8 AS since
FROM {schema}.pg_stat_statements(false)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL
