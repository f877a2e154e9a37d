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
$$
