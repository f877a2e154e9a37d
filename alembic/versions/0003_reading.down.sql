ALTER TABLE feed DROP COLUMN trouble, DROP COLUMN failing_since, DROP COLUMN read_at;
