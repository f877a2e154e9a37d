CREATE TABLE live_graph (
    graph_no INTEGER GENERATED ALWAYS AS IDENTITY,
    name TEXT COLLATE "C" NOT NULL,
    incarnation UUID DEFAULT gen_random_uuid() NOT NULL,
    last_version BIGINT DEFAULT '0' NOT NULL,
    next_node_id BIGINT DEFAULT '0' NOT NULL,
    next_edge_id BIGINT DEFAULT '0' NOT NULL,
    next_type_no INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT live_graph_pkey PRIMARY KEY (graph_no),
    CONSTRAINT live_graph_name_key UNIQUE (name)
);

COMMENT ON TABLE live_graph IS 'Counters of one live graph; a capture locks its row. incarnation: of which row a cached dictionary is';

CREATE TABLE element_node (
    graph_no INTEGER NOT NULL,
    id BIGINT NOT NULL,
    key BYTEA NOT NULL,
    CONSTRAINT element_node_pkey PRIMARY KEY (graph_no, id)
);

CREATE UNIQUE INDEX element_node_key_key ON element_node (graph_no, sha256(key));

COMMENT ON TABLE element_node IS 'The dictionary of nodes: id is dense per graph and never used twice';

CREATE TABLE element_type (
    graph_no INTEGER NOT NULL,
    type_no INTEGER NOT NULL,
    type BYTEA NOT NULL,
    discriminator BYTEA NOT NULL,
    CONSTRAINT element_type_pkey PRIMARY KEY (graph_no, type_no)
);

CREATE UNIQUE INDEX element_type_type_key ON element_type (graph_no, sha256(type), sha256(discriminator));

COMMENT ON TABLE element_type IS 'Relationship type and discriminator of edges';

CREATE TABLE element_edge (
    graph_no INTEGER NOT NULL,
    id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    type_no INTEGER NOT NULL,
    CONSTRAINT element_edge_pkey PRIMARY KEY (graph_no, id),
    CONSTRAINT element_edge_graph_no_source_id_target_id_type_no_key UNIQUE (graph_no, source_id, target_id, type_no)
);

COMMENT ON TABLE element_edge IS 'The dictionary of edges: numbers only, so that 100,000 are read by one binary COPY into numpy';

CREATE TABLE manifest (
    class_no SMALLINT NOT NULL,
    captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    snapshot_id TEXT COLLATE "C" NOT NULL,
    column_no SMALLINT NOT NULL,
    element_kind TEXT NOT NULL,
    name TEXT NOT NULL,
    column_kind TEXT NOT NULL,
    chunk_numbers INTEGER[] NOT NULL,
    hashes BYTEA NOT NULL,
    element_count BIGINT NOT NULL,
    CONSTRAINT manifest_pkey PRIMARY KEY (class_no, captured_at, snapshot_id, column_no)
)
 PARTITION BY RANGE (class_no, captured_at);

COMMENT ON TABLE manifest IS 'Which chunks make up the columns of a snapshot; chunk number = element id >> 12';

COMMENT ON COLUMN manifest.hashes IS '16 bytes for each chunk number';

COMMENT ON COLUMN manifest.element_count IS 'Elements that have the property';

CREATE TABLE chunk (
    class_no SMALLINT NOT NULL,
    captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    hash BYTEA NOT NULL,
    body BYTEA NOT NULL,
    CONSTRAINT chunk_pkey PRIMARY KEY (class_no, captured_at, hash)
)
 PARTITION BY RANGE (class_no, captured_at);

COMMENT ON TABLE chunk IS 'Up to 4096 values of one column, once per partition; captured_at is the lower bound of the partition';

ALTER TABLE chunk ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE idempotency (
    key TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,
    claim UUID NOT NULL,
    renewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    snapshot_id TEXT COLLATE "C",
    CONSTRAINT idempotency_pkey PRIMARY KEY (key)
);

COMMENT ON TABLE idempotency IS 'One row per Idempotency-Key: claimed before the work, completed in its transaction';

CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details JSONB NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE audit IS 'Who did what; written in the transaction of the deed';

CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (id)
);

CREATE INDEX outbox_xid_idx ON outbox (xid, id);

COMMENT ON TABLE outbox IS 'What has happened, for readers by watermark: xid < pg_snapshot_xmin(pg_current_snapshot())';

CREATE TABLE snapshot (
    id TEXT COLLATE "C" NOT NULL,
    graph_no INTEGER NOT NULL,
    version BIGINT NOT NULL,
    previous_id TEXT COLLATE "C",
    captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    trigger TEXT NOT NULL,
    trigger_reason TEXT NOT NULL,
    severity TEXT,
    retention_class TEXT NOT NULL,
    unpinned_class TEXT NOT NULL,
    payload_class_no SMALLINT NOT NULL,
    description TEXT NOT NULL,
    note TEXT NOT NULL,
    tags TEXT[] COLLATE "C" NOT NULL,
    pinned BOOLEAN NOT NULL,
    nodes BIGINT NOT NULL,
    edges BIGINT NOT NULL,
    summary JSON NOT NULL,
    metadata JSON NOT NULL,
    quality JSON NOT NULL,
    quality_grade TEXT NOT NULL,
    thresholds JSON NOT NULL,
    content_hash TEXT NOT NULL,
    stable_hash TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    has_history BOOLEAN NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT snapshot_pkey PRIMARY KEY (id),
    CONSTRAINT snapshot_graph_no_version_key UNIQUE (graph_no, version),
    CONSTRAINT snapshot_trigger_check CHECK (trigger IN ('manual', 'scheduled', 'threshold', 'incident', 'smart')),
    CONSTRAINT snapshot_severity_check CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    CONSTRAINT snapshot_retention_class_check CHECK (retention_class IN ('scheduled', 'manual', 'incident', 'permanent')),
    CONSTRAINT snapshot_unpinned_class_check CHECK (unpinned_class IN ('scheduled', 'manual', 'incident', 'permanent')),
    CONSTRAINT snapshot_quality_grade_check CHECK (quality_grade IN ('clean', 'retried', 'torn', 'partial')),
    CONSTRAINT snapshot_graph_no_fkey FOREIGN KEY(graph_no) REFERENCES live_graph (graph_no)
);

CREATE INDEX snapshot_captured_at_idx ON snapshot (captured_at, id);

CREATE INDEX snapshot_tags_idx ON snapshot USING gin (tags);

CREATE INDEX snapshot_graph_no_captured_at_idx ON snapshot (graph_no, captured_at, version);

COMMENT ON TABLE snapshot IS 'Headers; they outlive their payload';

COMMENT ON COLUMN snapshot.unpinned_class IS 'What unpinning gives back';

COMMENT ON COLUMN snapshot.payload_class_no IS 'In which partitions the payload lies';

CREATE TABLE history (
    snapshot_id TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    CONSTRAINT history_pkey PRIMARY KEY (snapshot_id),
    CONSTRAINT history_snapshot_id_fkey FOREIGN KEY(snapshot_id) REFERENCES snapshot (id)
);

COMMENT ON TABLE history IS 'What include_historical stored: summaries and edge values of the snapshots before';

ALTER TABLE history ALTER COLUMN body SET STORAGE EXTERNAL;

-- Make the partitions of one retention class that hold a moment, unless they are there.
-- SECURITY DEFINER: the app role may ask for a partition without owning the tables; the ranges are computed here and the
-- moment is bounded, so that it cannot ask for anything else. LIKE, CHECK, ATTACH: CREATE … PARTITION OF on a live parent
-- blocks everyone for as long as one reader runs. The ranges are those of snapgraph.model.partitions.
CREATE FUNCTION ensure_partition(wanted_class smallint, moment timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    SET timezone = 'UTC'
    SET lock_timeout = '500ms'
AS $$
DECLARE
    names constant text[] := ARRAY['scheduled', 'manual', 'incident', 'permanent'];
    lower_bound timestamptz;
    upper_bound timestamptz;
    parent text;
    child text;
    made boolean := false;
BEGIN
    IF wanted_class NOT BETWEEN 0 AND 3 OR moment < '2000-01-01' OR moment > now() + interval '400 days' THEN
        RAISE EXCEPTION 'no partition for class % at %', wanted_class, moment USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF wanted_class = 0 THEN
        lower_bound := date_trunc('day', moment);
        upper_bound := lower_bound + interval '1 day';
    ELSIF wanted_class = 1 THEN
        lower_bound := date_trunc('week', moment);
        upper_bound := lower_bound + interval '7 days';
    ELSE
        lower_bound := date_trunc('month', moment);
        upper_bound := lower_bound + interval '1 month';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('snapgraph.partitions'));
    FOREACH parent IN ARRAY ARRAY['chunk', 'manifest'] LOOP
        child := format('%s_%s_%s', parent, names[wanted_class + 1], to_char(lower_bound, 'YYYYMMDD'));
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_inherits WHERE inhparent = parent::regclass AND inhrelid = to_regclass(child)
        );
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY)', child, parent);
        EXECUTE format(
            'ALTER TABLE %I ADD CONSTRAINT %I CHECK (class_no = %L AND captured_at >= %L AND captured_at < %L)',
            child, child || '_range', wanted_class, lower_bound, upper_bound
        );
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L, %L) TO (%L, %L)',
            parent, child, wanted_class, lower_bound, wanted_class, upper_bound
        );
        made := true;
    END LOOP;
    RETURN made;
END
$$;
