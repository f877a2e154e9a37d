-- Definitions of views that are new to us. It locks the tables of a view: lock_timeout ends the wait.
SELECT /* snapgraph:observe */ v.id, pg_get_viewdef(v.id::oid) AS definition
FROM unnest(%(ids)s::int8[]) AS v (id)
