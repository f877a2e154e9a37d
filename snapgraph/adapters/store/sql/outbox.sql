-- Statements of the outbox's readers: each begins with a line `-- name: what it is for`; see queries.sql.
-- A row is visible once its transaction has committed, and transactions commit in any order. So a reader goes on from
-- the oldest transaction that was still open when it looked last, and leaves out the rows that it has had.

-- mark: Where a reader begins: the oldest open transaction, with the rows of later ones that are there already.
SELECT now.xmin::text::bigint, happened.id, happened.xid::text::bigint
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) AS now
LEFT JOIN outbox AS happened ON happened.xid >= now.xmin

-- after: What has been committed since a mark, in the order in which it was written, and where to go on.
SELECT
    now.xmin::text::bigint, happened.id, happened.xid::text::bigint, happened.kind,
    coalesce(happened.payload ->> 'snapshot_id', happened.payload ->> 'session_id'), happened.payload ->> 'graph'
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) AS now
LEFT JOIN LATERAL (
    SELECT * FROM outbox WHERE xid >= %s::text::xid8 AND id <> ALL (%s::bigint[]) ORDER BY id LIMIT %s
) AS happened ON true
ORDER BY happened.id
