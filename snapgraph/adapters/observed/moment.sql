-- The server's clock, its start, what was reset when, and the counters of the database.
SELECT /* snapgraph:observe */
    clock_timestamp() AS taken_at,
    pg_postmaster_start_time() AS started_at,
    i.stats_reset AS statements_reset_at,
    i.dealloc AS evictions,
    d.datname AS name,
    d.xact_commit AS commits,
    d.xact_rollback AS rollbacks,
    d.deadlocks,
    d.stats_reset AS reset_at
FROM pg_stat_database AS d
CROSS JOIN {schema}.pg_stat_statements_info AS i
WHERE d.datname = current_database()
