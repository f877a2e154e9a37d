ALTER TABLE snapshot ADD COLUMN change_magnitude DOUBLE PRECISION,
    ADD CONSTRAINT snapshot_change_magnitude_check CHECK (change_magnitude BETWEEN 0 AND 1);

COMMENT ON COLUMN snapshot.change_magnitude IS 'How different from the one before, 0 to 1';

CREATE TABLE feed (
    graph TEXT COLLATE "C" NOT NULL,
    seq BIGINT DEFAULT '0' NOT NULL,
    holder UUID,
    leased_until TIMESTAMP WITH TIME ZONE,
    interval_seconds DOUBLE PRECISION DEFAULT '1' NOT NULL,
    state_seq BIGINT,
    state BYTEA,
    CONSTRAINT feed_pkey PRIMARY KEY (graph)
);

COMMENT ON TABLE feed IS 'One row per live graph that is followed: who reads it, and how far its ticks are; seq never goes back';
COMMENT ON COLUMN feed.state IS 'The whole graph as of state_seq; later ones by the ticks after it';

ALTER TABLE feed ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE TABLE feed_tick (
    graph TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    head JSON NOT NULL,
    delta BYTEA,
    CONSTRAINT feed_tick_pkey PRIMARY KEY (graph, seq)
);

COMMENT ON TABLE feed_tick IS 'The last ticks of each live graph: what the other processes and late clients read';
COMMENT ON COLUMN feed_tick.head IS 'Interval, summary and quality after the tick';
COMMENT ON COLUMN feed_tick.delta IS 'What changed; null where continuity was lost: read the state';

ALTER TABLE feed_tick ALTER COLUMN delta SET STORAGE EXTERNAL;

CREATE TABLE node_layout (
    graph TEXT COLLATE "C" NOT NULL,
    positions JSON NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT node_layout_pkey PRIMARY KEY (graph)
);

COMMENT ON TABLE node_layout IS 'Where the page draws the nodes of a live graph: the same in all its snapshots';
COMMENT ON COLUMN node_layout.positions IS 'Node key -> [x, y]';

CREATE TABLE saved_view (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    graph TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT saved_view_pkey PRIMARY KEY (id),
    CONSTRAINT saved_view_graph_name_key UNIQUE (graph, name)
);

COMMENT ON TABLE saved_view IS 'Views of the page that somebody gave a name';
COMMENT ON COLUMN saved_view.query IS 'The query string of the page';

-- For Grafana's PostgreSQL data source: what the headers say. Nodes and relationships lie in chunks that only snapgraph
-- decodes, so there is no view of them.
CREATE VIEW grafana_snapshots AS
SELECT
    s.captured_at AS "time", g.name AS graph, s.id AS snapshot_id, s.version, s.trigger, s.severity, s.quality_grade,
    s.description, s.tags, s.nodes, s.edges, s.change_magnitude,
    (s.summary ->> 'total_qps')::double precision AS total_qps,
    (s.summary ->> 'avg_latency')::double precision AS avg_latency_ms,
    (s.summary ->> 'bottlenecks_count')::bigint AS bottlenecks_count
FROM snapshot s JOIN live_graph g ON g.graph_no = s.graph_no
WHERE s.deleted_at IS NULL;

CREATE VIEW grafana_bottlenecks AS
SELECT
    s.captured_at AS "time", g.name AS graph, s.id AS snapshot_id, b ->> 'kind' AS kind, b ->> 'label' AS label,
    b ->> 'metric' AS metric, (b ->> 'value')::double precision AS value, b ->> 'severity' AS severity
FROM snapshot s
JOIN live_graph g ON g.graph_no = s.graph_no
CROSS JOIN LATERAL json_array_elements(s.summary -> 'bottlenecks') AS b
WHERE s.deleted_at IS NULL
;
