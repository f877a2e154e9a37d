-- What decides how to read: checked once per connection.
SELECT /* snapgraph:observe */
    current_database() AS database,
    current_user AS username,
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS reads_all,
    n.nspname AS schema,
    e.extversion AS version
FROM (SELECT) AS one
LEFT JOIN pg_extension AS e ON e.extname = 'pg_stat_statements'
LEFT JOIN pg_namespace AS n ON n.oid = e.extnamespace
