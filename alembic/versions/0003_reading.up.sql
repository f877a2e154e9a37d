ALTER TABLE feed ADD COLUMN read_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN failing_since TIMESTAMP WITH TIME ZONE,
    ADD COLUMN trouble JSON;

COMMENT ON COLUMN feed.read_at IS 'When the live graph was read last';
COMMENT ON COLUMN feed.failing_since IS 'Since when it cannot be read; null while it can';
COMMENT ON COLUMN feed.trouble IS 'Code and detail of the error';
