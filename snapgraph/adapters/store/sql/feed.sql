-- Statements of the live feed: each begins with a line `-- name: what it is for`; see queries.sql.
-- All times are Postgres' own, so that the clocks of the servers do not matter.

-- known: Make the row of a live graph unless it is there.
INSERT INTO feed (graph) VALUES (%s) ON CONFLICT DO NOTHING

-- lease: Take the lease when it is free; give how far the ticks are and the age of the state.
UPDATE feed SET holder = %s, leased_until = clock_timestamp() + make_interval(secs => %s), interval_seconds = %s
WHERE graph = %s AND (holder IS NULL OR leased_until < clock_timestamp())
RETURNING seq, state_seq

-- renew: Renew the lease, and note how reading goes.
UPDATE feed SET
    leased_until = clock_timestamp() + make_interval(secs => %s), interval_seconds = %s,
    read_at = coalesce(%s, read_at), trouble = %s::json,
    failing_since = CASE WHEN %s::json IS NOT NULL THEN coalesce(failing_since, clock_timestamp()) END
WHERE graph = %s AND holder = %s
RETURNING seq, state_seq

-- reading: How reading goes, as whoever reads has noted it.
SELECT read_at, extract(epoch FROM clock_timestamp() - read_at)::double precision, failing_since, trouble
FROM feed WHERE graph = %s

-- release: Give the lease back, so that the next one need not wait until it has run out.
UPDATE feed SET holder = NULL, leased_until = NULL WHERE graph = %s AND holder = %s

-- advance: Count one tick on, unless another has or holds the lease; one that ran out while reading is taken back.
UPDATE feed SET
    seq = seq + 1, holder = %s, leased_until = clock_timestamp() + make_interval(secs => %s), interval_seconds = %s,
    read_at = %s, trouble = NULL, failing_since = NULL
WHERE graph = %s AND seq = %s AND (holder = %s OR holder IS NULL OR leased_until < clock_timestamp())
RETURNING seq

-- add_tick: Log a tick.
INSERT INTO feed_tick (graph, seq, at, head, delta) VALUES (%s, %s, %s, %s::json, %b)

-- keep_state: Keep the whole graph as of a tick.
UPDATE feed SET state = %b, state_seq = %s WHERE graph = %s

-- forget: Drop ticks before the state that is kept: those beyond a number, and those beyond so many bytes.
DELETE FROM feed_tick
WHERE graph = %s AND seq < %s AND seq <= (
    SELECT coalesce(max(seq) FILTER (WHERE place > %s OR bytes > %s), 0)
    FROM (
        SELECT
            seq, row_number() OVER (ORDER BY seq DESC) AS place,
            sum(coalesce(octet_length(delta), 0)) OVER (ORDER BY seq DESC) AS bytes
        FROM feed_tick WHERE graph = %s
    ) AS logged
)

-- notify: Tell the other processes that there is a tick; only a hint, they look every second anyway.
SELECT pg_notify('snapgraph_feed', %s)

-- state: The whole graph that is kept.
SELECT state_seq, state FROM feed WHERE graph = %s AND state IS NOT NULL

-- ticks_after: The ticks after a number, rising.
SELECT seq, at, head, delta FROM feed_tick WHERE graph = %s AND seq > %s ORDER BY seq

-- tick: One tick without what changed in it.
SELECT seq, at, head, NULL::bytea FROM feed_tick WHERE graph = %s AND seq = %s
