-- Every user view, those of extensions apart, with what changes when its definition does.
SELECT /* snapgraph:observe */
    c.oid::int8 AS id,
    r.xmin::text AS edition,
    n.nspname AS schema,
    c.relname AS name
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_rewrite AS r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
WHERE c.relkind = 'v' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
    )
ORDER BY n.nspname, c.relname
