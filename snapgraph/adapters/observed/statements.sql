-- Counters of every statement of this database, without the texts (those are read from a file: 10 times the cost).
SELECT /* snapgraph:observe */
    userid, dbid, queryid, toplevel, calls, total_exec_time, extract(epoch FROM stats_since)::float8 AS since
FROM {schema}.pg_stat_statements(false)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL
