CREATE TABLE ended_session (
    id TEXT COLLATE "C" NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ended_session_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE ended_session IS 'Sessions of the page that were logged out; a row is of no use after ends_at';
