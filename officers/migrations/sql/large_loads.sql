-- LARGE LOADS: what the guard and the search did for every row of an import they do for every statement. Nothing is
-- asked less: the same rows are marked, by the same functions, under the same lock, before the statement ends.

-- Also when an assignment ends by being deleted, and when it is handed to another officer because the two are one. Over
-- and over while somebody new is marked: in one statement a stint may pass from one to the next, and to one more.
CREATE FUNCTION gate_assignments_ratchet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    places bigint[];
    marked bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        places := gate_prohibited_among(ARRAY(SELECT DISTINCT department_id FROM now_rows));
        marked := ARRAY(SELECT DISTINCT officer_id FROM now_rows WHERE department_id = ANY (places));
    ELSIF TG_OP = 'DELETE' THEN
        places := gate_prohibited_among(ARRAY(SELECT DISTINCT department_id FROM was_rows));
        marked := ARRAY(SELECT DISTINCT officer_id FROM was_rows WHERE department_id = ANY (places));
    ELSE
        places := gate_prohibited_among(ARRAY(
            SELECT department_id FROM now_rows UNION SELECT department_id FROM was_rows));
        marked := ARRAY(
            SELECT officer_id FROM now_rows WHERE department_id = ANY (places)
            UNION SELECT officer_id FROM was_rows WHERE department_id = ANY (places));
    END IF;
    PERFORM gate_mark_officers(marked);
    WHILE TG_OP = 'UPDATE' LOOP
        marked := ARRAY(
            SELECT DISTINCT n.officer_id FROM was_rows w JOIN now_rows n USING (id)
            JOIN officers_officer giver ON giver.id = w.officer_id AND giver.ever_prohibited
            JOIN officers_officer taker ON taker.id = n.officer_id AND NOT taker.ever_prohibited);
        EXIT WHEN marked = '{}';
        PERFORM gate_mark_officers(marked);
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION gate_prohibited_among(departments bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(SELECT d FROM unnest(departments) d WHERE gate_department_prohibited(d))
$$;

CREATE FUNCTION gate_mark_officers(marked bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF marked <> '{}' THEN
        UPDATE officers_officer SET ever_prohibited = true WHERE id = ANY (marked) AND NOT ever_prohibited;
    END IF;
END $$;
REVOKE ALL ON FUNCTION gate_mark_officers(bigint[]) FROM PUBLIC;

-- Whoever replays the changes of another server row by row (logical replication) fires no trigger of a statement: for
-- them the old one stays.
DROP TRIGGER gate_ratchet ON officers_assignment;
CREATE TRIGGER gate_ratchet AFTER INSERT ON officers_assignment
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION gate_assignments_ratchet();
CREATE TRIGGER gate_ratchet_moved AFTER UPDATE ON officers_assignment
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION gate_assignments_ratchet();
CREATE TRIGGER gate_ratchet_gone AFTER DELETE ON officers_assignment
    REFERENCING OLD TABLE AS was_rows FOR EACH STATEMENT EXECUTE FUNCTION gate_assignments_ratchet();
CREATE TRIGGER gate_ratchet_replayed AFTER INSERT OR UPDATE OR DELETE ON officers_assignment
    FOR EACH ROW WHEN (current_setting('session_replication_role') = 'replica')
    EXECUTE FUNCTION gate_assignment_ratchet();
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_ratchet;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_ratchet_moved;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_ratchet_gone;
ALTER TABLE officers_assignment ENABLE ALWAYS TRIGGER gate_ratchet_replayed;
