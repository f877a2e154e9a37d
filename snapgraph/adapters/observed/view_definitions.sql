-- Definitions of views. pg_get_viewdef locks what the view reads: where somebody holds that exclusively, it is left out.
SELECT /* snapgraph:observe */ v.oid::int8 AS id, pg_get_viewdef(v.oid) AS definition
FROM pg_class AS v
WHERE v.oid = ANY(%(ids)s::int8[]::oid[])
    AND NOT EXISTS (
        SELECT FROM pg_locks AS k
        JOIN pg_depend AS d ON d.refobjid = k.relation AND d.refclassid = 'pg_class'::regclass
        JOIN pg_rewrite AS r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
        WHERE k.locktype = 'relation' AND k.mode = 'AccessExclusiveLock' AND r.ev_class = v.oid
    )
