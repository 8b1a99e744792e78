-- Deleted rows stay in a table's file until their place is used again. What was measured from a face must not: after
-- templates were deleted or replaced, the file itself is made anew (the old one is cut to nothing at commit).
CREATE TABLE gate_wipe_due (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    is_due boolean NOT NULL
);
INSERT INTO gate_wipe_due (is_due) VALUES (false);

CREATE FUNCTION gate_wipe_is_due() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE gate_wipe_due SET is_due = true WHERE NOT is_due;
    PERFORM pg_notify('gate', '');
    RETURN NULL;
END $$;
CREATE TRIGGER gate_wipe_is_due AFTER UPDATE OR DELETE ON recognition_facetemplate
    FOR EACH ROW EXECUTE FUNCTION gate_wipe_is_due();
ALTER TABLE recognition_facetemplate ENABLE ALWAYS TRIGGER gate_wipe_is_due;

-- Returns whether there was anything to wipe. Changing a column's type writes a new file of the living rows, at the speed
-- of copying and past no trigger; VACUUM FULL would do the same, but not inside a function.
CREATE FUNCTION gate_wipe() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT (SELECT is_due FROM gate_wipe_due) THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(7401415);
    UPDATE gate_wipe_due SET is_due = false;
    ALTER TABLE recognition_facetemplate ALTER COLUMN made_at TYPE timestamptz USING made_at + interval '0';
    RETURN true;
END $$;
